// `npm run doctor -- --environment NAME`: checks an installation. It reads only.

import { setUp } from '../../scripts/setup/index.mjs';
import { messageOf } from '../../scripts/lib/errors.mjs';
import { SIMULATOR, isOnSimulator } from '../../scripts/lib/running.mjs';
import { readAccount } from '../account.mjs';
import { callbackOf } from '../callback.mjs';
import { ENVIRONMENT_OPTION, runCommand } from '../command.mjs';
import { isRefusal, readSinks, streamOf } from '../event-streams.mjs';
import { SOURCES, keptSources } from '../event-sources.mjs';
import {
  EVENTS_KEY,
  calledInstead,
  findFunctions,
  otherEnvironments,
  ownMark,
  readVariables,
  wantedVariables,
} from '../functions.mjs';
import { isGone } from '../installation.mjs';
import { judge } from '../judgement.mjs';
import { orUndefined } from '../lookup.mjs';
import { isMark } from '../mark.mjs';
import { EXIT, NotReady, exitCodeOf, explanation } from '../outcome.mjs';
import { functionPaths } from '../paths.mjs';
import { describe, readParked } from '../parked/list.mjs';
import { parkedAt, parkedConversations } from '../parked/read.mjs';
import { readPlugin } from '../plugin.mjs';
import { readTemplate } from '../template.mjs';
import {
  LEVELS,
  checkAccount,
  checkCallback,
  checkConfiguration,
  checkEvents,
  checkFunctions,
  checkLimits,
  checkParked,
  checkPlugin,
  checkReach,
  checkSync,
  checkWorkflows,
  duringRemoval,
} from './checks.mjs';
import { inspectFlags, reachFunctions, readWorkflows } from './read.mjs';

const HELP = `Checks an installation, and says how to mend what is wrong. It reads only: it changes nothing in the account.

  npm run doctor -- --environment NAME [--json]
  npm run doctor -- --simulator [--environment NAME] [--json]

  --environment NAME  the name with which the Functions were deployed
  --json              the findings as JSON on standard output; everything else goes to standard error
  --simulator         checks the contact centre of a running npm start, which needs no --environment

It checks the account, the flags, the Functions (version, variables, reach), the plugin, the Sync service, Event Streams,
TaskRouter's event callback, the workflows of parked conversations, these conversations themselves, and limits that are near.

Credentials: as for npm run deploy.

Exit codes:
  0  everything is ok
  1  there are warnings, and no error
  2  there are errors; or the command line or the credentials cannot be used
  3  the account cannot be read: the message says why`;

/** @typedef {import('../command.mjs').Command} Command */
/** @typedef {import('./checks.mjs').Finding} Finding */

/**
 * Runs the command with these arguments. Returns its exit code.
 *
 * @param {string[]} argv
 */
export function run(argv) {
  const print = argv.includes('--json') ? console.error : console.log;
  /** @type {import('../command.mjs').Usage} */
  const usage = {
    command: 'npm run doctor --',
    help: HELP,
    example: 'npm run doctor -- --environment production',
    docs: 'docs/owners.md#the-doctor',
    options: {
      environment: { ...ENVIRONMENT_OPTION, required: !isOnSimulator() && !argv.includes(`--${SIMULATOR}`) },
      json: { type: 'boolean' },
    },
  };
  return runCommand({ argv, usage, print }, (command) => diagnose(command).catch(asUnread));
}

/**
 * Throws an error again. One that would end with the code of warnings says that the account cannot be read.
 *
 * @param {unknown} error
 * @returns {never}
 */
function asUnread(error) {
  if (exitCodeOf(error) !== EXIT.failed) throw error;
  throw new NotReady(explanation(error));
}

/**
 * Prints the findings. Returns the exit code of the worst.
 *
 * @param {Command} command
 */
async function diagnose(command) {
  const parts = [
    'Wasm for the Functions',
    'parts for the Functions',
    'Wasm for the owner',
    'flex-config',
    'npm packages of the Functions',
  ];
  await setUp(parts, { print: (line) => console.error(line), brief: true });
  const findings = await examine(command);
  if (command.options.json) console.log(JSON.stringify(reportOf(findings), null, 2));
  else command.print(textOf(findings));
  return worst(findings);
}

/**
 * Makes all checks. One that fails is an error of its own, and the others are made all the same.
 *
 * @param {Command} command
 * @returns {Promise<Finding[]>}
 */
