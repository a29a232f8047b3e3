const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Looks over everything that is parked, and repairs it. Called by the owner, by hand or by a scheduler. */
exports.handler = handlerOf('reconcile');
