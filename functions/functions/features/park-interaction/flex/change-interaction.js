const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Changes time or reason of a parked conversation. Called by the plugin, with a Flex token. */
exports.handler = handlerOf('change');
