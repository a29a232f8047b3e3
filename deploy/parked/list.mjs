// All that is parked in an account, with what belongs to it.

import { loadCore } from '../core.mjs';
import { orUndefined } from '../lookup.mjs';
import { inParts, webhooksOf } from './read.mjs';

/** Answers `{ parked, text }`: the list, and the same for people. `place` is what `findPlace` answers. */
export async function listParked({ client }, conversations, place) {
  const core = loadCore();
  const { syncSid, domain } = place;
  const nameOf = workerNames(client, place.workspaceSid);
  const found = await inParts(conversations, async ({ sid, attributes }) => {
    const webhooks = await webhooksOf(client, sid);
    const byAddress = JSON.parse(core.placesOf(sid, webhooks, domain));
    const events = byAddress.workerSid ? undefined : await logOf(client, place, attributes);
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

/** What TaskRouter has logged of the parked task, as Twilio answers it; `undefined` where the attributes name none. */
async function logOf(client, { workspaceSid }, attributes) {
  const log = loadCore().logToRead(attributes);
  if (log === undefined) return undefined;
  const events = await client.taskrouter.v1.workspaces(workspaceSid).events.list(JSON.parse(log));
  return events.map(({ eventType, eventData }) => ({ event_type: eventType, event_data: eventData }));
}

/** Answers a function that tells a worker's name by their SID, and asks for each once. */
function workerNames(client, workspaceSid) {
  const workers = client.taskrouter.v1.workspaces(workspaceSid).workers;
  const names = new Map();
  return (sid) => {
    if (!names.has(sid))
      names.set(
        sid,
        orUndefined(workers(sid).fetch()).then((worker) => worker?.friendlyName),
      );
    return names.get(sid);
  };
}
