// Reading what was thrown. Anything can be thrown, so a type checker knows nothing about it.

/**
 * The fields that errors of Node, of Twilio's clients and of this project may have.
 *
 * @typedef {object} Thrown
 * @property {string} message
 * @property {string} [stack]
 * @property {string | number} [code] a name such as `ENOENT` from Node, a number such as 20404 from Twilio
 * @property {number} [status] the HTTP status of Twilio's response
 * @property {string} [request] the request that failed, without secrets
 */

/**
 * Returns what was thrown as an error with optional fields.
 *
 * @param {unknown} thrown
 * @returns {Thrown}
 */
export function asThrown(thrown) {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    // Checked as far as it matters: the other fields are optional, and only compared or printed.
    return /** @type {Thrown} */ (thrown);
  }
  return { message: String(thrown) };
}

/**
 * Returns the message of what was thrown.
 *
 * @param {unknown} thrown
 */
export const messageOf = (thrown) => asThrown(thrown).message;
