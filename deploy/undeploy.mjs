// `npm run undeploy -- --environment NAME`: takes everything out of an account, in an order in which no customer is lost.

import { onSignal } from '../scripts/lib/processes.mjs';
import { setUp } from '../scripts/setup/index.mjs';
import { checkAccount } from './account.mjs';
import { removeCallback } from './callback.mjs';
import { ENVIRONMENT_OPTION, runCommand } from './command.mjs';
import { switchOff } from './configuration.mjs';
import { removeEventStreams } from './event-streams.mjs';
import { findFunctions, ownDomains, removeFunctions } from './functions.mjs';
import { NotReady } from './outcome.mjs';
import { refuseWhileParked } from './parked/refuse.mjs';
import { withdrawPlugin } from './plugin.mjs';
import { inSteps } from './steps.mjs';

const HELP = `Removes Park Interaction from a Flex account: first the plugin, so that nobody can park, and the Functions, which wake parked
conversations, only when none is parked. It can be run again at any time.

  npm run undeploy -- --environment NAME [--dry-run] [--abandon-parked] [--simulator]

  --environment NAME  the name with which the Functions were deployed
  --dry-run           only reads, and shows every request that would change something
  --abandon-parked    removes the Functions even if conversations are parked: nobody notices when those customers write
  --simulator         works on the account of a running npm start

Credentials: as for npm run deploy.

Exit codes:
  0  done
  1  a step failed: what was done before it stays; run the command again to go on
  2  the command line or the credentials cannot be used; nothing was asked of Twilio
  3  the account is not ready or has no such environment: the message says why
  4  conversations are still parked: the Functions are still there, and wake them`;

/** @type {import('./command.mjs').Usage} */
const USAGE = {
  command: 'npm run undeploy --',
  help: HELP,
  example: 'npm run undeploy -- --environment production --dry-run',
  docs: 'docs/operations.md#undeploying',
  options: {
    environment: ENVIRONMENT_OPTION,
    'dry-run': { type: 'boolean' },
    'abandon-parked': { type: 'boolean' },
  },
};

/**
 * Runs the command with these arguments. Returns its exit code.
 *
 * @param {string[]} argv
 */
export function run(argv) {
  onSignal();
  return runCommand({ argv, usage: USAGE }, (command) =>
    inSteps(8, command, async (step) => {
      const { client, print, options } = command;
      const { workspaceSid, syncSid } = await step('Check the account', () => checkAccount(command));
      const { domain } = await step('Find the Functions', () => find(command));
      await step('Plugin: release without it', () => withdrawPlugin(client));
      await step("Flex's configuration", () => switchOff(command));
      const abandon = options['abandon-parked'] === true;
      await step('Parked conversations', () =>
        refuseWhileParked({ client, print }, { workspaceSid, syncSid, domain }, abandon),
      );
      // Until then both notify the Functions when no agent takes a released conversation.
      await step("TaskRouter's event callback", () => removeCallback({ client, workspaceSid, domain }));
      await step('Event Streams', () => removeEventStreams({ client, print, domain }));
      await step('Functions', () => removeFunctions(command));
    }),
  );
}

/**
 * The step that finds the Functions: `domain` is undefined where there are none.
 *
 * @param {Pick<import('./command.mjs').Command, 'client' | 'environment' | 'print'>} command
 */
async function find({ client, environment, print }) {
  const parts = ['Wasm for the owner', 'flex-config', 'npm packages of the Functions'];
  await setUp(parts, { print: (line) => print(`  ${line}`), brief: true });
  const found = await findFunctions({ client, environment });
  if (found) return { line: `at ${found.domain}`, domain: found.domain };
  // Without any, an undeployment that broke off goes on. A wrong name would take the plugin from everybody.
  const others = await ownDomains(client);
  if (others.length > 0) {
    throw new NotReady(`There are no Functions for ${environment}. There are some at ${others.join(', ')}.`);
  }
  return { line: `there are none for ${environment}`, domain: undefined };
}
