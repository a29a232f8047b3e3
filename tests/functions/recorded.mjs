// States that other code left behind: the template's feature, and earlier versions of this one. What is particular to a
// conversation stands in them as `{{name}}`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/**
 * Makes a customer's conversation, which Ada has, one that was parked as `recorded/<name>.json` says: the webhook, the agent
 * out, the row and the attributes, in the order in which the template's feature makes them.
 *
 * `domain` is where the Functions of whoever parked it were; without `list` there is no row.
 */
export async function parkAsRecorded(desk, id, name, { domain = desk.facts.functionsDomain, list = true } = {}) {
  const recorded = JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8'));
  const values = { domain, ...(await templateState(desk, id)) };
  const conversation = desk.conversation(id);
  const { sid: webhookSid } = await conversation.webhooks.create(filled(recorded.webhook, values));
  values.webhookSid = webhookSid;
  await desk.client.flexApi.v1
    .interaction(values.interactionSid)
    .channels(values.channelSid)
    .participants(values.participantSid)
    .update({ status: 'closed' });
  if (list) {
    const { syncMaps } = desk.client.sync.v1.services(desk.facts.syncServiceSid);
    const map = await syncMaps.create({ uniqueName: `ParkedInteractions_${values.workerSid}` });
    const { data, ttl } = filled(recorded.item, values);
    await syncMaps(map.sid).syncMapItems.create({ key: values.conversationSid, data, ttl });
    values.mapSid = map.sid;
  }
  const attributes = { ...recorded.attributes, ...(list && recorded.attributesWithRow) };
  await desk.setAttributes(id, filled(attributes, values));
}

/** What the template's feature keeps of a customer's conversation, which Ada has. */
export async function templateState(desk, id) {
  const { conversationSid, interactionSid, channelSid } = desk.customer(id);
  const { agents, openTasks } = await desk.state(id);
  const [task] = openTasks;
  return {
    conversationSid,
    interactionSid,
    channelSid,
    participantSid: agents[0].sid,
    taskSid: task.sid,
    workflowSid: task.workflow_sid,
    taskChannelUniqueName: task.task_channel_unique_name,
    queueName: 'Everyone',
    queueSid: desk.facts.queues.Everyone,
    workerSid: desk.agent('ada').workerSid,
    taskAttributes: JSON.stringify(task.attributes),
  };
}

function filled(value, values) {
  if (typeof value === 'string') {
    return value.replace(/\{\{(\w+)\}\}/g, (_, name) => {
      assert.ok(values[name], `nothing is known of ${name}`);
      return values[name];
    });
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((entry) => filled(entry, values));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, filled(entry, values)]));
}
