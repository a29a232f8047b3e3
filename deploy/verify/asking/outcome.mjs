// Trying a request that Twilio may refuse.

import { asThrown } from '../../../scripts/lib/errors.mjs';

/**
 * The response to a request, or how Twilio refused it.
 *
 * @template T
 * @typedef {{ taken: true, answer: T, code?: undefined, status: number } |
 *   { taken: false, answer?: undefined, code: string | number, status: number }} Outcome
 */

/**
 * Tries a request. Throws other failures than a refusal.
 *
 * @template T
 * @param {() => Promise<T>} attempt
 * @returns {Promise<Outcome<T>>}
 */
export async function outcomeOf(attempt) {
  try {
    return { taken: true, answer: await attempt(), status: 200 };
  } catch (error) {
    const { status, code } = asThrown(error);
    if (!status || status >= 500 || status === 429) throw error;
    return { taken: false, code: code ?? status, status };
  }
}
