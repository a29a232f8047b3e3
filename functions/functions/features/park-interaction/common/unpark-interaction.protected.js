const { serve } = require(Runtime.getAssets()['/features/park-interaction/serve.js'].path);

/** Wakes a parked conversation when the customer writes. Called by the conversation's webhook alone. */
exports.handler = (context, event, callback) =>
  serve('/features/park-interaction/common/unpark-interaction', context, event, callback);
