import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator, refused, until } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('control')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const make = () => simulator.client.conversations.v1.conversations.create({ friendlyName: 'made' });
const count = async () => (await simulator.client.conversations.v1.conversations.list()).length;
const fault = (fields) =>
  simulator.control('POST', 'faults', { method: 'POST', pathPattern: '^/v1/Conversations$', ...fields });

test('status: the selected request is not performed', async () => {
  await fault({ kind: 'status', status: 429, code: 20429, nth: 2 });
  await make();
  await assert.rejects(make(), { status: 429, code: 20429 });
  await make();
  assert.equal(await count(), 5);
});

test('dropAfter, statusAfter: the request is performed', async () => {
  await fault({ kind: 'dropAfter' });
  await assert.rejects(make(), (/** @type {any} of the client */ error) => error.status === undefined);
  assert.equal(await count(), 4);
  await simulator.control('DELETE', 'faults');
  await fault({ kind: 'statusAfter', status: 503 });
  await assert.rejects(make(), { status: 503 });
  assert.equal(await count(), 5);
});

test('dropBefore: the request is not performed', async () => {
  await fault({ kind: 'dropBefore', times: 2 });
  await assert.rejects(make());
  await assert.rejects(make());
  await make();
  assert.equal(await count(), 4);
});

test('timeout: the request is not performed', async () => {
  await fault({ kind: 'timeout', holdMs: 300 });
  const began = performance.now();
  await assert.rejects(make());
  assert.ok(performance.now() - began >= 290);
  assert.equal(await count(), 3);
});

/** The sender of a lost request cannot know whether Twilio still performs it. */
test('late: the request is performed after the connection was cut', async () => {
  await fault({ kind: 'late' });
  await assert.rejects(make(), (/** @type {any} of the client */ error) => error.status === undefined);
  await simulator.control('POST', 'clock', { advanceMs: 29_000 });
  assert.equal(await count(), 3);
  await simulator.control('POST', 'clock', { advanceMs: 1_000 });
  await until('the conversation', async () => (await count()) === 4);
});

test('a reset drops late requests', async () => {
  await fault({ kind: 'late', holdMs: 1_000 });
  await assert.rejects(make());
  await simulator.begin();
  await simulator.control('POST', 'clock', { advanceMs: 10_000 });
  await make();
  assert.equal(await count(), 4);
});

test('holdBefore, holdAfter: disarming releases the request', async () => {
  for (const [kind, doneMeanwhile] of [
    ['holdBefore', 3],
    ['holdAfter', 5],
  ]) {
    const { id } = await fault({ kind });
    const made = make();
    const report = async () => (await simulator.control('GET', 'faults')).find((one) => one.id === id);
    await until('the request to be held', async () => (await report()).held === 1);
    assert.equal(await count(), doneMeanwhile);
    await simulator.control('DELETE', `faults/${id}`);
    await made;
  }
  await assert.rejects(simulator.control('DELETE', 'faults/1'), /404/);
});

test('the journal has every request with its response', async () => {
  await simulator.control('POST', 'latency', { ms: 40 });
  await make();
  await simulator.control('POST', 'latency', { ms: 0 });
  await fault({ kind: 'status', status: 500 });
  await assert.rejects(make());
  const { requests } = await simulator.control('GET', 'journal');
  const seen = requests.map(({ via, method, host, path, form, status, fault: kind }) => ({
    via,
    method,
    host,
    path,
    form,
    status,
    kind,
  }));
  const common = {
    via: 'tls',
    method: 'POST',
    host: 'conversations.twilio.com',
    path: '/v1/Conversations',
    form: [['FriendlyName', 'made']],
  };
  assert.deepEqual(seen, [
    { ...common, status: 201, kind: null },
    { ...common, status: 500, kind: 'status' },
  ]);
  assert.ok(requests[0].ms >= 40);
  assert.ok(requests.every(({ connection }) => Number.isInteger(connection)));
});

test('agents and customers can be added', async () => {
  await simulator.control('POST', 'agents', { identity: 'cleo', fullName: 'Cleo Agent', chatCapacity: 2 });
  await simulator.control('POST', 'agents/ada', { activity: 'Offline' });
  await simulator.control('POST', 'agents/ben', { activity: 'Offline' });
  for (let n = 0; n < 3; n += 1) {
    await simulator.control('POST', 'customers', { id: `new-${n}`, name: `New ${n}`, channel: 'sms' });
    await simulator.control('POST', `customers/new-${n}/messages`, { body: 'Hello?' });
  }
  const { tasks, reservations } = await simulator.control('GET', 'world');
  assert.deepEqual(
    tasks.slice(-3).map((task) => task.assignment_status),
    ['reserved', 'reserved', 'pending'],
  );
  const offers = reservations.filter((offer) => offer.worker_name === 'cleo');
  assert.equal(offers.length, 2);
  await simulator.control('POST', `reservations/${offers[0].sid}`, { status: 'accepted' });
  const customer = await simulator.control('GET', 'customers/new-0');
  const participants = await simulator.client.conversations.v1
    .conversations(customer.conversationSid)
    .participants.list();
  assert.deepEqual([participants[0].messagingBinding.address, participants[1].identity], [customer.address, 'cleo']);
});

