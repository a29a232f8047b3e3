const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Parks the conversation of one of the caller's tasks. Called by the plugin, with a Flex token. */
exports.handler = handlerOf('park');
