// The plans that `upgrade`, `rollback` and `undeploy` show before they do anything.

import { VERSION_PATH } from './installation.mjs';
import { functionPaths } from './paths.mjs';

/** What an older version does not do, by a Function that it does not have. */
const KNOWN_BY = /** @type {const} */ ({
  event: 'it does not hear Event Streams; TaskRouter notifies it as before',
  [VERSION_PATH]: 'it does not say its version',
  change: 'it cannot change the time or the reason of a parked conversation',
  keep: 'it cannot restart the longest wait',
  give: 'it cannot give a conversation to an agent or to the queue',
  end: 'it cannot end a conversation from the list',
  check: 'open desktops cannot ask it about an unheard message',
  access: 'it gives no permission for lists where Sync’s access lists are on',
  team: 'supervisors do not see their team in the list',
});

const STAY_PARKED = 'They stay parked, and wake at any time: before, during and after it';

/** @typedef {import('./installation.mjs').Installation} Installation */
/** @typedef {import('./parked/gone.mjs').How} How */

/**
 * Two columns: what a line is about, and the line.
 *
 * @param {[about: string, text: string][]} rows
 */
function table(rows) {
  const width = Math.max(...rows.map(([about]) => about.length));
  return rows.map(([about, text]) => `  ${about.padEnd(width)}  ${text}`);
}

/** @param {string[]} steps */
const inOrder = (steps) => ['', 'In this order:', ...steps.map((step, index) => `  ${index + 1}. ${step}`)];

/** @param {string} title @param {string[]} lines */
const section = (title, lines) => ['', title, ...lines.map((line) => `  ${line}`)];

