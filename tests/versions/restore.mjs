// Parks a conversation as an earlier version did: from what it had left at Twilio.

import { namesOf, filled } from './recordings.mjs';
import { CUSTOMER } from './stories.mjs';

/** @typedef {import('../functions/support.mjs').Desk} Desk */

const SECOND = 1_000;
/** The number of maps over which conversations are spread, by the last digit of their SIDs, as in `src/sync_name.rs`. */
const MAPS = 4;

/**
 * Creates what a recording says is left: webhooks, items of Sync maps, the conversation's timer and attributes; and takes the agent out.
 * Returns the agent in whose list the conversation stands, and the item of that list.
 *
 * @param {Desk} desk newly begun
 * @param {any} leaves any: JSON
 */
export async function restore(desk, leaves) {
  const began = Date.now();
  const sids = Object.fromEntries(Object.entries(await namesOf(desk)).map(([sid, name]) => [name, sid]));
  sids.shard = String(parseInt(sids.conversation.slice(-1), 16) % MAPS);
  const conversation = desk.conversation(CUSTOMER);
  /** @type {(value: any) => any} any: JSON */
  const fill = (value) => filled(value, sids, began);

  for (const { target, configuration } of leaves.webhooks) {
    const { url, method, filters, replay_after: replayAfter } = fill(configuration);
    const created = await conversation.webhooks.create({
      target,
      'configuration.url': url,
      'configuration.method': method,
      'configuration.filters': filters,
      ...(replayAfter !== null && { 'configuration.replayAfter': replayAfter }),
    });
    sids.webhook = created.sid;
  }
  const { interaction, channel, participant } = sids;
  await desk.client.flexApi.v1
    .interaction(interaction)
    .channels(channel)
    .participants(participant)
    .update({ status: 'closed' });
  const { syncMaps } = desk.client.sync.v1.services(desk.facts.syncServiceSid);
  let own;
  for (const { map, data, expires } of leaves.items) {
    const name = fill(map);
    const { sid } = await mapOf(syncMaps, name);
    const [kind, owner] = map.split('_');
    sids[`${kind}${/^\{\{(\w+)\}\}$/.exec(owner)?.[1] ?? ''}`] = sid;
    const ttl = expires === null ? 0 : Math.round((Date.parse(fill(expires)) - Date.now()) / SECOND);
    const item = { key: sids.conversation, data: fill(data), ...(ttl > 0 && { ttl }) };
    await syncMaps(sid).syncMapItems.create(item);
    if (kind === 'ParkedInteractions') own = { owner: name.slice(kind.length + 1), item };
  }
  if (leaves.inactiveMinutes) await conversation.update({ 'timers.inactive': `PT${leaves.inactiveMinutes}M` });
  await desk.setAttributes(CUSTOMER, fill(leaves.attributes));
  if (!own) throw new Error('no row was recorded');
  const agent = desk.facts.agents.find(({ workerSid }) => workerSid === own.owner);
  return { agent: agent?.identity ?? '', item: own.item };
}

/**
 * Returns the map with a name, which is there afterwards.
 *
 * @param {any} syncMaps any: of Twilio's client
 * @param {string} uniqueName
 */
async function mapOf(syncMaps, uniqueName) {
  try {
    return await syncMaps(uniqueName).fetch();
  } catch {
    return syncMaps.create({ uniqueName });
  }
}
