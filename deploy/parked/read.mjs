// Finding the parked conversations of an account: by their attributes and, where other code has wiped these, by agents' lists, by the
// conversations that wait for an agent, and by woken tasks that no agent has accepted.

import { loadCore } from '../core.mjs';
import { orUndefined } from '../lookup.mjs';

/**
 * The states in which conversations can wake.
 *
 * @type {import('twilio/lib/rest/conversations/v1/conversation.js').ConversationState[]}
 */
const STATES = ['active', 'inactive'];
/** The states of tasks that no agent has accepted. */
const NOT_ACCEPTED = ['pending', 'reserved'];
const PAGE_SIZE = 100;
/** The number of conversations that are read at the same time. */
const AT_ONCE = 8;

/**
 * @typedef {import('../transport.mjs').Client} Client
 * @typedef {{ client: Client, print: (line: string) => void }} Reader
 */

/**
 * The product's place in an account. `domain` is that of the Functions.
 *
 * @typedef {{ workspaceSid: string, syncSid: string, domain?: string }} Place
 */

/**
 * A parked conversation. `isForeign`: only another plugin, which parked it, can wake it. `isOffered`: a task of it waits for an agent.
 *
 * @typedef {{ sid: string, attributes: string, isForeign: boolean, isOffered: boolean }} Parked
 */

/**
 * Returns all parked conversations. Reads every open conversation of the account, every agent's list and every task that is not
 * accepted, page by page.
 *
 * @param {Reader} reader
 * @param {Place} place
 * @returns {Promise<Parked[]>}
 */
export async function parkedConversations({ client, print }, { workspaceSid, syncSid, domain = '' }) {
  const core = loadCore();
  /** @type {Omit<Parked, 'isOffered'>[]} */
  const parked = [];
  let read = 0;
  for (const state of STATES) {
    await client.conversations.v1.conversations.each({ state, pageSize: PAGE_SIZE }, ({ sid, attributes }) => {
      read += 1;
      if (read % 1000 === 0) print(`  ${read} conversations read`);
      if (!core.saysParked(attributes)) return;
      parked.push({ sid, attributes, isForeign: !core.holdsParkedRecord(attributes) });
    });
  }
  const known = new Set(parked.map(({ sid }) => sid));
  const listed = await listedConversations(client, syncSid);
  const woken = new Set(await wokenConversations(client, workspaceSid));
  const others = [...new Set([...listed, ...woken])].filter((sid) => !known.has(sid));
  const wiped = await inParts(others, (sid) => withoutRecord(client, sid, domain));
  const all = [...parked, ...wiped.filter((conversation) => conversation !== undefined)];
  return all.map((conversation) => ({ ...conversation, isOffered: woken.has(conversation.sid) }));
}

/**
 * Returns the parked conversations that the Functions at the domain of `place` wake: the customer's messages go there.
 *
 * @param {Reader} reader
 * @param {Place} place
 */
export async function parkedAt(reader, place) {
  const parked = await parkedConversations(reader, place);
  const areThere = await inParts(parked, async ({ sid, isForeign }) => {
    const { webhooks } = reader.client.conversations.v1.conversations(sid);
    const all = isForeign ? [] : await webhooks.list();
    return all.some(({ configuration }) => hostOf(configuration?.url) === place.domain);
  });
  return parked.filter((_, index) => areThere[index]);
}

/** @param {unknown} url */
const hostOf = (url) => (typeof url === 'string' && URL.canParse(url) ? new URL(url).host : undefined);

/**
 * Returns a conversation's webhooks as the core takes them: a JSON text.
 *
 * @param {Client} client
 * @param {string} sid
 */
export async function webhooksOf(client, sid) {
  return JSON.stringify(await client.conversations.v1.conversations(sid).webhooks.list());
}

/**
 * Does `work` with each of `all`, some at a time. Returns its results in the same order.
 *
 * @template T, R
 * @param {T[]} all
 * @param {(one: T) => Promise<R>} work
 */
export async function inParts(all, work) {
  /** @type {R[]} */
  const done = [];
  while (done.length < all.length) {
    done.push(...(await Promise.all(all.slice(done.length, done.length + AT_ONCE).map(work))));
  }
  return done;
}

/**
 * Returns the SIDs of the conversations that are in agents' lists, or wait for an agent.
 *
 * @param {Client} client
 * @param {string} syncSid
 */
async function listedConversations(client, syncSid) {
  const core = loadCore();
  const service = client.sync.v1.services(syncSid);
  const maps = await service.syncMaps.list({ pageSize: PAGE_SIZE });
  const names = maps.map(({ uniqueName }) => uniqueName).filter((name) => name && core.holdsConversations(name));
  const items = await inParts(names, (name) =>
    orUndefined(service.syncMaps(name).syncMapItems.list({ pageSize: PAGE_SIZE })),
  );
  return items.flatMap((found) => (found ?? []).map(({ key }) => key));
}

/**
 * Returns the SIDs of the conversations whose woken task no agent has accepted. A released one has no row, and waits for no answer.
 *
 * @param {Client} client
 * @param {string} workspaceSid
 */
async function wokenConversations(client, workspaceSid) {
  const { tasks } = client.taskrouter.v1.workspaces(workspaceSid);
  const open = await inParts(NOT_ACCEPTED, (status) => tasks.list({ assignmentStatus: [status], pageSize: PAGE_SIZE }));
  const woken = open.flat().map(({ attributes }) => JSON.parse(attributes));
  return woken.filter((task) => task?.originalRouting && task.conversationSid).map((task) => task.conversationSid);
}

/**
 * Returns a conversation without a parked record in its attributes, if a webhook shows that it is parked.
 *
 * @param {Client} client
 * @param {string} sid
 * @param {string} domain
 * @returns {Promise<Omit<Parked, 'isOffered'> | undefined>}
 */
async function withoutRecord(client, sid, domain) {
  const conversation = await orUndefined(client.conversations.v1.conversations(sid).fetch());
  if (!conversation || !STATES.includes(conversation.state)) return undefined;
  /** @type {import('../core.mjs').Places} */
  const { workerSid } = JSON.parse(loadCore().placesOf(sid, await webhooksOf(client, sid), domain));
  return workerSid ? { sid, attributes: conversation.attributes, isForeign: false } : undefined;
}
