// `npm run undeploy -- --environment NAME`: takes everything out of an account, in an order in which no customer is lost.

import { checkAccount } from './account.mjs';
import { YES_OPTION, agree, checkCanAsk } from './agreement.mjs';
import { removeCallback } from './callback.mjs';
import { ENVIRONMENT_OPTION, prepare, runCommand } from './command.mjs';
import { switchOff } from './configuration.mjs';
import { removeEventStreams } from './event-streams.mjs';
import {
  calledInstead,
  closeParking,
  findFunctions,
  noFunctions,
  otherEnvironments,
  removeFunctions,
} from './functions.mjs';
import { readInstallation } from './installation.mjs';
import { leftOver } from './left-over.mjs';
import { EXIT, NotReady, WrongUse } from './outcome.mjs';
import { untilNoneIsParked, untilNoneIsParkedHere } from './parked/gone.mjs';
import { authTokenOf } from './parked/step.mjs';
import { removalPlan } from './plan.mjs';
import { withdrawPlugin } from './plugin.mjs';
import { inSteps } from './steps.mjs';

/** How long it waits for agents to join, unless --wait says so. */
const WAIT_MINUTES = 30;

const HELP = `Removes Park Interaction from a Flex account: first the plugin and the Function that parks, so that nobody can park; and the
Functions, which wake parked conversations, only when none is parked. It shows a plan first, and asks. It can be run again at any time.
Where Flex calls another environment's Functions, the plugin and the flags are that one's, and stay.

  npm run undeploy -- --environment NAME [--release [--wait MINUTES] | --abandon-parked] [--yes] [--dry-run] [--simulator]

  --environment NAME  the name with which the Functions were deployed
  --release           routes everything that is parked to agents, waits until agents have joined, and goes on
  --wait MINUTES      the longest wait of --release, from 0 to 1440; ${WAIT_MINUTES} unless it is set
  --abandon-parked    removes the Functions even if conversations are parked: nobody notices when those customers write
  --yes               goes on without a question; needed where there is no terminal, as in a script
  --dry-run           only reads, and shows the plan and every request that would change something
  --simulator         works on the account of a running npm start

Credentials: as for npm run deploy. --release also needs TWILIO_AUTH_TOKEN: it signs what is asked of the Functions.

Ctrl-C ends it at any moment without a loss: what is released stays with its agents, what is parked still wakes.

Exit codes:
  0  done
  1  a step failed: what was done before it stays; run the command again to go on
  2  the command line or the credentials cannot be used; nothing was changed
  3  the account is not ready or has no such environment: the message says why
  4  conversations are still parked: the Functions are still there, and wake them
  7  you did not confirm; nothing was changed`;

/** @type {import('./command.mjs').Usage} */
const USAGE = {
  command: 'npm run undeploy --',
  help: HELP,
  example: 'npm run undeploy -- --environment production --release',
  docs: 'docs/upgrade.md#removal',
  options: {
    environment: ENVIRONMENT_OPTION,
    release: { type: 'boolean' },
    wait: {
      type: 'string',
      expected: 'a number of minutes from 0 to 1440',
      accepts: (minutes) => /^\d{1,4}$/.test(minutes) && Number(minutes) <= 1440,
    },
    'abandon-parked': { type: 'boolean' },
    yes: YES_OPTION,
    'dry-run': { type: 'boolean' },
  },
};

/**
 * Runs the command with these arguments. Returns its exit code.
 *
 * @param {string[]} argv
 */
