// `npm run undeploy -- --environment NAME`: everything out of an account, in the order in which nobody is lost.

import { onSignal } from '../scripts/lib/processes.mjs';
import { setUp } from '../scripts/setup/index.mjs';
import { checkAccount } from './account.mjs';
import { removeCallback } from './callback.mjs';
import { runCommand } from './command.mjs';
import { switchOff } from './configuration.mjs';
import { findFunctions, ownDomains, removeFunctions } from './functions.mjs';
import { NotReady } from './outcome.mjs';
import { refuseWhileParked } from './parked/refuse.mjs';
import { withdrawPlugin } from './plugin.mjs';
import { runSteps } from './steps.mjs';

const HELP = `Takes Park Interaction out of a Flex account: first nobody can park any more, and only when no conversation is parked
the Functions go, which wake them. It can be run again at any time.

  npm run undeploy -- --environment NAME [--dry-run] [--abandon-parked]

  --environment NAME  which Functions: the name that they were deployed with
  --dry-run           only reads, and shows every request that would change something
  --abandon-parked    removes the Functions although conversations are parked: nobody hears when those customers write

Credentials: as for npm run deploy.

Exit codes:
  0  done
  1  a step failed: what was done before it stays; run the command again to go on
  2  the command line or the credentials cannot be used; nothing was asked of Twilio
  3  the account is not ready or has no such environment, the message says for what
  4  conversations are still parked: the Functions are still there, and wake them`;

/** Runs the command with these arguments, and answers its exit code. */
export function run(argv) {
  onSignal();
  const options = {
    environment: { type: 'string' },
    'dry-run': { type: 'boolean' },
    'abandon-parked': { type: 'boolean' },
  };
  return runCommand({ argv, options, help: HELP }, (state) =>
    runSteps(
      [
        { name: 'Check the account', run: checkAccount },
        { name: 'Find the Functions', run: find },
        { name: 'Plugin: release without it', run: withdrawPlugin },
        { name: "Flex's configuration", run: switchOff },
        { name: 'Parked conversations', run: refuseWhileParked },
        // Until then the Functions hear of it when nobody takes what was released.
        { name: "TaskRouter's event callback", run: removeCallback },
        { name: 'Functions', run: removeFunctions },
      ],
      { ...state, abandonParked: state.options['abandon-parked'] ?? false },
    ),
  );
}

async function find(state) {
  const parts = ['Wasm for the owner', 'flex-config', 'npm packages of the Functions'];
  await setUp(parts, { print: (line) => state.print(`  ${line}`), brief: true });
  const found = await findFunctions(state);
  // Without any, an undeployment that broke off goes on. A wrong name would take the plugin from everybody.
  const others = found ? [] : await ownDomains(state.client);
  if (others.length > 0) {
    throw new NotReady(`There are no Functions for ${state.environment}. There are some at ${others.join(', ')}.`);
  }
  state.domain = found?.domain;
  return found ? `at ${state.domain}` : `there are none for ${state.environment}`;
}