test('flags and worker attributes can be changed', async () => {
  await simulator.control('POST', 'config', {
    uiAttributes: { custom_data: { features: { park_interaction: { show_list: false } } } },
    workerAttributes: { ben: { config_overrides: { features: { park_interaction: { enabled: false } } } } },
  });
  const configuration = await simulator.client.flexApi.v1.configuration().fetch();
  const { custom_data: custom } = configuration.uiAttributes;
  assert.deepEqual(custom.features.park_interaction, { enabled: true, show_list: false });
  assert.equal(custom.serverless_functions_domain, simulator.facts.functionsDomain);
  const ben = await simulator.workspace.workers(simulator.agent('ben').workerSid).fetch();
  const attributes = JSON.parse(ben.attributes);
  assert.equal(attributes.config_overrides.features.park_interaction.enabled, false);
  assert.equal(attributes.full_name, 'Ben Agent');
});

test('a reset restores the seeded state', async () => {
  const before = simulator.facts;
  const old = simulator.conversation('charlie');
  await make();
  await old.update({ state: 'closed' });
  simulator.facts = await simulator.control('POST', 'reset');
  const lasting = ({ accountSid, workspaceSid, syncServiceSid, workflowSid, queues, activities }) =>
    JSON.stringify({ accountSid, workspaceSid, syncServiceSid, workflowSid, queues, activities });
  assert.equal(lasting(simulator.facts), lasting(before));
  const workers = ({ agents }) => agents.map(({ workerSid, identity }) => [workerSid, identity]);
  assert.deepEqual(workers(simulator.facts), workers(before));
  // Tokens are new: the Functions may still remember those of before.
  const known = new Set(before.agents.map(({ token }) => token));
  assert.deepEqual(
    simulator.facts.agents.filter(({ token }) => known.has(token)),
    [],
  );
  assert.equal(await count(), 3);
  assert.equal((await simulator.conversation('charlie').fetch()).state, 'active');
  await refused(old.fetch(), 404, 20404);
});

test('items are put into a map in bulk', async () => {
  const put = (items) => simulator.control('POST', 'maps/many/items', items);
  await put({ a: { n: 1 }, b: { n: 2 } });
  await put({ b: { n: 4 }, c: { n: 3 } });
  const { syncServiceSid } = await simulator.control('GET', 'facts');
  const items = await simulator.client.sync.v1.services(syncServiceSid).syncMaps('many').syncMapItems.list();
  assert.deepEqual(
    items.map(({ key, data }) => [key, data.n]),
    [
      ['a', 1],
      ['b', 4],
      ['c', 3],
    ],
  );
  await assert.rejects(put({ d: {}, '': {} }));
});

/** A check sets a reading once and runs many stories with it. Each story begins with a reset. */
test('readings survive a reset until they are restored', async () => {
  const readings = (method, body) => simulator.control(method, 'readings', body);
  const value = async () => (await readings('GET')).find(({ name }) => name === 'already-participant').value;
  const reading = (await readings('GET')).find(({ name }) => name === 'already-participant');
  const { id, values, initialValue } = reading;
  assert.deepEqual([id, values, initialValue, reading.value], ['R20', ['canceled', 'joins'], 'canceled', 'canceled']);
  await readings('POST', { 'already-participant': 'joins' });
  await simulator.control('POST', 'reset');
  await simulator.control('POST', 'seed');
  assert.equal(await value(), 'joins');
  await simulator.control('POST', 'reset', { readings: {} });
  assert.equal(await value(), 'canceled');
  await simulator.control('POST', 'seed', { readings: { 'already-participant': 'joins' } });
  assert.equal(await value(), 'joins');
  await readings('DELETE');
  assert.equal(await value(), 'canceled');
  await assert.rejects(readings('POST', { 'already-participant': 'perhaps' }), /expected one of canceled, joins/);
  await assert.rejects(readings('POST', { nonsense: 'x' }), /no reading/);
});

