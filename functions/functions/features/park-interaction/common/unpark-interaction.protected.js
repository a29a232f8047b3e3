const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Wakes a parked conversation when the customer writes. Called by the conversation's webhook alone. */
exports.handler = handlerOf('wake');
