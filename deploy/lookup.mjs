// Reading resources that may not be there.

import { asThrown } from '../scripts/lib/errors.mjs';

/**
 * Returns the resource, or `undefined` when Twilio responds 404.
 *
 * @template T
 * @param {Promise<T>} asked
 * @returns {Promise<T | undefined>}
 */
export async function orUndefined(asked) {
  try {
    return await asked;
  } catch (error) {
    if (asThrown(error).status === 404) return undefined;
    throw error;
  }
}
