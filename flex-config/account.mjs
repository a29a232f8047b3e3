// The account that a command works on: its credentials, and Twilio's official client for them.

import { createRequire } from 'node:module';

import { asThrown } from '../scripts/lib/errors.mjs';
import { inRoot } from '../scripts/lib/paths.mjs';

/** Sets the variables of `.env` in the project's folder that the environment does not set. */
export function readEnvFile(file = inRoot('.env')) {
  try {
    process.loadEnvFile(file);
  } catch (error) {
    if (asThrown(error).code !== 'ENOENT') throw error;
  }
}

/**
 * Makes the official client. Its `request` returns each body as the text that came: parsed and written again, a number of
 * other code's could change.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {import('twilio').Twilio}
 */
export function makeClient({ TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_API_KEY, TWILIO_API_SECRET } = process.env) {
  // The Functions have it among their packages, which the set-up provides.
  const twilio = createRequire(inRoot('functions', 'package.json'))('twilio');
  const httpClient = new twilio.RequestClient();
  httpClient.axios.defaults.transformResponse = [(/** @type {string} */ text) => text];
  return TWILIO_API_KEY
    ? twilio(TWILIO_API_KEY, TWILIO_API_SECRET, { accountSid: TWILIO_ACCOUNT_SID, httpClient })
    : twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, { httpClient });
}
