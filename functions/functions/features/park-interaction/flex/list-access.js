const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Lets an agent read their list where Sync has access lists. Called by the plugin, with a Flex token. */
exports.handler = handlerOf('access');