async function examine(command) {
  const { client, env, environment } = command;
  const account = await readAccount(client, env);
  const template = await readTemplate(client, account.functionsDomain);
  const judged = judge({ ...account, template });
  const { facts } = judged;
  const findings = [
    ...checkAccount(judged),
    ...(await tried('configuration', async () => checkConfiguration(await inspectFlags(env), environment))),
  ];
  // Without these there is nothing that the rest could check.
  if (!facts) return findings;
  /** @type {Promise<Deployed> | undefined} */
  let reading;
  const deployed = () => (reading ??= readDeployed(command, account.functionsDomain));
  // The environment's own, if it is there. If it cannot be read, the check of the Functions says so.
  const own = await deployed().catch(() => undefined);
  const domain = own?.found?.domain ?? account.functionsDomain;
  /** @type {[string, () => Promise<Finding | Finding[]>][]} */
  const checks = [
    ['functions', () => functions(command, deployed, facts, account.functionsDomain)],
    ['reach', () => reach(deployed, environment, domain)],
    ['plugin', async () => plugin(command)],
    ['sync', async () => checkSync(await orUndefined(client.sync.v1.services(facts.syncSid).fetch()))],
    ['events', () => events(command, deployed, account.workspace, domain)],
    ['parked', () => parked(command, deployed, { ...facts, domain: domain ?? '' })],
  ];
  for (const [name, check] of checks) findings.push(...(await tried(name, check)));
  return isClosed(own?.found) ? duringRemoval(findings, environment) : findings;
}

/**
 * @param {string} check
 * @param {() => Promise<Finding | Finding[]>} work
 * @returns {Promise<Finding[]>}
 */
async function tried(check, work) {
  try {
    return [await work()].flat();
  } catch (error) {
    const text = `could not be checked: ${explanation(error)}`;
    return [{ check, level: 'error', text, mend: 'run it again, and see docs/operations.md#rate-limits' }];
  }
}

/**
 * The Functions of the environment, if there are any, and the environment that Flex calls if that is another. `variables` reads the values of
 * their variables.
 *
 * @typedef {object} Deployed
 * @property {Awaited<ReturnType<typeof findFunctions>>} found
 * @property {() => Promise<Record<string, string>>} variables
 * @property {import('../functions.mjs').Environment[]} others the other environments of our Functions
 * @property {import('../functions.mjs').Environment} [live]
 * @param {Command} command
 * @param {string | undefined} called the domain in Flex's configuration
 * @returns {Promise<Deployed>}
 */
async function readDeployed(command, called) {
  const { client, environment } = command;
  if (environment === '') return { found: undefined, others: [], variables: async () => ({}) };
  const [found, others] = await Promise.all([findFunctions(command), otherEnvironments(client, environment)]);
  if (!found) return { found, others, variables: async () => ({}) };
  /** @type {Promise<Record<string, string>> | undefined} */
  let reading;
  const variables = () => (reading ??= readVariables(client, found));
  return { found, others, variables, live: calledInstead(others, called) };
}

/**
 * Returns true if a removal has taken the Function that parks out of the build that runs.
 *
 * @param {Deployed['found']} found
 */
const isClosed = (found) =>
  found?.build !== undefined && !found.paths.includes(functionPaths().park) && !found.paths.some(isMark);

/**
 * @param {Command} command
 * @param {() => Promise<Deployed>} deployed
 * @param {import('../judgement.mjs').Facts} facts
 * @param {string | undefined} domain
 * @returns {Promise<Finding | Finding[]>}
 */
async function functions(command, deployed, facts, domain) {
  const { environment, env } = command;
  if (environment === '') return onSimulator(command, domain);
  const { found, others, live, variables } = await deployed();
  return checkFunctions({
    ...{ environment, domain, found, live, variables: await variables() },
    isClosed: isClosed(found),
    others: others.map(({ name }) => name),
    mark: await ownMark(),
    wanted: wantedVariables(env, facts),
  });
}

/**
 * Says which Functions the desktops of a running npm start call: those of the clone, or those that were deployed there.
 *
 * @param {Command} command
 * @param {string | undefined} called the domain in Flex's configuration
 * @returns {Promise<Finding>}
 */
async function onSimulator({ client, environment }, called) {
  const deployed = calledInstead(await otherEnvironments(client, environment), called);
  const text = deployed
    ? `Flex calls those of ${deployed.name}, which --environment ${deployed.name} examines`
    : 'npm start runs those of this clone';
  return { check: 'functions', level: 'ok', text };
}

