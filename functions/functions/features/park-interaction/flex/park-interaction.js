const { serve } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/**
 * Parks the conversation of one of the caller's tasks. Called by the plugin, with a Flex token.
 *
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) =>
  serve('/features/park-interaction/flex/park-interaction', context, event, callback);
