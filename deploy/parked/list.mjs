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
 * Describes parked conversations. Returns the list, and the same as a text for people, with the times of this machine's zone.
 *
 * @param {Client} client
 * @param {Parked[]} conversations
 * @param {Place} place
 * @returns {Promise<{ parked: Described[], text: string }>}
 */
export async function listParked(client, conversations, place) {
  const found = await readAll(client, conversations, place, { rows: true });
  const minutesEast = -new Date().getTimezoneOffset();
  return JSON.parse(loadCore().describeParked(JSON.stringify(found), place.domain, Date.now(), minutesEast));
}

/**
 * Counts parked conversations. Returns the figures, and the same as a text for people.
 *
 * @param {Client} client
 * @param {Parked[]} conversations
 * @param {Place} place
 * @returns {Promise<{ report: { parked: number }, text: string }>}
 */
export async function reportParked(client, conversations, place) {
  const found = await readAll(client, conversations, place, { rows: false });
  return JSON.parse(loadCore().reportParked(JSON.stringify(found), place.domain, Date.now()));
}

/**
 * Reads the rest of each conversation, as the core takes it.
 *
 * @param {Client} client
 * @param {Parked[]} conversations
 * @param {Place} place
 * @param {{ rows: boolean }} options `rows`: also reads whether the agent's list has a row for it
 */
function readAll(client, conversations, place, { rows }) {
  const core = loadCore();
  const { syncSid, domain } = place;
  const workspace = client.taskrouter.v1.workspaces(place.workspaceSid);
  const workerName = nameReader((sid) => workspace.workers(sid).fetch());
  const queueName = nameReader((sid) => workspace.taskQueues(sid).fetch());
  return inParts(conversations, async ({ sid, attributes, isOffered }) => {
    const webhooks = await webhooksOf(client, sid);
    /** @type {import('../core.mjs').Places} */
    const byAddress = JSON.parse(core.placesOf(sid, webhooks, domain));
    const events = byAddress.workerSid ? undefined : await logOf(client, place, attributes);
    /** @type {import('../core.mjs').Places} */
    const { workerSid, queueSid, row } = events
      ? JSON.parse(core.placesByLog(sid, attributes, JSON.stringify(events)))
      : byAddress;
    const [item, ofWorker, ofQueue] = await Promise.all([
      rows && row && orUndefined(client.sync.v1.services(syncSid).syncMaps(row.map).syncMapItems(row.key).fetch()),
      workerSid && workerName(workerSid),
      queueSid && queueName(queueSid),
    ]);
    return {
      ...{ conversationSid: sid, attributes, webhooks: JSON.parse(webhooks), events },
      ...{ row: Boolean(item), isOffered, workerName: ofWorker, queueName: ofQueue },
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
