import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator, refused } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('conversations')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const TARGET = { target: 'webhook', 'configuration.filters': ['onMessageAdded'], 'configuration.method': 'POST' };

test('conversations: create, fetch, list, update, remove', async () => {
  const { conversations } = simulator.client.conversations.v1;
  const made = await conversations.create({
    friendlyName: 'Returns',
    uniqueName: 'returns-1',
    attributes: '{"topic":"returns"}',
    'timers.inactive': 'PT1M',
    'timers.closed': 'P1D',
  });
  assert.match(made.sid, /^CH[0-9a-f]{32}$/);
  assert.equal(made.state, 'active');
  assert.equal(made.chatServiceSid, simulator.facts.chatServiceSid);
  assert.equal(Date.parse(made.timers.date_closed) - Date.parse(made.timers.date_inactive), (24 * 60 - 1) * 60 * 1000);

  const found = await conversations('returns-1').fetch();
  assert.deepEqual([found.sid, found.attributes], [made.sid, '{"topic":"returns"}']);
  const changed = await conversations(made.sid).update({ attributes: '{"n":1}', state: 'inactive' });
  assert.deepEqual([changed.attributes, changed.state, changed.friendlyName], ['{"n":1}', 'inactive', 'Returns']);
  assert.ok((await conversations.list()).some(({ sid }) => sid === made.sid));
  assert.deepEqual(
    (await conversations.list({ state: 'inactive' })).map(({ sid }) => sid),
    [made.sid],
  );

  assert.equal(await conversations(made.sid).remove(), true);
  await refused(conversations(made.sid).fetch(), 404, 20404);
});

test('lists by state are complete over all pages', async () => {
  const { conversations } = simulator.client.conversations.v1;
  const make = (n) => conversations.create({ friendlyName: `Many ${n}`, state: n % 4 === 0 ? 'inactive' : 'active' });
  const made = await Promise.all(Array.from({ length: 120 }, (_, n) => make(n)));
  const active = made.filter(({ state }) => state === 'active').map(({ sid }) => sid);
  assert.equal(active.length, 90);
  const seeded = simulator.facts.customers.map(({ conversationSid }) => conversationSid);
  const expected = [...seeded, ...active].sort();
  const sids = (found) => found.map(({ sid }) => sid).sort();
  assert.deepEqual(sids(await conversations.list({ state: 'active', pageSize: 20 })), expected);
  assert.deepEqual(sids(await conversations.list({ state: 'active' })), expected);
  assert.equal((await conversations.list({ state: 'active', limit: 30 })).length, 30);

  const pages = [];
  for (let page = await conversations.page({ state: 'active', pageSize: 50 }); page; page = await page.nextPage()) {
    pages.push(page.instances);
  }
  assert.deepEqual(
    pages.map(({ length }) => length),
    [50, 43],
  );
  assert.deepEqual(sids(pages.flat()), expected);
});

test('pages link to the next and the previous page', async () => {
  const { conversations } = simulator.client.conversations.v1;
  const first = await conversations.page({ state: 'active', pageSize: 2 });
  assert.equal(first.previousPageUrl, undefined);
  const url = new URL(first.nextPageUrl);
  assert.deepEqual([url.host, url.pathname], ['conversations.twilio.com', '/v1/Conversations']);
  assert.deepEqual([url.searchParams.get('State'), url.searchParams.get('PageSize')], ['active', '2']);
  const last = await conversations.getPage(first.nextPageUrl);
  assert.deepEqual([last.instances.length, last.nextPageUrl], [1, undefined]);
  assert.equal((await conversations.getPage(last.previousPageUrl)).instances[0].sid, first.instances[0].sid);
});

test('timers are set, removed and validated', async () => {
  const conversation = simulator.conversation('charlie');
  const timers = async (fields) => (await conversation.update(fields)).timers;
  assert.deepEqual(Object.keys(await timers({ 'timers.closed': 'PT10M' })), ['date_closed']);
  const both = await timers({ 'timers.inactive': 'PT1M' });
  assert.equal(Date.parse(both.date_closed) - Date.parse(both.date_inactive), 9 * 60_000);
  assert.deepEqual((await conversation.fetch()).timers, both);
  assert.deepEqual(Object.keys(await timers({ 'timers.closed': 'PT0S' })), ['date_inactive']);
  await refused(conversation.update({ 'timers.inactive': 'PT59S' }), 400, 50375);
  await refused(conversation.update({ 'timers.closed': 'PT599S' }), 400, 50376);
  await refused(simulator.client.conversations.v1.conversations.create({ 'timers.closed': 'PT1M' }), 400, 50376);
  for (const text of ['1 hour', 'P1M', 'PT', '-PT5M']) {
    await refused(conversation.update({ 'timers.inactive': text }), 400, 20001);
  }
  const found = (await simulator.client.conversations.v1.conversations.list()).find(({ timers: t }) => t.date_inactive);
  assert.equal(found.sid, simulator.customer('charlie').conversationSid);
  const { participantConversations } = simulator.client.conversations.v1;
  const [of] = await participantConversations.list({ identity: simulator.customer('charlie').address });
  assert.deepEqual(Object.keys(of.conversationTimers), ['date_inactive']);
});

