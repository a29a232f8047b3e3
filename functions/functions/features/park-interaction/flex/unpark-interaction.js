const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Resumes a parked conversation for the caller. Called by the plugin, with a Flex token. */
exports.handler = handlerOf('resume');
