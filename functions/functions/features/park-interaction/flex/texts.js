/** @type {Map<unknown, string>} the texts of a language, by their SHA-256 */
const TEXTS = new Map(Object.entries(require(Runtime.getAssets()['/features/park-interaction/texts.js'].path)));

/**
 * Returns the texts of one language, with this SHA-256. Called by the plugin of an agent whose Flex is in it, without a token: the texts
 * are the same for everybody.
 *
 * @param {Context} _
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (_, { sha256 }, callback) => {
  const texts = TEXTS.get(sha256);
  const response = new Twilio.Response();
  response.setStatusCode(texts ? 200 : 404);
  response.appendHeader('Access-Control-Allow-Origin', '*');
  // The same SHA-256 has the same texts for ever. Those that are missing may be deployed at any time.
  response.appendHeader('Cache-Control', texts ? 'public, max-age=31536000, immutable' : 'no-store');
  response.appendHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setBody(texts ?? 'No such texts: the plugin is of another version than the Functions.');
  callback(null, response);
};
