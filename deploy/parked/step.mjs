// The step that lets the Functions examine everything that is parked, after other Functions run.

import { messageOf } from '../../scripts/lib/errors.mjs';
import { loadCore } from '../core.mjs';
import { WrongUse } from '../outcome.mjs';
import { sweep } from './sweep.mjs';

/**
 * Returns the Auth Token, which signs requests to the Functions. Throws where it is not set.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function authTokenOf(env) {
  if (env.TWILIO_AUTH_TOKEN) return env.TWILIO_AUTH_TOKEN;
  throw new WrongUse('TWILIO_AUTH_TOKEN is not set: it signs what is asked of the Functions.');
}

/**
 * The step that mends what an upgrade or a rollback has left: everything that is parked is examined once.
 *
 * @param {Pick<import('../command.mjs').Command, 'env' | 'print' | 'dryRun'>} command
 * @param {string} domain
 */
export async function reconcileStep({ env, print, dryRun }, domain) {
  if (dryRun) return 'the Functions would examine everything that is parked, and mend what is missing';
  if (!env.TWILIO_AUTH_TOKEN) {
    print('  warning: not done, because TWILIO_AUTH_TOKEN is not set: it signs what is asked of the Functions.');
    return 'run npm run parked -- reconcile with it';
  }
  const { isRefusal } = loadCore();
  let refused = 0;
  const { lookedAt, changed } = await sweep({
    ...{ domain, authToken: env.TWILIO_AUTH_TOKEN, release: false },
    told({ conversationSid, outcome }) {
      if (isRefusal(outcome)) refused += 1;
      print(`  ${conversationSid}  ${outcome}`);
    },
  }).catch((error) => {
    throw new Error(`${messageOf(error)}\n  All other steps are done. What is left: npm run parked -- reconcile`);
  });
  if (refused > 0) print(`  warning: not dealt with: ${refused}. npm run parked -- list says why.`);
  return `looked at ${lookedAt}, with something to do: ${changed.length}`;
}
