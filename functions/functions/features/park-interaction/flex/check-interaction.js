const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Looks whether a conversation with an unheard message is asked for. Called by an open desktop, with a Flex token. */
exports.handler = handlerOf('check');
