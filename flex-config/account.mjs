// The account that a command works on: credentials, and Twilio's official client for them.

import { createRequire } from 'node:module';

import { inRoot } from '../scripts/lib/paths.mjs';

/** Takes what `.env` in the project's folder sets and the environment does not. */
export function readEnvFile(file = inRoot('.env')) {
  try {
    process.loadEnvFile(file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/**
 * The official client, whose `request` answers with bodies as the texts that came: parsed and written again, a number
 * of somebody else's could change.
 */
export function makeClient({ TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_API_KEY, TWILIO_API_SECRET } = process.env) {
  // The Functions have it among their packages, which the set-up provides.
  const twilio = createRequire(inRoot('functions', 'package.json'))('twilio');
  const httpClient = new twilio.RequestClient();
  httpClient.axios.defaults.transformResponse = [(text) => text];
  return TWILIO_API_KEY
    ? twilio(TWILIO_API_KEY, TWILIO_API_SECRET, { accountSid: TWILIO_ACCOUNT_SID, httpClient })
    : twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, { httpClient });
}
