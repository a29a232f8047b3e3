const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Looks over all parked conversations, and repairs their state. Called by the owner, by hand or by a scheduler. */
exports.handler = handlerOf('reconcile');
