// All that is parked in an account, with what belongs to it.

import { orUndefined } from '../deploy/account.mjs';
import { loadCore, parkedConversations } from './read.mjs';

/** So many conversations are looked at side by side: three requests each. */
const AT_ONCE = 8;

/** Answers `{ parked, text }`: the list, and the same as a table. `place` is what `findPlace` answers. */
export async function listParked({ client, print }, { workspaceSid, syncSid, domain }) {
  const core = loadCore();
  const workers = new Map();
  const nameOf = (sid) => {
    if (!workers.has(sid)) workers.set(sid, workerName(client, workspaceSid, sid));
    return workers.get(sid);
  };
  const look = async ({ sid, attributes }) => {
    const { workerSid, row } = JSON.parse(core.placesOf(sid, attributes));
    const [webhooks, item, name] = await Promise.all([
      client.conversations.v1.conversations(sid).webhooks.list(),
      row && orUndefined(client.sync.v1.services(syncSid).syncMaps(row.map).syncMapItems(row.key).fetch()),
      workerSid && nameOf(workerSid),
    ]);
    return { conversationSid: sid, attributes, webhooks, row: Boolean(item), workerName: name };
  };

  const conversations = await parkedConversations({ client, print });
  const found = [];
  while (found.length < conversations.length) {
    const next = conversations.slice(found.length, found.length + AT_ONCE);
    found.push(...(await Promise.all(next.map(look))));
  }
  return JSON.parse(core.describeParked(JSON.stringify(found), domain, Date.now()));
}

async function workerName(client, workspaceSid, sid) {
  const worker = await orUndefined(client.taskrouter.v1.workspaces(workspaceSid).workers(sid).fetch());
  return worker?.friendlyName;
}
