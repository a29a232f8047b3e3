// Recorded states of other code: the template's feature, and earlier versions of this one. In the files `{{name}}` stands for a
// value of the conversation.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/**
 * The desk of a test, or an account.
 *
 * @typedef {object} Desk
 * @property {import('../../scripts/lib/control.mjs').Facts} facts
 * @property {import('twilio').Twilio} client
 * @property {(id: string) => ReturnType<import('twilio').Twilio['conversations']['v1']['conversations']>} conversation
 * @property {(id: string, attributes: unknown) => Promise<void>} setAttributes
 * @property {(id: string) => import('../../scripts/lib/control.mjs').Customer} customer
 * @property {(identity: string) => import('../../scripts/lib/control.mjs').Agent} agent
 * @property {(id: string) => Promise<{ agents: { sid: string }[], openTasks: any[] }>} state any: tasks as JSON
 */

/**
 * Parks a conversation of Ada from `recorded/<name>.json`: creates the webhook, removes the agent, writes the row and the
 * attributes, in the order of the template's feature.
 *
 * @param {Desk} desk
 * @param {string} id
 * @param {string} name
 * @param {{ domain?: string, list?: boolean }} [options] `domain` is that of the Functions that parked it; without `list` there is no row
 */
export async function parkAsRecorded(desk, id, name, { domain = desk.facts.functionsDomain, list = true } = {}) {
  const recorded = JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8'));
  /** @type {Record<string, string>} */
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

/**
 * Returns the values that the template's feature stores for a conversation of Ada.
 *
 * @param {Desk} desk
 * @param {string} id
 */
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

/**
 * Fills values into all texts of a JSON value.
 *
 * @param {any} value any: of any shape
 * @param {Record<string, string>} values
 * @returns {any}
 */
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
