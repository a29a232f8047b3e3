const { serve } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/**
 * Wakes a parked conversation when the customer writes. Called by the conversation's webhook alone.
 *
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) =>
  serve('/features/park-interaction/common/unpark-interaction', context, event, callback);
