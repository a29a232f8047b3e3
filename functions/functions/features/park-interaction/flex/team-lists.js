const { handlerOf } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** Lists the agents whose parked conversations the caller may see. Called by a supervisor's plugin, with a Flex token. */
exports.handler = handlerOf('team');