/** A client that cuts a text in the middle of an emoji sends half of it, and Twilio returns that half. */
test('half an emoji is kept', async () => {
  const half = '\ud83d';
  const { conversationSid } = simulator.customer('charlie');
  const text = async (path) => {
    const auth = Buffer.from(`${simulator.facts.accountSid}:${simulator.facts.authToken}`).toString('base64');
    const url = `https://conversations.twilio.com/v1/Conversations/${conversationSid}${path}`;
    return (await fetch(url, { headers: { authorization: `Basic ${auth}` } })).text();
  };
  await simulator.control('POST', 'customers/charlie/messages', { body: `cut ${half}`, attributes: { a: half } });
  await simulator.control('POST', `conversations/${conversationSid}`, { friendlyName: half, attributes: '[]' });
  const messages = await text('/Messages?Order=desc&PageSize=1');
  assert.match(messages, /"body":"cut \\ud83d"/);
  assert.equal(JSON.parse(JSON.parse(messages).messages[0].attributes).a, half);
  const conversation = await text('');
  assert.match(conversation, /"friendly_name":"\\ud83d"/);
  assert.equal(JSON.parse(conversation).attributes, '[]');
  const customer = await simulator.control('GET', 'customers/charlie');
  assert.equal(customer.messages.at(-1).body, `cut ${half}`);
  await simulator.conversation('charlie').update({ attributes: JSON.stringify({ a: half }) });
  assert.equal(JSON.parse(await text('')).attributes, JSON.stringify({ a: half }));
});

test('attributes can be invalid JSON', async () => {
  const { conversationSid } = simulator.customer('charlie');
  await simulator.control('POST', `conversations/${conversationSid}`, { attributes: '{"cut' });
  assert.equal((await simulator.conversation('charlie').fetch()).attributes, '{"cut');
});

test('participants are unique by identity or address', async () => {
  const { conversations } = simulator.client.conversations.v1;
  const { sid } = await conversations.create();
  const { participants } = conversations(sid);
  const chat = await participants.create({ identity: 'dana', attributes: '{"vip":true}' });
  const sms = await participants.create({
    'messagingBinding.address': '+15550123',
    'messagingBinding.proxyAddress': '+15550100',
  });
  assert.equal(sms.identity, null);
  assert.deepEqual(sms.messagingBinding, { type: 'sms', address: '+15550123', proxy_address: '+15550100' });
  assert.deepEqual(
    (await participants.list()).map((one) => one.sid),
    [chat.sid, sms.sid],
  );
  await refused(participants.create({ identity: 'dana' }), 409, 50433);
  assert.equal((await conversations(sid).participants(chat.sid).update({ attributes: '{}' })).attributes, '{}');
  const { participantConversations } = simulator.client.conversations.v1;
  assert.deepEqual(
    (await participantConversations.list({ identity: 'dana' })).map((c) => c.conversationSid),
    [sid],
  );
  await conversations(sid).participants(chat.sid).remove();
  await refused(conversations(sid).participants(chat.sid).fetch(), 404, 20404);
});

/** So nobody can write to the customer of a parked conversation in another one. */
test('a pair of addresses is in one open conversation only', async () => {
  const { conversations } = simulator.client.conversations.v1;
  const binding = { 'messagingBinding.address': '+15550123', 'messagingBinding.proxyAddress': '+15550100' };
  const [first, second] = [await conversations.create(), await conversations.create()];
  await first.participants().create(binding);
  await refused(second.participants().create(binding), 409, 50416);
  const other = { ...binding, 'messagingBinding.proxyAddress': '+15550101' };
  assert.equal((await second.participants().create(other)).messagingBinding.address, '+15550123');
  await first.update({ state: 'closed' });
  const third = await conversations.create();
  assert.deepEqual((await third.participants().create(binding)).messagingBinding.address, '+15550123');
});

