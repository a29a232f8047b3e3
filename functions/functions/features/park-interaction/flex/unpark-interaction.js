const { serve } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/**
 * Resumes a parked conversation for the caller. Called by the plugin, with a Flex token.
 *
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) =>
  serve('/features/park-interaction/flex/unpark-interaction', context, event, callback);
