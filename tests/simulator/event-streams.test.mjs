// Event Streams, by Twilio's own client: sinks, subscriptions, and the delivery of events.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator, refused, twilio, until } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('event-streams')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const USER = 'user';
const PASSWORD = 's:cret?';
const CANCELED = 'com.twilio.taskrouter.task.canceled';
const COMPLETED = 'com.twilio.taskrouter.task.completed';
const STATE = 'com.twilio.conversations.conversation-state.updated';

const events = () => simulator.client.events.v1;
const address = () => `${simulator.facts.functionsDomain}/events?a=1`;
const destination = () => `https://${USER}:${encodeURIComponent(PASSWORD)}@${address()}`;
const advance = (ms) => simulator.control('POST', 'clock', { advanceMs: ms });
const makeSink = (configuration = {}) =>
  events().sinks.create({
    description: 'ours',
    sinkType: 'webhook',
    sinkConfiguration: { destination: destination(), method: 'POST', batch_events: false, ...configuration },
  });
const makeSubscription = (sinkSid, types = [CANCELED, STATE]) =>
  events().subscriptions.create({ description: 'ours', sinkSid, types: types.map((type) => ({ type })) });

async function subscribe(configuration) {
  const sink = await makeSink(configuration);
  return { sink, subscription: await makeSubscription(sink.sid) };
}

const makeTask = (attributes = {}) =>
  simulator.workspace.tasks.create({
    workflowSid: simulator.facts.workflowSid,
    taskChannel: 'chat',
    attributes: JSON.stringify(attributes),
  });

async function cancelTask(attributes) {
  const { sid } = await makeTask(attributes);
  await simulator.workspace.tasks(sid).update({ assignmentStatus: 'canceled', reason: 'hangup' });
  return sid;
}

const turn = (state) => simulator.conversation('charlie').update({ state });

/** Waits for this number of requests with events. */
const streamed = (count) =>
  until(`${count} requests of Event Streams`, async () => {
    const own = simulator.functions.requests.filter(({ path }) => path?.startsWith('/events?'));
    return own.length >= count && own;
  });

/** Waits for this number of requests that are over, as the journal has them. */
const delivered = (count) =>
  until(`${count} deliveries of Event Streams`, async () => {
    const { deliveries } = await simulator.control('GET', 'journal');
    const own = deliveries.filter(({ events: sent }) => sent);
    return own.length >= count && own;
  });

test('sinks are created, listed, described and deleted', async () => {
  const sink = await makeSink();
  assert.match(sink.sid, /^DG[0-9a-f]{32}$/);
  assert.deepEqual(
    [sink.description, sink.sinkType, sink.status, sink.sinkConfiguration.destination],
    ['ours', 'webhook', 'active', destination()],
  );
  assert.deepEqual([sink.sinkConfiguration.method, sink.sinkConfiguration.batch_events], ['POST', false]);
  const changed = await events().sinks(sink.sid).update({ description: 'still ours' });
  assert.equal(changed.description, 'still ours');
  const listed = async (query) => (await events().sinks.list(query)).map(({ sid }) => sid);
  assert.deepEqual(await listed({}), [sink.sid]);
  assert.deepEqual(await listed({ inUse: true }), []);
  assert.deepEqual(await listed({ status: 'failed' }), []);
  const subscription = await makeSubscription(sink.sid);
  assert.deepEqual(await listed({ inUse: true }), [sink.sid]);
  await refused(events().sinks(sink.sid).remove(), 409, 20409);
  await events().subscriptions(subscription.sid).remove();
  await events().sinks(sink.sid).remove();
  await refused(events().sinks(sink.sid).fetch(), 404, 20404);
});

test('malformed sinks are refused', async () => {
  for (const wrong of [
    { destination: 'nowhere' },
    { destination: undefined },
    { method: 'PUT' },
    { batch_events: 1 },
  ]) {
    await refused(makeSink(wrong), 400, 20001);
  }
  const text = { Description: 'ours', SinkType: 'webhook', SinkConfiguration: 'no JSON' };
  const answer = await simulator.raw('POST', 'https://events.twilio.com/v1/Sinks', { form: text });
  assert.equal(answer.status, 400);
});

test('requests that Twilio does not have are refused', async () => {
  for (const [method, path, form, status] of /** @type {[string, string, any, number][]} */ ([
    ['POST', 'Sinks', { Description: 'ours', SinkType: 'carrier-pigeon', SinkConfiguration: '{}' }, 400],
    ['POST', 'Sinks', { SinkType: 'webhook', SinkConfiguration: '{}' }, 400],
    ['GET', 'Sinks?Destination=https://x.twil.io', undefined, 400],
    ['GET', 'Sinks/CH00000000000000000000000000000001', undefined, 400],
    ['GET', 'Replays', undefined, 404],
  ])) {
    const answer = await simulator.raw(method, `https://events.twilio.com/v1/${path}`, { form });
    assert.equal(answer.status, status, path);
  }
  assert.equal((await simulator.control('GET', 'unknown')).length, 5);
  await simulator.control('DELETE', 'journal');
});

