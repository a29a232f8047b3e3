const { serve } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/**
 * Puts a parked conversation's row back when its new task was canceled. Called by the workspace's event callback alone.
 *
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) =>
  serve('/features/park-interaction/common/task-event', context, event, callback);