/** @param {Date | undefined} date */
const minute = (date) => (date ? `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'an unknown time');

/** @param {number} count */
const conversations = (count) => (count === 1 ? '1 conversation' : `${count} conversations`);

/** @param {Installation} installation */
function thereNow({ version, found, plugin }) {
  const functions = found?.build
    ? `Functions ${version ?? 'of an unknown version'}, built ${minute(found.build.dateCreated)}, at ${found.domain}`
    : 'no Functions';
  const released = plugin.released ? `plugin ${plugin.released.version}` : 'no released plugin';
  return `${functions}; ${released}`;
}

/**
 * What an upgrade from one version to another means, by the promise at the top of CHANGELOG.md.
 *
 * @param {string | undefined} from
 * @param {string} to
 */
export function meaningOf(from, to) {
  const [before, after] = [from, to].map((version) => (version ?? '').split('.').map(Number));
  if (!from) return 'It is not known which version runs: CHANGELOG.md says what each one needs.';
  if (from === to) return 'It is the same version, in another build.';
  const at = after.findIndex((number, index) => number !== before[index]);
  if (after[at] < before[at])
    return 'It is an OLDER version than the one that runs: npm run rollback does that in a safe order.';
  if (at === 0) return 'A major version: it needs a step by hand. Read its entry in CHANGELOG.md first.';
  if (at === 1 && after[0] === 0)
    return 'A minor version before 1.0.0: it may change defaults and commands. Its entry in CHANGELOG.md says which.';
  return at === 1 ? 'A minor version: new features, and nothing to do by hand.' : 'A patch: fixes only.';
}

/**
 * The plan of an upgrade.
 *
 * @param {Installation} installation
 * @param {{ environment: string, mark: string, version: string }} coming `mark`: the path of the mark of this clone's files
 */
export function upgradePlan(installation, { environment, mark, version }) {
  const { found, parked, plugin } = installation;
  const isThere = found?.paths.includes(mark);
  const samePlugin = plugin.mark !== undefined && plugin.released?.changelog.includes(plugin.mark);
  const comes = [
    isThere ? 'the Functions are there already' : `Functions ${version}`,
    samePlugin ? 'the plugin is there already' : `plugin ${version}, or the next free number`,
  ];
  return [
    `Plan: upgrade ${environment}`,
    '',
    ...table([
      ['there now', thereNow(installation)],
      ['comes', isThere && samePlugin ? 'nothing new: the steps check what is there, and mend it' : comes.join('; ')],
      ['parked', `${conversations(parked.ours)}. ${STAY_PARKED}`],
      ['meaning', meaningOf(installation.version, version)],
    ]),
    ...inOrder([
      'Functions: the new ones are built beside those that run, then Twilio switches. Calls that run end in the old ones',
      "Flex's configuration (flags that no file names stay as they are), Event Streams and TaskRouter's events",
      'Plugin: the new version is registered and released, beside all other active plugins',
      'Reconcile: the new Functions examine everything that is parked, and mend what is missing',
    ]),
    ...section('What agents notice:', [
      'nothing, until they reload Flex. Open desktops keep their plugin, and both versions work side by side.',
      'Ask agents to reload Flex when their shift allows it.',
    ]),
    '',
  ].join('\n');
}

/**
 * The plan of a rollback.
 *
 * @param {Installation} installation
 * @param {object} target
 * @param {string} target.environment
 * @param {string} target.buildSid
 * @param {Date} target.builtAt
 * @param {string} [target.version]
 * @param {string[]} target.paths
 * @param {string} target.plugin the version of the plugin
 */
export function rollbackPlan(installation, { environment, buildSid, builtAt, version, paths, plugin }) {
  const missing = unknownTo(paths, installation.found?.paths ?? []);
  const functions = `Functions ${version ?? 'of an unknown version'}, built ${minute(builtAt)} (${buildSid})`;
  return [
    `Plan: roll ${environment} back`,
    '',
    ...table([
      ['there now', thereNow(installation)],
      ['comes back', `${functions}; plugin ${plugin}`],
      ['parked', `${conversations(installation.parked.ours)}. ${STAY_PARKED}`],
    ]),
    ...inOrder([
      'Plugin: the earlier version is released first, so that no new desktop asks for what earlier Functions lack',
      'Functions: Twilio runs the earlier build again. Nothing is built, and calls that run end in the present ones',
      "Event Streams: the Functions' sink is removed if the earlier ones do not take its events",
      'A look at whether they respond',
      'Reconcile: the earlier Functions examine everything that is parked, and mend what is missing',
    ]),
    ...section('What the earlier version does not know:', [
      ...(missing.length > 0 ? missing : ['it has the same Functions']),
      'it ignores newer fields of what is parked, and drops them where it writes: docs/upgrade.md#rollback',
    ]),
    ...section('What stays:', [
      "flags, the variables of the Functions, TaskRouter's events, and the build that runs now, for an upgrade",
    ]),
    ...section('What agents notice:', [
      'open desktops keep the present plugin until they are reloaded. What only newer Functions can do fails there,',
      'with a message. Ask agents to reload Flex at once.',
    ]),
    '',
  ].join('\n');
}

/**
 * Returns in words what Functions with these paths do not do, and those that run now do.
 *
 * @param {string[]} older
 * @param {string[]} running
 */
export function unknownTo(older, running) {
  const paths = functionPaths();
  return Object.entries(KNOWN_BY)
    .map(([key, text]) => ({ path: key.startsWith('/') ? key : paths[/** @type {keyof typeof paths} */ (key)], text }))
    .filter(({ path }) => running.includes(path) && !older.includes(path))
    .map(({ text }) => text);
}

/**
 * The plan of a removal.
 *
 * @param {Installation} installation
 * @param {{ environment: string, how: How }} options
 */
export function removalPlan(installation, { environment, how }) {
  const { parked, found } = installation;
  const others = (found?.environments ?? 1) - 1;
  const foreign = parked.foreign > 0 ? `; ${parked.foreign} of another plugin, which wakes them itself` : '';
  return [
    `Plan: remove ${environment}`,
    '',
    ...table([
      ['there now', thereNow(installation)],
      ['parked', `${conversations(parked.ours)}${foreign}`],
      ['then', afterwards(parked.ours, how)],
    ]),
    ...inOrder([
      'Plugin: the active plugins are released without it, and the flag enabled is removed',
      'Functions: the one that parks is taken out, because open desktops keep the plugin. What is parked still wakes',
      how.kind === 'release'
        ? 'Parked conversations: all are routed to agents, until agents have joined'
        : 'Parked conversations: a look at whether there are any',
      "TaskRouter's events and the sink of Event Streams, if they are ours",
      others > 0 ? `Functions of ${environment}; those of other environments stay: ${others}` : 'Functions',
    ]),
    ...section('What stays:', [
      'versions and bundles of the plugin, all other flags, empty Sync maps. npm run deploy installs it again',
    ]),
    ...section('What agents notice:', [
      'from the second step on, Park fails on desktops that are open. A reload of Flex takes Park and the list away.',
    ]),
    '',
  ].join('\n');
}

/**
 * @param {number} count
 * @param {How} how
 */
function afterwards(count, how) {
  switch (how.kind) {
    case 'abandon':
      return 'the Functions go all the same: NOBODY NOTICES when those customers write';
    case 'release':
      return `each is routed to an agent, and the Functions go when agents have joined; it waits ${how.waitMinutes} min at most`;
    case 'stop':
      return count === 0
        ? 'the Functions go'
        : 'it stops before the Functions go, which wake them. --release routes them to agents, waits, and goes on';
  }
}
