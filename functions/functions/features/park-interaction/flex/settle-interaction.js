const { serve } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/**
 * Removes the parked state once the caller has joined a conversation. Called by the plugin, with a Flex token.
 *
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) =>
  serve('/features/park-interaction/flex/settle-interaction', context, event, callback);
