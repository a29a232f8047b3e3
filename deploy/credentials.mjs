// Who asks: from the environment, or from `.env` in the repository's root. Never from the command line, where other people's
// programs and the shell's history see it.

import { readEnvFile } from '../flex-config/account.mjs';
import { WrongUse } from './outcome.mjs';

/** What is set: an empty variable is none. */
export function environment() {
  readEnvFile();
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
}

/**
 * The account and how to prove it: an API key, or else the Auth Token.
 *
 * @returns {{ accountSid: string, username: string, password: string }}
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

function need(env, name, shape, expected) {
  const value = env[name];
  if (value === undefined)
    throw new WrongUse(`${name} is not set: expected ${expected}, in the environment or in .env.`);
  if (!shape.test(value)) throw new WrongUse(`${name} is not valid: expected ${expected}.`);
  return value;
}
