const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Closes a parked conversation for good. Called by the plugin, with a Flex token. */
exports.handler = handlerOf('end');