test('subscriptions have event types, which change one by one', async () => {
  const { sink, subscription } = await subscribe();
  assert.deepEqual([subscription.sinkSid, subscription.description], [sink.sid, 'ours']);
  const other = await makeSink();
  const listed = async (sinkSid) => (await events().subscriptions.list({ sinkSid })).map(({ sid }) => sid);
  assert.deepEqual([await listed(sink.sid), await listed(other.sid)], [[subscription.sid], []]);
  const one = events().subscriptions(subscription.sid);
  const types = async () => (await one.subscribedEvents.list()).map(({ type }) => type);
  assert.deepEqual(await types(), [STATE, CANCELED]);
  const added = await one.subscribedEvents.create({ type: COMPLETED, schemaVersion: 1 });
  assert.deepEqual([added.type, added.schemaVersion], [COMPLETED, 1]);
  assert.equal((await one.subscribedEvents(COMPLETED).update({ schemaVersion: 4 })).schemaVersion, 4);
  await refused(one.subscribedEvents.create({ type: COMPLETED }), 409, 20409);
  await refused(one.subscribedEvents.create({ type: 'com.twilio.nothing' }), 400, 20001);
  await refused(
    one.subscribedEvents.create({ type: 'com.twilio.taskrouter.task.wrapup', schemaVersion: 5 }),
    400,
    20001,
  );
  await one.subscribedEvents(STATE).remove();
  await refused(one.subscribedEvents(STATE).fetch(), 404, 20404);
  assert.deepEqual(await types(), [CANCELED, COMPLETED]);
  assert.equal((await one.update({ description: 'theirs' })).description, 'theirs');
  await refused(makeSubscription('DG00000000000000000000000000009999'), 404, 20404);
  await refused(makeSubscription(sink.sid, ['com.twilio.nothing']), 400, 20001);
  await refused(makeSubscription(sink.sid, []), 400, 20001);
  // Without types, the request lacks a parameter that is required.
  assert.equal((await simulator.control('GET', 'unknown')).length, 1);
  await simulator.control('DELETE', 'journal');
});

test('event types are listed', async () => {
  const types = await events().eventTypes.list({ pageSize: 5 });
  assert.ok(types.some(({ type }) => type === CANCELED));
  const { schemaId, status } = await events().eventTypes(STATE).fetch();
  assert.deepEqual([schemaId, status], ['Conversations.ConversationStateUpdated', 'available']);
  await refused(events().eventTypes('com.twilio.nothing').fetch(), 404, 20404);
});

test('an event is a signed array of CloudEvents', async () => {
  await subscribe();
  const attributes = { name: 'Grüße 😀', text: '</script>' };
  const task = await cancelTask(attributes);
  const [request] = await streamed(1);
  assert.deepEqual([request.method, request.headers['content-type']], ['POST', 'application/json']);
  const basic = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
  assert.equal(request.headers.authorization, `Basic ${basic}`);
  assert.match(String(request.path), /^\/events\?a=1&bodySHA256=[0-9a-f]{64}$/);
  const url = `https://${USER}:${encodeURIComponent(PASSWORD)}@${simulator.facts.functionsDomain}${request.path}`;
  const signature = request.headers['x-twilio-signature'];
  const { authToken, accountSid, workspaceSid } = simulator.facts;
  assert.ok(twilio.validateRequestWithBody(authToken, signature, url, request.body));
  assert.ok(!twilio.validateRequestWithBody(authToken, signature, url, `${request.body} `));
  const [event, ...others] = JSON.parse(request.body);
  assert.deepEqual(others, []);
  const { id, time, data } = event;
  assert.deepEqual(event, {
    specversion: '1.0',
    type: CANCELED,
    source: `/v1/Workspaces/${workspaceSid}/Events/${id}`,
    id,
    dataschema: 'https://events-schemas.twilio.com/TaskRouter.WDSEvent/4',
    datacontenttype: 'application/json',
    time,
    data,
  });
  assert.match(id, /^EV[0-9a-f]{32}$/);
  assert.ok(!Number.isNaN(Date.parse(time)));
  assert.deepEqual([data.group, data.product_name, data.account_sid], ['task', 'TaskRouter', accountSid]);
  const { payload } = data;
  assert.deepEqual(
    [payload.eventtype, payload.task_sid, payload.task_assignment_status, payload.task_canceled_reason],
    ['task.canceled', task, 'canceled', 'hangup'],
  );
  assert.deepEqual(JSON.parse(payload.task_attributes), attributes);
  assert.deepEqual([payload.workspace_sid, payload.task_priority], [workspaceSid, 0]);
  // As JSON.stringify writes it: a Function sees only the parsed body.
  assert.equal(request.body, JSON.stringify(JSON.parse(request.body)));
});

