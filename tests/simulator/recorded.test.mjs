// A comparison of the simulator's payloads with those of tests/recorded/: the same fields, with values of the same kind.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { openSimulator, PROTECTED, until } from './support.mjs';

const FOLDER = inRoot('tests', 'recorded');
const RECORDED = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name.replace(/\.json$/, ''), JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'))]);

let simulator;
before(async () => (simulator = await openSimulator('recorded')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const wake = () => `https://${simulator.facts.functionsDomain}${PROTECTED}`;
const conversationUrl = (sid) => `https://conversations.twilio.com/v1/Conversations/${sid}`;
const FLEX = 'https://flex-api.twilio.com/v1/Interactions';

/** Adds a webhook for `event`, runs `cause`, and returns the parameters that the function receives. */
async function receivedParameters(conversationSid, event, cause) {
  await simulator.client.conversations.v1.conversations(conversationSid).webhooks.create({
    target: 'webhook',
    'configuration.url': wake(),
    'configuration.filters': [event],
  });
  await cause();
  return request();
}

/** Returns the parameters of the first request to the functions. */
async function request() {
  const { body } = await until('a request', () => simulator.functions.requests[0]);
  return Object.fromEntries(new URLSearchParams(body));
}

async function answer(url, form) {
  const { status, body } = await simulator.raw('POST', url, { form });
  assert.ok(status < 300, JSON.stringify(body));
  return body;
}

const routing = (more) => {
  const { workspaceSid, workflowSid } = simulator.facts;
  const properties = { workspace_sid: workspaceSid, workflow_sid: workflowSid, task_channel_unique_name: 'chat' };
  return JSON.stringify({ properties: { ...properties, attributes: { mine: 'yes' }, ...more } });
};

const scopedWebhook = (target, configuration) => {
  const { conversationSid } = simulator.customer('charlie');
  const fields = Object.entries(configuration).map(([name, value]) => [`Configuration.${name}`, value]);
  return answer(`${conversationUrl(conversationSid)}/Webhooks`, { Target: target, ...Object.fromEntries(fields) });
};

const writes = (id) => simulator.control('POST', `customers/${id}/messages`, { body: 'Where is my parcel?' });

/** For each recorded file, a function that makes the simulator create the same payload. */
const MAKE = {
  'message-webhook-sdk': () =>
    receivedParameters(simulator.customer('charlie').conversationSid, 'onMessageAdded', () => writes('charlie')),

  'message-webhook-sms': async () => {
    await simulator.control('POST', 'customers', { id: 'tess', name: 'Tess', channel: 'sms' });
    await writes('tess');
    const { conversationSid } = await simulator.control('GET', 'customers/tess');
    return receivedParameters(conversationSid, 'onMessageAdded', () => writes('tess'));
  },

  'message-webhook-rest': async () => {
    const conversation = await simulator.client.conversations.v1.conversations.create();
    const author = 'telegram:4711';
    await conversation.participants().create({ identity: author });
    const message = { author, body: 'Where is my parcel?', xTwilioWebhookEnabled: 'true' };
    return receivedParameters(conversation.sid, 'onMessageAdded', () => conversation.messages().create(message));
  },

  'state-webhook-timer': () => {
    const { conversationSid } = simulator.customer('charlie');
    return receivedParameters(conversationSid, 'onConversationStateUpdated', async () => {
      await simulator.conversation('charlie').update({ 'timers.inactive': 'PT1M' });
      await simulator.control('POST', 'clock', { advanceMs: 61_000 });
    });
  },

  'interaction-created': async () => {
    const { sid } = await simulator.client.conversations.v1.conversations.create();
    const channel = { type: 'web', initiated_by: 'api', properties: { media_channel_sid: sid } };
    return answer(FLEX, { Channel: JSON.stringify(channel), Routing: routing() });
  },

  'invite-created': () => {
    const { interactionSid, channelSid } = simulator.customer('charlie');
    return answer(`${FLEX}/${interactionSid}/Channels/${channelSid}/Invites`, { Routing: routing() });
  },

  'scoped-webhook-webhook': () =>
    scopedWebhook('webhook', { Url: 'https://example.com/wake', Method: 'POST', Filters: 'onMessageAdded' }),

  'scoped-webhook-trigger': () =>
    scopedWebhook('trigger', { Url: 'https://example.com/wake', Method: 'POST', Triggers: 'help' }),

  'scoped-webhook-studio': () => scopedWebhook('studio', { FlowSid: `FW${'1'.repeat(32)}` }),

  'task-canceled-callback': async () => {
    const { workspace } = simulator;
    await workspace.update({ eventCallbackUrl: wake(), eventsFilter: 'task.canceled' });
    const task = await workspace.tasks.create({
      workflowSid: simulator.facts.workflowSid,
      taskChannel: 'chat',
      attributes: '{"name":"Charlie"}',
    });
    await workspace.tasks(task.sid).update({ assignmentStatus: 'canceled', reason: 'the customer hung up' });
    return request();
  },
};

/**
 * Returns the shape of a value: the names of its fields, and the kind of each: a SID with its prefix, a date with its
 * precision, an address without its SIDs, JSON in a text with its own fields.
 */
function shape(value) {
  if (Array.isArray(value)) return value.map(shape);
  if (value === null) return 'null';
  if (typeof value === 'object') {
    const names = Object.keys(value).sort();
    return Object.fromEntries(names.map((name) => [name, shape(value[name])]));
  }
  return typeof value === 'string' ? textShape(value) : typeof value;
}

function textShape(text) {
  if (/^[{[]/.test(text)) return { json: shape(JSON.parse(text)) };
  if (/^[A-Z]{2}[0-9a-f]{32}$/.test(text)) return text.slice(0, 2);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return 'date';
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return 'date with milliseconds';
  if (/^\d{13}$/.test(text)) return 'milliseconds since 1970';
  if (/^\d{10}$/.test(text)) return 'seconds since 1970';
  if (/^\d+$/.test(text)) return 'number';
  if (text.startsWith('https:')) return text.replaceAll(/[0-9a-f]{32}/g, '…');
  return 'text';
}

/** Otherwise a recorded file could stay without a comparison. */
test('every recorded payload is compared', () => {
  assert.deepEqual(RECORDED.map(([name]) => name).sort(), Object.keys(MAKE).sort());
});

for (const [name, { title, readings, payload, source }] of RECORDED) {
  /** The product's tests prove something only if the simulator has the fields that the product reads, in the same form. */
  test(`${name} has the fields of: ${title}`, async () => {
    assert.ok(source.length > 0, 'a recorded payload names its source');
    if (readings) await simulator.control('POST', 'readings', readings);
    assert.deepEqual(shape(await MAKE[name]()), shape(payload));
  });
}
