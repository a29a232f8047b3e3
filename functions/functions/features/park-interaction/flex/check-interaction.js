const { serve } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/**
 * Checks that a conversation with an unheard message is offered to an agent. Called by an open desktop, with a Flex token.
 *
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) =>
  serve('/features/park-interaction/flex/check-interaction', context, event, callback);
