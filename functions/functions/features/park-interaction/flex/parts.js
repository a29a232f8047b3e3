/** @type {Map<unknown, { type: string, content: string }>} each part by its SHA-256 */
const PARTS = new Map(Object.entries(require(Runtime.getAssets()['/features/park-interaction/parts.js'].path)));

/**
 * Returns the part of the plugin with this SHA-256: the texts of one language, or the code for supervisors. Called by the plugin of
 * somebody who needs it, without a token: a part is the same for everybody.
 *
 * @param {Context} _
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (_, { sha256 }, callback) => {
  const part = PARTS.get(sha256);
  const response = new Twilio.Response();
  response.setStatusCode(part ? 200 : 404);
  response.appendHeader('Access-Control-Allow-Origin', '*');
  // The same SHA-256 has the same part for ever. One that is missing may be deployed at any time.
  response.appendHeader('Cache-Control', part ? 'public, max-age=31536000, immutable' : 'no-store');
  response.appendHeader('Content-Type', `${part?.type ?? 'text/plain'}; charset=utf-8`);
  response.setBody(part?.content ?? 'No such part: the plugin is of another version than the Functions.');
  callback(null, response);
};
