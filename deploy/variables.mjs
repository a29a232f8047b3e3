// The Functions' environment variables: `functions/.env.example` names them, the environment and .env set them.

/** Twilio gives these to Functions itself. */
const GIVEN_BY_TWILIO = ['ACCOUNT_SID', 'AUTH_TOKEN'];

/**
 * What the variables called `names` are to be: `found` is what was read from the account, and wins.
 *
 * @returns {{ set: Record<string, string>, unset: string[] }} `unset` names those that are set nowhere, and so go
 */
export function variables(names, found, env) {
  const set = {};
  const unset = [];
  for (const name of names.filter((name) => !GIVEN_BY_TWILIO.includes(name))) {
    const value = found[name] ?? env[name];
    if (value === undefined) unset.push(name);
    else set[name] = value;
  }
  return { set, unset };
}
