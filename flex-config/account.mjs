// The account of a command: its credentials, and Twilio's official client for them.

import { createRequire } from 'node:module';

import { inRoot } from '../scripts/lib/paths.mjs';

/** Adds to the environment the variables of `.env` in the project's folder that are not set yet. */
export function readEnvFile(file = inRoot('.env')) {
  try {
    process.loadEnvFile(file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/**
 * Returns the official client. Its `request` resolves to bodies as the texts that came: parsed and written again, somebody else's
 * number could change.
 */
export function makeClient({ TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_API_KEY, TWILIO_API_SECRET } = process.env) {
  // The client is a package of the Functions, which the set-up provides.
  const twilio = createRequire(inRoot('functions', 'package.json'))('twilio');
  const httpClient = new twilio.RequestClient();
  httpClient.axios.defaults.transformResponse = [(text) => text];
  return TWILIO_API_KEY
    ? twilio(TWILIO_API_KEY, TWILIO_API_SECRET, { accountSid: TWILIO_ACCOUNT_SID, httpClient })
    : twilio(TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, { httpClient });
}
