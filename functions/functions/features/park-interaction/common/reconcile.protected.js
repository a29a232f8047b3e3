const { serve } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/**
 * Checks what is parked and mends it. Called by the owner, by hand or by a scheduler.
 *
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) =>
  serve('/features/park-interaction/common/reconcile', context, event, callback);