/**
 * Checks the Functions as desktops reach them, unless a removal has closed them.
 *
 * @param {() => Promise<Deployed>} deployed
 * @param {string} environment
 * @param {string | undefined} domain
 */
async function reach(deployed, environment, domain) {
  if (!domain || isClosed((await deployed()).found)) return [];
  return checkReach(await reachFunctions(domain), environment);
}

/**
 * @param {Command} command
 * @returns {Promise<Finding>}
 */
async function plugin({ client, environment }) {
  if (environment === '') return { check: 'plugin', level: 'ok', text: 'npm start runs that of this clone' };
  return checkPlugin(await readPlugin(client), environment);
}

/**
 * Checks both ways in which the Functions hear of events: one of them is enough.
 *
 * @param {Command} command
 * @param {() => Promise<Deployed>} deployed
 * @param {{ eventCallbackUrl?: string, eventsFilter?: string } | undefined} workspace
 * @param {string | undefined} domain
 */
async function events({ client, environment }, deployed, workspace, domain) {
  if (!domain) return [];
  let live;
  let sources = keptSources(undefined);
  const streamed = await tried('events', async () => {
    const found = await deployed();
    live = found.live;
    sources = keptSources((await found.variables())[SOURCES]);
    return checkEvents({ ...(await readStreams(client, found, domain)), isWanted: sources.streams }, environment);
  });
  const isStreamed = sources.streams && streamed.every(({ level }) => level === 'ok');
  const current = { current: workspace?.eventCallbackUrl || undefined, filter: workspace?.eventsFilter };
  const callback = { isStreamed, isWanted: sources.callback, live };
  return [...streamed, checkCallback(current, callbackOf(domain), environment, callback)];
}

/**
 * @param {Command['client']} client
 * @param {Deployed} deployed
 * @param {string} domain
 * @returns {Promise<Omit<Parameters<typeof checkEvents>[0], 'isWanted'>>}
 */
async function readStreams(client, { found, variables }, domain) {
  const { [EVENTS_KEY]: key } = await variables();
  const rest = { ours: streamOf(domain), key, needsKey: found !== undefined };
  try {
    return { sinks: await readSinks(client), ...rest };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { refusal: messageOf(error), ...rest };
  }
}

/**
 * Checks the parked conversations, their workflows, and the limits that are near.
 *
 * @param {Command} command
 * @param {() => Promise<Deployed>} deployed
 * @param {import('../parked/list.mjs').Place} place
 */
async function parked({ client, print, environment }, deployed, place) {
  const { found: functions, live } = await deployed();
  const goneFrom = !functions && place.domain && (await isGone(client, place.domain)) ? place.domain : undefined;
  const reader = { client, print };
  const conversations = live ? await parkedAt(reader, place) : await parkedConversations(reader, place);
  const found = await readParked(client, conversations, place, { rows: false });
  /** @type {any} any: the list for programs has more than other commands read */
  const described = describe(found, place).parked;
  const offered = new Set(conversations.filter(({ isOffered }) => isOffered).map(({ sid }) => sid));
  return [
    ...checkWorkflows(await readWorkflows(client, place, found)),
    ...checkParked(described, offered, Date.now(), { goneFrom, environment }),
    ...checkLimits(found),
  ];
}

/** @param {Finding[]} findings */
const worst = (findings) => Math.max(...findings.map(({ level }) => LEVELS.indexOf(level)));

/** @param {Finding[]} findings */
const countsOf = (findings) =>
  Object.fromEntries(LEVELS.map((level) => [level, findings.filter((finding) => finding.level === level).length]));

/** @param {Finding[]} findings */
const reportOf = (findings) => ({
  at: Date.now(),
  level: LEVELS[worst(findings)],
  counts: countsOf(findings),
  findings,
});

/**
 * Returns a line for each finding, and below it the command that mends it.
 *
 * @param {Finding[]} findings
 */
function textOf(findings) {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, level, text, mend }) => [
    `${level.padEnd(7)}  ${check.padEnd(width)}  ${text}`,
    ...(mend ? [`${' '.repeat(7 + 2 + width + 2)}Mend it: ${mend}`] : []),
  ]);
  const { ok, warning, error } = countsOf(findings);
  return [
    ...lines,
    `${ok} ok, ${warning} warning${warning === 1 ? '' : 's'}, ${error} error${error === 1 ? '' : 's'}`,
  ].join('\n');
}
