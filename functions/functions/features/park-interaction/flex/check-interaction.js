const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Checks that an agent is asked for a conversation with an unheard message. Called by an open desktop, with a Flex token. */
exports.handler = handlerOf('check');
