const { version } = require(Runtime.getAssets()['/features/park-interaction/core.js'].path);

/**
 * Returns the version of these Functions. For whoever wants to know what is deployed, without a token: it says nothing else.
 *
 * @param {Context} _
 * @param {FunctionEvent} __
 * @param {Callback} callback
 */
exports.handler = (_, __, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Access-Control-Allow-Origin', '*');
  response.appendHeader('Cache-Control', 'no-store');
  response.appendHeader('Content-Type', 'application/json');
  response.setBody({ product: 'park-interaction', version: version() });
  callback(null, response);
};
