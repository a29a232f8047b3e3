const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Puts a parked conversation's row back when its new task was canceled. Called by the workspace's event callback alone. */
exports.handler = handlerOf('restore');
