const { serve } = require(Runtime.getAssets()['/features/park-interaction/serve.js'].path);

/** Parks the conversation of one of the caller's tasks. Called by the plugin, with a Flex token. */
exports.handler = (context, event, callback) =>
  serve('/features/park-interaction/flex/park-interaction', context, event, callback);