test('messages keep their index; lists have pages in both orders', async () => {
  const { conversations } = simulator.client.conversations.v1;
  const { sid } = await conversations.create();
  for (let n = 0; n < 7; n += 1) await conversations(sid).messages.create({ author: 'bot', body: `message ${n}` });
  const all = await conversations(sid).messages.list({ pageSize: 3 });
  assert.deepEqual(
    all.map(({ index, body }) => [index, body]),
    [0, 1, 2, 3, 4, 5, 6].map((n) => [n, `message ${n}`]),
  );
  const newest = await conversations(sid).messages.list({ order: 'desc', limit: 1 });
  assert.equal(newest[0].index, 6);
  const page = await conversations(sid).messages.page({ pageSize: 3 });
  const next = await page.nextPage();
  assert.deepEqual(
    next.instances.map(({ index }) => index),
    [3, 4, 5],
  );
  assert.deepEqual(
    (await next.previousPage()).instances.map(({ index }) => index),
    [0, 1, 2],
  );

  await conversations(sid).messages(all[6].sid).remove();
  assert.equal((await conversations(sid).messages.create({ body: 'after' })).index, 7);
  assert.equal((await conversations(sid).messages(all[0].sid).update({ body: 'edited' })).body, 'edited');
});

test('closed conversations refuse changes', async () => {
  const conversation = simulator.conversation('charlie');
  await conversation.update({ state: 'closed' });
  await refused(conversation.update({ state: 'active' }), 400, 50377);
  await refused(conversation.update({ attributes: '{}' }), 400, 50377);
  await refused(conversation.messages.create({ body: 'too late' }), 400, 50377);
});

test('attributes are replaced and validated', async () => {
  const conversation = simulator.conversation('charlie');
  await conversation.update({ attributes: '{"a":1}' });
  assert.equal((await conversation.update({ attributes: '{"b":2}' })).attributes, '{"b":2}');
  const fitting = JSON.stringify({ text: 'x'.repeat(16 * 1024 - '{"text":""}'.length) });
  assert.equal((await conversation.update({ attributes: fitting })).attributes, fitting);
  await refused(conversation.update({ attributes: `${fitting} ` }), 400, 50304);
  await refused(conversation.update({ attributes: '{' }), 400, 50304);
  await refused(conversation.messages.create({ attributes: `{"a":"${'x'.repeat(4 * 1024)}"}` }), 400, 50304);
});

test('webhooks: create, fetch, update, remove', async () => {
  const { webhooks } = simulator.conversation('charlie');
  const url = `https://${simulator.facts.functionsDomain}/elsewhere`;
  const made = await webhooks.create({ ...TARGET, 'configuration.url': url });
  assert.equal(made.target, 'webhook');
  assert.deepEqual(made.configuration, { url, method: 'POST', filters: ['onMessageAdded'] });
  const one = () => simulator.conversation('charlie').webhooks(made.sid);
  await one().update({ 'configuration.url': `${url}2` });
  assert.equal((await one().fetch()).configuration.url, `${url}2`);
  assert.equal((await webhooks.list()).length, 1);
  assert.equal(await one().remove(), true);
  await refused(one().remove(), 404, 20404);
  await simulator.control('POST', 'readings', { 'missing-webhook-code': '50360' });
  await refused(one().remove(), 404, 50360);
});

/** Webhooks of one conversation receive post-event filters only. */
test('unknown and missing filters are refused', async () => {
  const { webhooks } = simulator.conversation('charlie');
  const url = `https://${simulator.facts.functionsDomain}/elsewhere`;
  const arm = (filters) => webhooks.create({ target: 'webhook', 'configuration.url': url, ...filters });
  for (const filter of ['onMessageAdd', 'onMessageSent', 'onmessageadded']) {
    await refused(arm({ 'configuration.filters': ['onMessageAdded', filter] }), 400, 50365);
  }
  await refused(arm({}), 400, 50370);
  const all = ['onMessageAdded', 'onMessageUpdated', 'onMessageRemoved', 'onConversationStateUpdated'];
  assert.deepEqual((await arm({ 'configuration.filters': all })).configuration.filters, all);
});

test('sixth webhooks, long URLs and local URLs are refused', async () => {
  const { webhooks } = simulator.conversation('charlie');
  const arm = (url) => webhooks.create({ ...TARGET, 'configuration.url': url });
  const url = `https://${simulator.facts.functionsDomain}/elsewhere`;
  await refused(arm('http://localhost:3000/wake'), 400, 50388);
  await refused(arm(`${url}?${'x'.repeat(512)}`), 400, 50372);
  for (let n = 0; n < 5; n += 1) await arm(url);
  await refused(arm(url), 400, 50361);
});
