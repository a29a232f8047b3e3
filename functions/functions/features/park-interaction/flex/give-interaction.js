const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Gives a parked conversation to the queue. Called by the plugin, with a Flex token. */
exports.handler = handlerOf('give');
