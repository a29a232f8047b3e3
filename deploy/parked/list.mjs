// Describing the parked conversations of an account.

import { loadCore } from '../core.mjs';
import { orUndefined } from '../lookup.mjs';
import { inParts, webhooksOf } from './read.mjs';

/**
 * @typedef {import('../transport.mjs').Client} Client
 * @typedef {import('./read.mjs').Parked} Parked
 */

/**
 * A parked conversation as the core describes it, as far as the commands read it.
 *
 * @typedef {{ conversationSid: string, notes: { kind: string, text: string }[] }} Described
 */

/**
 * Describes parked conversations. Returns the list, and the same as a text for people.
 *
 * @param {Client} client
 * @param {Parked[]} conversations
 * @param {import('./read.mjs').Place & { domain: string }} place
 * @returns {Promise<{ parked: Described[], text: string }>}
 */
export async function listParked(client, conversations, place) {
  const core = loadCore();
  const { syncSid, domain } = place;
  const nameOf = workerNames(client, place.workspaceSid);
  const found = await inParts(conversations, async ({ sid, attributes }) => {
    const webhooks = await webhooksOf(client, sid);
    /** @type {import('../core.mjs').Places} */
    const byAddress = JSON.parse(core.placesOf(sid, webhooks, domain));
    const events = byAddress.workerSid ? undefined : await logOf(client, place, attributes);
    /** @type {import('../core.mjs').Places} */
    const { workerSid, row } = events
      ? JSON.parse(core.placesByLog(sid, attributes, JSON.stringify(events)))
      : byAddress;
    const [item, workerName] = await Promise.all([
      row && orUndefined(client.sync.v1.services(syncSid).syncMaps(row.map).syncMapItems(row.key).fetch()),
      workerSid && nameOf(workerSid),
    ]);
    return { conversationSid: sid, attributes, webhooks: JSON.parse(webhooks), events, row: Boolean(item), workerName };
  });
  const minutesEast = -new Date().getTimezoneOffset();
  return JSON.parse(core.describeParked(JSON.stringify(found), domain, Date.now(), minutesEast));
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
 * Makes a function that returns a worker's name by their SID, and reads each worker once.
 *
 * @param {Client} client
 * @param {string} workspaceSid
 */
function workerNames(client, workspaceSid) {
  const workers = client.taskrouter.v1.workspaces(workspaceSid).workers;
  /** @type {Map<string, Promise<string | undefined>>} */
  const names = new Map();
  return (/** @type {string} */ sid) => {
    const known = names.get(sid);
    if (known) return known;
    const name = orUndefined(workers(sid).fetch()).then((worker) => worker?.friendlyName);
    names.set(sid, name);
    return name;
  };
}
