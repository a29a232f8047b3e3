// Describing and counting the parked conversations of an account.

import { loadCore } from '../core.mjs';
import { orUndefined } from '../lookup.mjs';
import { inParts, webhooksOf } from './read.mjs';

/**
 * @typedef {import('../transport.mjs').Client} Client
 * @typedef {import('./read.mjs').Parked} Parked
 * @typedef {import('./read.mjs').Place & { domain: string }} Place
 */

/**
 * A parked conversation as the core describes it, as far as the commands read it.
 *
 * @typedef {{ conversationSid: string, notes: { kind: string, text: string }[] }} Described
 */

/**
 * The conversations to show; each field leaves out those that do not have it.
 *
 * @typedef {object} Choice
 * @property {string} [conversation]
 * @property {string} [agent] a SID or a name
 * @property {string} [queue] a SID or a name
 * @property {string} [reason] a part of it
 * @property {boolean} [overdue]
 * @property {boolean} [unheard]
 */

/**
 * Describes parked conversations. Returns the list, and the same as a text for people, with the times of this machine's zone, and as
 * comma-separated values.
 *
 * @param {Client} client
 * @param {Parked[]} conversations
 * @param {Place} place
 * @param {{ choice?: Choice, names?: boolean, told?: Told }} [options] `names`: with the customers' names
 * @returns {Promise<{ parked: Described[], text: string, csv: string }>}
 */
export async function listParked(client, conversations, place, { choice = {}, names = false, told } = {}) {
  const found = await readParked(client, conversations, place, { rows: true, told });
  return describe(found, place, { choice, names });
}

/**
 * Describes what was read of parked conversations.
 *
 * @param {object[]} found
 * @param {Place} place
 * @param {{ choice?: Choice, names?: boolean }} [options]
 * @returns {{ parked: Described[], text: string, csv: string }}
 */
export function describe(found, place, { choice = {}, names = false } = {}) {
  const minutesEast = -new Date().getTimezoneOffset();
  const all = JSON.stringify(found);
  return JSON.parse(
    loadCore().describeParked(all, place.domain, Date.now(), minutesEast, JSON.stringify(choice), names),
  );
}

/**
 * Counts parked conversations. Returns the figures, and the same as a text for people.
 *
 * @param {Client} client
 * @param {Parked[]} conversations
 * @param {Place} place
 * @param {{ choice?: Choice, told?: Told }} [options]
 * @returns {Promise<{ found: object[], report: { parked: number }, text: string }>} `found` is what was read of them
 */
export async function reportParked(client, conversations, place, { choice = {}, told } = {}) {
  const found = await readParked(client, conversations, place, {
    rows: false,
    reasons: choice.reason !== undefined,
    told,
  });
  const counted = loadCore().reportParked(JSON.stringify(found), place.domain, Date.now(), JSON.stringify(choice));
  return { found, ...JSON.parse(counted) };
}

/**
 * Hears how many of all are done.
 *
 * @typedef {(done: number, all: number) => void} Told
 */

/**
 * Reads the rest of each conversation, as the core takes it.
 *
 * @param {Client} client
 * @param {Parked[]} conversations
 * @param {Place} place
 * @param {{ rows: boolean, reasons?: boolean, told?: Told }} options `rows`: also reads whether the agent's list has a row for it;
 *   `reasons`: also reads the reason of the park
 */
export function readParked(client, conversations, place, { rows, reasons = rows, told = () => {} }) {
  const core = loadCore();
  const { syncSid, domain } = place;
  const workspace = client.taskrouter.v1.workspaces(place.workspaceSid);
  const workerName = nameReader((sid) => workspace.workers(sid).fetch());
  const queueName = nameReader((sid) => workspace.taskQueues(sid).fetch());
  const items = client.sync.v1.services(syncSid).syncMaps;
  /** @param {{ map: string, key: string }} place */
  const itemOf = ({ map, key }) => orUndefined(items(map).syncMapItems(key).fetch());
  let done = 0;
  return inParts(conversations, async ({ sid, attributes, isOffered }) => {
    const webhooks = await webhooksOf(client, sid);
    /** @type {import('../core.mjs').Places} */
    const byAddress = JSON.parse(core.placesOf(sid, webhooks, domain));
    const events = byAddress.workerSid ? undefined : await logOf(client, place, attributes);
    /** @type {import('../core.mjs').Places} */
    const { workerSid, queueSid, workflowSid, row } = events
      ? JSON.parse(core.placesByLog(sid, attributes, JSON.stringify(events)))
      : byAddress;
    const notes = reasons ? core.notesMapOf(sid) : undefined;
    const [item, note, ofWorker, ofQueue] = await Promise.all([
      rows && row && itemOf(row),
      notes && itemOf({ map: notes, key: sid }),
      workerSid && workerName(workerSid),
      queueSid && queueName(queueSid),
    ]);
    told((done += 1), conversations.length);
    return {
      ...{ conversationSid: sid, attributes, webhooks: JSON.parse(webhooks), events },
      ...{ row: Boolean(item), isOffered, workerName: ofWorker, queueName: ofQueue },
      note: (note && note.data) ?? null,
      ...{ workerSid, queueSid, workflowSid },
    };
  });
}

/**
 * Returns TaskRouter's log of the parked task in Twilio's own form; `undefined` where the attributes name no task.
 *
 * @param {Client} client
 * @param {import('./read.mjs').Place} place
 * @param {string} attributes
 */
async function logOf(client, { workspaceSid }, attributes) {
  const log = loadCore().logToRead(attributes);
  if (log === undefined) return undefined;
  const events = await client.taskrouter.v1.workspaces(workspaceSid).events.list(JSON.parse(log));
  return events.map(({ eventType, eventData }) => ({ event_type: eventType, event_data: eventData }));
}

/**
 * Makes a function that returns the name of a worker or a queue by its SID, and reads each once.
 *
 * @param {(sid: string) => Promise<{ friendlyName: string }>} fetch
 */
function nameReader(fetch) {
  /** @type {Map<string, Promise<string | undefined>>} */
  const names = new Map();
  return (/** @type {string} */ sid) => {
    const known = names.get(sid);
    if (known) return known;
    const name = orUndefined(fetch(sid)).then((found) => found?.friendlyName);
    names.set(sid, name);
    return name;
  };
}
