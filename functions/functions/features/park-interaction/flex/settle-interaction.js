const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Tidies up once the caller has joined a conversation. Called by the plugin, with a Flex token. */
exports.handler = handlerOf('settle');