test('a custom plan is seeded', async () => {
  const facts = await simulator.control('POST', 'seed', {
    agents: [{ identity: 'zoe', fullName: 'Zoe Agent' }],
    customers: [{ id: 'quiet', name: 'Quiet', channel: 'web', messages: ['Is anybody there?'] }],
    flags: null,
  });
  assert.deepEqual(
    facts.agents.map(({ identity }) => identity),
    ['zoe'],
  );
  const { tasks } = await simulator.control('GET', 'world');
  assert.deepEqual(
    tasks.map((task) => task.assignment_status),
    ['reserved'],
  );
  const { uiAttributes } = await simulator.client.flexApi.v1.configuration().fetch();
  assert.deepEqual(uiAttributes.custom_data.features, {});
});

test('requests are performed even if the caller hangs up', async () => {
  await simulator.control('POST', 'latency', { ms: 200 });
  const { accountSid, authToken } = simulator.facts;
  const leaving = fetch('https://conversations.twilio.com/v1/Conversations', {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    body: new URLSearchParams({ FriendlyName: 'made' }),
    signal: AbortSignal.timeout(50),
  });
  await assert.rejects(leaving, { name: 'TimeoutError' });
  await simulator.control('POST', 'latency', { ms: 0 });
  await until('the conversation', async () => (await count()) === 4);
});

test('rate limits are off at the start and after a reset', async () => {
  const limits = (method, rates) => simulator.control(method, 'limits', rates);
  const reads = () => simulator.sync.syncMaps.list();
  assert.deepEqual([(await limits('GET')).on, (await limits('GET')).rates.interactions.perSecond], [false, 20]);
  await limits('POST', { syncReads: { perSecond: 0, burst: 0 }, conversationCreations: { perSecond: 1, burst: 1 } });
  await reads();
  await make();
  await refused(make(), 429, 20429);
  await limits('DELETE');
  await make();
  assert.deepEqual((await limits('GET')).hits, { conversationCreations: 1 });
  await limits('POST', {});
  await simulator.begin();
  assert.equal((await limits('GET')).on, false);
});

test('requests over a limit are refused and noted', async () => {
  await simulator.control('POST', 'clock', { speed: 0 });
  await simulator.control('POST', 'limits', { interactions: { perSecond: 2, burst: 1 } });
  const { invites } = simulator.channel('charlie');
  const invite = () =>
    invites.create({
      routing: {
        properties: {
          workspace_sid: simulator.facts.workspaceSid,
          workflow_sid: simulator.facts.workflowSid,
          task_channel_unique_name: 'chat',
        },
      },
    });
  const tasks = async () => (await simulator.workspace.tasks.list()).length;
  const before = await tasks();
  await invite();
  await refused(invite(), 429, 45780);
  assert.equal(await tasks(), before + 1);
  const { requests } = await simulator.control('GET', 'journal');
  const [done, over] = requests.filter(({ path }) => path.endsWith('/Invites'));
  assert.deepEqual([done.status, done.limit, over.status, over.limit], [200, null, 429, 'interactions']);
  await simulator.control('POST', 'clock', { advanceMs: 500 });
  await invite();
});

test('activity counts all requests and those under way', async () => {
  const activity = () => simulator.control('GET', 'activity');
  const before = await activity();
  await simulator.control('POST', 'latency', { ms: 5_000 });
  const slow = make();
  const during = await until('a request under way', async () => {
    const seen = await activity();
    return seen.underWay > 0 && seen;
  });
  assert.deepEqual(during, { requests: before.requests + 1, underWay: 1, deliveries: 0, functions: 0 });
  await simulator.control('POST', 'latency', { ms: 0 });
  await slow;
  assert.deepEqual(await activity(), { requests: before.requests + 1, underWay: 0, deliveries: 0, functions: 0 });
});

test('latency begins after the whole request', async () => {
  const { accountSid, authToken } = simulator.facts;
  const { requests: before } = await simulator.control('GET', 'activity');
  const sent = request('https://conversations.twilio.com/v1/Conversations', {
    method: 'POST',
    auth: `${accountSid}:${authToken}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': 'FriendlyName=slow'.length },
  });
  sent.write('FriendlyName=');
  const [socket] = await once(sent, 'socket');
  await once(socket, 'secureConnect');
  await make();
  assert.deepEqual(await simulator.control('GET', 'activity'), {
    requests: before + 1,
    underWay: 0,
    deliveries: 0,
    functions: 0,
  });
  sent.end('slow');
  const [answer] = await once(sent, 'response');
  answer.resume();
  assert.equal(answer.statusCode, 201);
  assert.deepEqual(await simulator.control('GET', 'activity'), {
    requests: before + 2,
    underWay: 0,
    deliveries: 0,
    functions: 0,
  });
});
