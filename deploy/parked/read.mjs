// Which conversations of an account are parked: those whose attributes say so and, where other code has wiped these, those that an
// agent's list, what waits for an agent or a woken task that nobody has accepted leads to.

import { loadCore } from '../core.mjs';
import { orUndefined } from '../lookup.mjs';

/** Closed conversations never wake; these do. */
const STATES = ['active', 'inactive'];
/** The tasks that nobody has accepted. */
const NOT_ACCEPTED = ['pending', 'reserved'];
const PAGE_SIZE = 100;
/** So many are looked at side by side. */
const AT_ONCE = 8;

/**
 * All parked conversations, each `{ sid, attributes }`. Those that are parked in a way that only their own plugin can deal with have
 * `isForeign`. Reads every open conversation of the account, every agent's list and every task that is not accepted, page by page.
 */
export async function parkedConversations({ client, print }, { workspaceSid, syncSid, domain = '' }) {
  const core = loadCore();
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
  const named = [...(await listedConversations(client, syncSid)), ...(await wokenConversations(client, workspaceSid))];
  const others = [...new Set(named)].filter((sid) => !known.has(sid));
  const wiped = await inParts(others, (sid) => withoutRecord(client, sid, domain));
  return [...parked, ...wiped.filter(Boolean)];
}

/** A conversation's webhooks as the core takes them: a JSON text. */
export async function webhooksOf(client, sid) {
  return JSON.stringify(await client.conversations.v1.conversations(sid).webhooks.list());
}

/** Does `work` with each of `all`, some at a time. Answers what it answered, in the same order. */
export async function inParts(all, work) {
  const done = [];
  while (done.length < all.length) {
    done.push(...(await Promise.all(all.slice(done.length, done.length + AT_ONCE).map(work))));
  }
  return done;
}

/** The conversations that stand in agents' lists, or wait for an agent. */
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

/** The conversations whose woken task nobody has accepted. A released one has no row, and waits for no answer. */
async function wokenConversations(client, workspaceSid) {
  const { tasks } = client.taskrouter.v1.workspaces(workspaceSid);
  const open = await inParts(NOT_ACCEPTED, (status) => tasks.list({ assignmentStatus: [status], pageSize: PAGE_SIZE }));
  const woken = open.flat().map(({ attributes }) => JSON.parse(attributes));
  return woken.filter((task) => task?.originalRouting && task.conversationSid).map((task) => task.conversationSid);
}

/** A conversation whose attributes say nothing, if a webhook says that it is parked. */
async function withoutRecord(client, sid, domain) {
  const conversation = await orUndefined(client.conversations.v1.conversations(sid).fetch());
  if (!conversation || !STATES.includes(conversation.state)) return undefined;
  const { workerSid } = JSON.parse(loadCore().placesOf(sid, await webhooksOf(client, sid), domain));
  return workerSid ? { sid, attributes: conversation.attributes, isForeign: false } : undefined;
}
