const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Looks over what is parked, and mends what is not as it should be. Called by the owner, by hand or by a scheduler. */
exports.handler = handlerOf('reconcile');