export function run(argv) {
  return runCommand({ argv, usage: USAGE }, async (command) => {
    const { client, print, environment, dryRun } = command;
    const how = howOf(command);
    checkCanAsk(command);
    const parts = ['Wasm for the owner', 'flex-config', 'npm packages of the Functions'];
    await prepare(parts, print);
    const installation = await readInstallation(command);
    const { live } = installation;
    const left = installation.found ? [] : await leftWithout(command, installation);
    if (!installation.found && left.length === 0) {
      // They were parked by Functions that were installed by hand.
      await untilNoneIsParked({ client, print }, installation.facts, { how, dryRun: true });
      print(`There is nothing to remove: no Functions for ${environment}, and nothing that calls some.`);
      return EXIT.done;
    }
    if (live && how.kind === 'release') throw new NotReady(releasesOthers(environment, live.name));
    print(removalPlan(installation, { environment, how, left }));
    await agree(command, `Remove ${environment}?`);
    const stays = live && `stays: it is that of ${live.name}, whose Functions Flex calls`;
    return inSteps(9, command, async (step) => {
      const { account, workspaceSid, syncSid } = await step('Check the account', () => checkAccount(command));
      const { domain } = await step('Find the Functions', () => find(command, account.functionsDomain, live));
      await step('Plugin: release without it', () => stays ?? withdrawPlugin(client));
      await step("Flex's configuration", () => stays ?? switchOff(command));
      const { closedAt } = await step('The Function that parks', () => closeParking(command));
      const place = { workspaceSid, syncSid, domain };
      await step('Parked conversations', () =>
        live && domain
          ? untilNoneIsParkedHere({ client, print }, place, { how, dryRun, closedAt, live })
          : untilNoneIsParked({ client, print }, place, { how, dryRun, closedAt }),
      );
      // Until then both notify the Functions when no agent takes a released conversation.
      await step("TaskRouter's event callback", () => removeCallback({ client, workspaceSid, domain }));
      await step('Event Streams', () => removeEventStreams({ client, print, domain }));
      await step('Functions', () => removeFunctions(command));
    });
  });
}

/**
 * Returns what the options say about parked conversations. Throws where they do not fit together.
 *
 * @param {Pick<import('./command.mjs').Command, 'env' | 'options'>} command
 * @returns {import('./parked/gone.mjs').How}
 */
function howOf({ env, options }) {
  const { release, wait, 'abandon-parked': abandon } = options;
  if (release && abandon) throw new WrongUse('--release and --abandon-parked: expected one of them.');
  if (wait !== undefined && !release) throw new WrongUse('--wait needs --release.');
  if (abandon) return { kind: 'abandon' };
  if (!release) return { kind: 'stop' };
  return { kind: 'release', authToken: authTokenOf(env), waitMinutes: Number(wait ?? WAIT_MINUTES) };
}

/**
 * Returns what is left although the environment has no Functions. Throws where the name may be wrong: that would take the plugin from
 * everybody.
 *
 * @param {Pick<import('./command.mjs').Command, 'client' | 'environment'>} command
 * @param {import('./installation.mjs').Installation} installation
 */
async function leftWithout({ client, environment }, { facts, others }) {
  if (others.length > 0) throw new NotReady(noFunctions(environment, others));
  return leftOver(client, facts);
}

/**
 * The step that finds the Functions: `domain` is undefined where there are none. Throws where the plan does not hold any more.
 *
 * @param {Pick<import('./command.mjs').Command, 'client' | 'environment'>} command
 * @param {string | undefined} called the domain in Flex's configuration
 * @param {import('./functions.mjs').Environment | undefined} planned the environment that Flex called when the plan was made
 */
async function find({ client, environment }, called, planned) {
  const live = calledInstead(await otherEnvironments(client, environment), called);
  if (live?.name !== planned?.name) {
    throw new NotReady('Somebody has changed the domain of the Functions in Flex’s configuration: run this again.');
  }
  const found = await findFunctions({ client, environment });
  const line = found ? `at ${found.domain}` : `there are none for ${environment}`;
  return { line, domain: found?.domain };
}

/**
 * @param {string} environment
 * @param {string} live
 */
const releasesOthers = (environment, live) =>
  `--release routes everything that is parked in the account, and Flex calls the Functions of ${live}, not those of ${environment}.\n` +
  `  npm run parked -- reconcile moves what is parked with ${environment} to ${live}; then run this without --release.`;
