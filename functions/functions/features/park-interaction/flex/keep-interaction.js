const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Restarts the longest wait of a parked conversation. Called by the plugin, with a Flex token. */
exports.handler = handlerOf('keep');
