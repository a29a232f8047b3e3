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

const NOT_ENABLED =
  'agents cannot park, since the flag enabled is not true; that stays so: npm run flex-config -- enable switches it on';

const STAY_PARKED = 'They stay parked, and wake at any time: before, during and after it';

/** @typedef {import('./installation.mjs').Installation} Installation */
/** @typedef {import('./parked/gone.mjs').How} How */

/**
 * Two columns: what a line is about, and the line. A row that does not apply is false.
 *
 * @param {([about: string, text: string] | false | undefined)[]} all
 */
function table(all) {
  const rows = all.filter((row) => row !== false && row !== undefined);
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
 * @param {{ isNew: boolean }} coming `isNew`: false if what comes is there already
 */
export function meaningOf(from, to, { isNew }) {
  if (!isNew) return 'It is what runs: there will be nothing to go back from.';
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
 * Says how the Functions will hear of events.
 *
 * @param {import('./event-sources.mjs').Sources} sources
 */
function heardBy({ streams, callback }) {
  const both = {
    'Event Streams (--event-streams)': streams,
    "TaskRouter's event callback (--event-callback)": callback,
  };
  const out = Object.entries(both).filter(([, isWanted]) => !isWanted);
  if (out.length === 0) {
    return "Event Streams and TaskRouter's event callback are set up where they are not yet; --no-event-streams or --no-event-callback leaves one out";
  }
  return `left out, as chosen before; the option sets it up: ${out.map(([name]) => name).join(', ')}`;
}

/**
 * The plan of an upgrade, and whether it brings anything new.
 *
 * @param {Installation} installation
 * @param {object} coming
 * @param {string} coming.environment
 * @param {string} coming.mark the path of the mark of this clone's files
 * @param {string} coming.version
 * @param {import('./event-sources.mjs').Sources} coming.sources
 */
export function upgradePlan(installation, { environment, mark, version, sources }) {
  const { found, live, parked, plugin } = installation;
  const isThere = found?.paths.includes(mark);
  const samePlugin = plugin.mark !== undefined && plugin.released?.changelog.includes(plugin.mark);
  const comes = [
    isThere ? 'the Functions are there already' : `Functions ${version}`,
    samePlugin ? 'the plugin is there already' : `plugin ${version}, or the next free number`,
  ];
  const isNew = !isThere || !samePlugin;
  const text = [
    `Plan: upgrade ${environment}`,
    '',
    ...table([
      ['there now', thereNow(installation)],
      ['comes', isNew ? comes.join('; ') : 'nothing new: the steps check what is there, and mend it'],
      ['parked', `${conversations(parked.ours)}. ${STAY_PARKED}`],
      ['meaning', meaningOf(installation.version, version, { isNew })],
      ['events', heardBy(sources)],
      live && ['calls', switched(live.name, environment)],
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
  return { text, isNew };
}

/**
 * @param {string} from
 * @param {string} to
 */
const switched = (from, to) => `Flex calls the Functions of ${from} now: from then on, it calls those of ${to}`;

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
      !installation.enabled && ['switched off', NOT_ENABLED],
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
 * @param {{ environment: string, how: How, left?: string[] }} options `left`: what is there without the Functions
 */
export function removalPlan(installation, { environment, how, left = [] }) {
  const { parked, found, live } = installation;
  const others = (found?.environments ?? 1) - 1;
  const foreign = parked.foreign > 0 ? `; parked with another plugin, which wakes them itself: ${parked.foreign}` : '';
  return [
    `Plan: remove ${environment}`,
    '',
    ...table([
      ['there now', thereNow(installation)],
      left.length > 0 && ['left over', left.join(', ')],
      ['parked', `${conversations(parked.ours)}${foreign}`],
      ['then', afterwards(parked.ours, how, live)],
    ]),
    ...inOrder([
      live
        ? `Plugin and flags: stay. They are those of ${live.name} (${live.domain}), whose Functions Flex calls`
        : 'Plugin: the active plugins are released without it, and the flag enabled is removed',
      'Functions: the one that parks is taken out, because open desktops keep the plugin. What is parked still wakes',
      how.kind === 'release'
        ? 'Parked conversations: all are routed to agents, until agents have joined'
        : 'Parked conversations: a look at whether there are any',
      "TaskRouter's events and the sink of Event Streams, if they are ours",
      others > 0 ? `Functions of ${environment}; those of other environments stay: ${others}` : 'Functions',
    ]),
    ...section('What stays:', [
      live
        ? `all that ${live.name} has: plugin, flags, TaskRouter's events, and what is parked with it`
        : 'versions and bundles of the plugin, all other flags, empty Sync maps. npm run deploy installs it again',
    ]),
    ...section('What agents notice:', [
      live
        ? `nothing, unless their desktop is open since Flex called ${environment}: Park fails there until a reload.`
        : 'from the second step on, Park fails on desktops that are open. A reload of Flex takes Park and the list away.',
    ]),
    '',
  ].join('\n');
}

/**
 * @param {number} count
 * @param {How} how
 * @param {Installation['live']} live
 */
function afterwards(count, how, live) {
  switch (how.kind) {
    case 'abandon':
      return 'the Functions go all the same: NOBODY NOTICES when those customers write';
    case 'release':
      return `each is routed to an agent, and the Functions go when agents have joined; it waits ${how.waitMinutes} min at most`;
    case 'stop':
      if (live && count > 0)
        return `it stops before the Functions go, which wake them. npm run parked -- reconcile moves them to ${live.name} first`;
      return count === 0
        ? 'the Functions go'
        : 'it stops before the Functions go, which wake them. --release routes them to agents, waits, and goes on';
  }
}
