// The Functions' environment variables: `functions/.env.example` names them, the environment and .env set them.

/** Twilio sets these for Functions itself. */
const GIVEN_BY_TWILIO = ['ACCOUNT_SID', 'AUTH_TOKEN'];

/**
 * Chooses the values of the variables.
 *
 * @param {string[]} names
 * @param {Record<string, string | undefined>} found what was read from the account: it wins
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ set: Record<string, string>, unset: string[] }} `unset` names those that are set nowhere, and are removed
 */
export function variables(names, found, env) {
  /** @type {Record<string, string>} */
  const set = {};
  /** @type {string[]} */
  const unset = [];
  for (const name of names.filter((name) => !GIVEN_BY_TWILIO.includes(name))) {
    const value = found[name] ?? env[name];
    if (value === undefined) unset.push(name);
    else set[name] = value;
  }
  return { set, unset };
}
