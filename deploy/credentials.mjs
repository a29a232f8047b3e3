// The account's credentials, from the environment or from `.env` in the repository's root. Never from the command line, where
// other people's programs and the shell's history see them.

import { readEnvFile } from '../flex-config/account.mjs';
import { WrongUse } from './outcome.mjs';

/**
 * Returns the variables that are set: an empty variable counts as unset.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function environment() {
  readEnvFile();
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
}

/**
 * The account with an API key, or else its Auth Token.
 *
 * @typedef {{ accountSid: string, username: string, password: string }} Credentials
 */

/**
 * Reads the credentials. Throws `WrongUse` where one is missing or malformed.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Credentials}
 */
export function credentials(env) {
  const accountSid = need(env, 'TWILIO_ACCOUNT_SID', /^AC[0-9a-f]{32}$/i, 'AC and 32 hexadecimal digits');
  if (env.TWILIO_API_KEY) {
    return {
      accountSid,
      username: need(env, 'TWILIO_API_KEY', /^SK[0-9a-f]{32}$/i, 'SK and 32 hexadecimal digits'),
      password: need(env, 'TWILIO_API_SECRET', /./, 'the secret of TWILIO_API_KEY'),
    };
  }
  return {
    accountSid,
    username: accountSid,
    password: need(env, 'TWILIO_AUTH_TOKEN', /./, "the account's Auth Token"),
  };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 * @param {RegExp} shape
 * @param {string} expected
 */
function need(env, name, shape, expected) {
  const value = env[name];
  if (value === undefined)
    throw new WrongUse(`${name} is not set: expected ${expected}, in the environment or in .env.`);
  if (!shape.test(value)) throw new WrongUse(`${name} is not valid: expected ${expected}.`);
  return value;
}