test('the state of a conversation is an event, even of a change without webhooks', async () => {
  await subscribe();
  await turn('inactive');
  const [request] = await streamed(1);
  const [{ type, data }] = JSON.parse(request.body);
  assert.equal(type, STATE);
  assert.deepEqual(
    [data.ConversationSid, data.StateFrom, data.StateTo, data.Reason, data.ChatServiceSid],
    [simulator.customer('charlie').conversationSid, 'active', 'inactive', 'API', simulator.facts.chatServiceSid],
  );
});

test('a sink with batches gets several events at once', async () => {
  await subscribe({ batch_events: true });
  await cancelTask();
  await turn('inactive');
  await advance(SECOND_MS);
  const [request] = await streamed(1);
  assert.deepEqual(
    JSON.parse(request.body).map(({ type }) => type),
    [CANCELED, STATE],
  );
});

/** The time stands still, so that a retry comes only if the clock is advanced. */
test('a refused event comes again until it is taken', async () => {
  await simulator.control('POST', 'clock', { speed: 0 });
  await subscribe();
  simulator.functions.answer = () => 503;
  await turn('inactive');
  await delivered(1);
  await advance(SECOND_MS);
  await delivered(2);
  await simulator.control('POST', 'faults', { pathPattern: '^/events$', kind: 'dropBefore' });
  await advance(2 * SECOND_MS);
  await delivered(3);
  simulator.functions.answer = () => 200;
  await advance(4 * SECOND_MS);
  const all = await delivered(4);
  assert.deepEqual(
    all.map(({ status, outcome, events: { attempt } }) => [status, outcome, attempt]),
    [
      [503, 'answered', 1],
      [503, 'answered', 2],
      [null, 'connection lost', 3],
      [200, 'answered', 4],
    ],
  );
  await advance(60 * MINUTE_MS);
  assert.equal((await delivered(4)).length, 4);
  const bodies = new Set((await streamed(3)).map(({ body }) => body));
  assert.equal(bodies.size, 1, 'the same event each time');
});

test('a slow receiver gets the event again after 5 s', async () => {
  await subscribe();
  simulator.functions.answer = () => undefined;
  await turn('inactive');
  const [late] = await delivered(1);
  assert.deepEqual([late.status, late.outcome], [null, 'timed out']);
  assert.ok(late.ms >= 5000 && late.ms < 6000, `${late.ms} ms`);
  simulator.functions.answer = () => 200;
  await advance(SECOND_MS);
  await streamed(2);
});

test('another host gets nothing, and no retry', async () => {
  await subscribe({ destination: 'https://theirs.example/events' });
  await turn('inactive');
  const [only] = await delivered(1);
  assert.equal(only.outcome, 'not sent: not a Functions domain');
  await advance(60 * MINUTE_MS);
  assert.equal((await delivered(1)).length, 1);
});

test('the signed URL follows the reading', async () => {
  await subscribe();
  await simulator.control('POST', 'readings', { 'stream-signature': 'without-user' });
  await turn('inactive');
  const [{ path, body, headers }] = await streamed(1);
  const url = `https://${simulator.facts.functionsDomain}${path}`;
  assert.ok(twilio.validateRequestWithBody(simulator.facts.authToken, headers['x-twilio-signature'], url, body));
  assert.match(String(headers.authorization), /^Basic /);
});

test('the body follows the readings', async () => {
  await subscribe();
  for (const [name, value, expected] of /** @type {[string, string, RegExp][]} */ ([
    ['stream-body', 'spaced', /^\[\{"specversion": "1\.0", "type"/],
    ['stream-body', 'escaped', /"source":"\\\/v1\\\/Conversations\\\/CH/],
    ['json-array', 'dropped', /^\{\}$/],
  ])) {
    await simulator.control('POST', 'readings', { [name]: value });
    simulator.functions.requests.length = 0;
    await turn('inactive');
    const [{ body }] = await streamed(1);
    assert.match(body, expected, `${name}=${value}`);
    await simulator.control('DELETE', 'readings');
    await turn('active');
    await streamed(2);
  }
});

test('a sink hides its password in one reading', async () => {
  const { sink } = await subscribe();
  await simulator.control('POST', 'readings', { 'sink-password': 'hidden' });
  const { sinkConfiguration } = await events().sinks(sink.sid).fetch();
  assert.equal(sinkConfiguration.destination, `https://${address()}`);
  await turn('inactive');
  assert.ok((await streamed(1))[0].headers.authorization, 'it is sent all the same');
});

test('a seeded contact centre can have a sink', async () => {
  simulator.facts = await simulator.control('POST', 'seed', { eventStreams: true });
  const [sink, ...others] = await events().sinks.list();
  assert.deepEqual(others, []);
  const url = new URL(sink.sinkConfiguration.destination);
  assert.deepEqual([url.password, url.host], [simulator.facts.eventsKey, simulator.facts.functionsDomain]);
  await simulator.control('POST', 'seed');
});
