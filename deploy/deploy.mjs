// `npm run deploy -- --environment NAME`: puts everything into an account. Each step does only what is not done yet.

import { checkAccount } from './account.mjs';
import { setCallback } from './callback.mjs';
import { ENVIRONMENT_OPTION, prepare, runCommand } from './command.mjs';
import { writeConfiguration } from './configuration.mjs';
import { checkDomain } from './domain.mjs';
import { EVENT_OPTIONS, checkEventOptions } from './event-sources.mjs';
import { setEventStreams } from './event-streams.mjs';
import { deployFunctions } from './functions.mjs';
import { deployPlugin, releasePlugin } from './plugin.mjs';
import { inSteps } from './steps.mjs';

const HELP = `Installs Park Interaction in a Flex account. It keeps what is there already, flags too, so it can be run again at
any time. A new installation is switched on. To bring a new version into a running contact centre, npm run upgrade does the same
steps after a plan.

  npm run deploy -- --environment NAME [--dry-run] [--move-domain] [--[no-]event-streams] [--[no-]event-callback]
                    [--simulator]

  --environment NAME  at most 16 of a-z, 0-9 and -: the end of the Functions' domain, and of flex-config/ui_attributes.NAME.json
  --dry-run           only reads, and shows every request that would change something
  --move-domain       sets the domain of the Functions in Flex's configuration even if other features use it
  --no-event-streams  leaves Event Streams out, and removes our sink
  --no-event-callback leaves TaskRouter's event callback out, and removes ours: Event Streams does it instead
  --event-streams, --event-callback
                      sets up again what was left out. Without these four options, it stays as it is; at the beginning, both are set up
  --simulator         works on the account of a running npm start

Credentials come from the environment or from .env, never from the command line: TWILIO_ACCOUNT_SID, and either
TWILIO_API_KEY with TWILIO_API_SECRET or TWILIO_AUTH_TOKEN. TWILIO_FLEX_WORKSPACE_SID and TWILIO_FLEX_SYNC_SID
are read from the account when they are not set.

Exit codes:
  0  done
  1  a step failed: what was done before it stays; run the command again to go on
  2  the command line or the credentials cannot be used; nothing was changed
  3  the account is not ready: the message says why`;

/** @type {import('./command.mjs').Usage} */
const USAGE = {
  command: 'npm run deploy --',
  help: HELP,
  example: 'npm run deploy -- --environment production --dry-run',
  docs: 'docs/operations.md#deploying',
  options: {
    environment: ENVIRONMENT_OPTION,
    'dry-run': { type: 'boolean' },
    'move-domain': { type: 'boolean' },
    ...EVENT_OPTIONS,
  },
};

/** The number of steps of a deployment. */
export const STEPS = 9;

/**
 * Runs the command with these arguments. Returns its exit code.
 *
 * @param {string[]} argv
 */
export function run(argv) {
  return runCommand({ argv, usage: USAGE }, (command) => {
    checkEventOptions(command.options);
    return inSteps(STEPS, command, (step) => deployInSteps(command, step));
  });
}

/**
 * Does the steps of a deployment. Returns the domain of the Functions.
 *
 * @param {import('./command.mjs').Command} command
 * @param {import('./steps.mjs').Step} step
 */
export async function deployInSteps(command, step) {
  const { client, print, environment, options } = command;
  const { workspaceSid, syncSid } = await step('Check the account', () => checkAccount(command));
  await step("Check whose the Functions' domain is", () => checkDomain(command, options['move-domain'] === true));
  await step('Build', () => build(print));
  const { domain, paths, eventsKey, sources } = await step('Functions', () =>
    deployFunctions(command, { workspaceSid, syncSid }),
  );
  await step("Flex's configuration", () => writeConfiguration(command, domain));
  const events = { client, print, environment, domain, functionPaths: paths };
  // Before the callback, so that there is always one of them where one takes over from the other.
  const { areThere: isStreamed } = await step('Event Streams', () =>
    setEventStreams({ ...events, eventsKey, isWanted: sources.streams }),
  );
  await step("TaskRouter's event callback", () =>
    setCallback({ ...events, workspaceSid, isStreamed, isWanted: sources.callback }),
  );
  const version = await step('Plugin: upload and register', () => deployPlugin(command));
  await step('Plugin: release', () => releasePlugin(client, version));
  return domain;
}

/**
 * Makes everything that a deployment uploads.
 *
 * @param {(line: string) => void} print
 */
export async function build(print) {
  const parts = [
    'Wasm for the Functions',
    'parts for the Functions',
    'Wasm for the owner',
    'Flex plugin',
    'flex-config',
    'npm packages of the Functions',
  ];
  await prepare(parts, print);
  return 'built';
}
