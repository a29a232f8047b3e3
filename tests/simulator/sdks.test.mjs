// The newest SDKs of Conversations and Sync from npm. Flex contains older ones.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { known } from '../support/known.mjs';
import { openSimulator, until } from './support.mjs';

const require = createRequire(import.meta.url);
const { Client: ConversationsClient } = require('@twilio/conversations');
const { Client: SyncClient } = require('twilio-sync');

let simulator;
let clients = [];
before(async () => (simulator = await openSimulator('sdks')));
beforeEach(() => simulator.begin());
afterEach(async () => {
  await Promise.all(clients.map((client) => client.shutdown()));
  clients = [];
  await simulator.end();
});
after(() => simulator?.stop());

/** Waits for the next event of this name; fails if it does not come soon. */
const next = async (emitter, event) => (await once(emitter, event, { signal: AbortSignal.timeout(10_000) }))[0];

async function signIn(identity) {
  const client = new ConversationsClient(simulator.agent(identity).token, { logLevel: 'silent' });
  clients.push(client);
  await next(client, 'initialized');
  return client;
}

async function openSync(identity) {
  const client = new SyncClient(simulator.agent(identity).token, { logLevel: 'silent' });
  clients.push(client);
  await until('the connection', () => client.connectionState === 'connected');
  return client;
}

const charlies = (client) => client.getConversationBySid(simulator.customer('charlie').conversationSid);

test('messages: send, edit, remove, with events', async () => {
  const conversation = await charlies(await signIn('ada'));
  await conversation.add('ben');
  const other = await charlies(await signIn('ben'));
  await conversation.sendMessage('first', { n: 1 });
  const message = (await conversation.getMessages(1)).items[0];
  assert.deepEqual([message.index, message.body, message.author], [3, 'first', 'ada']);
  await until('the other to have it', async () => (await other.getMessages(1)).items[0].body === 'first');
  const updated = next(other, 'messageUpdated');
  await message.updateBody('second');
  const seen = await updated;
  assert.deepEqual([seen.message.body, seen.message.lastUpdatedBy], ['second', 'ada']);
  assert.ok(seen.updateReasons.includes('body'));
  await message.updateAttributes({ n: 2 });
  await until('the attributes', () => message.attributes.n === 2);
  const removed = next(other, 'messageRemoved');
  await message.remove();
  assert.equal((await removed).sid, message.sid);
  assert.equal(await conversation.getMessagesCount(), 3);
});

test('messages of others cannot be changed', async () => {
  const conversation = await charlies(await signIn('ada'));
  const [first] = (await conversation.getMessages(10)).items;
  await assert.rejects(first.updateBody('mine now'), { status: 403 });
  await assert.rejects(first.remove(), { status: 403 });
});

test('conversations: create, find, delete', async () => {
  const [ada, ben] = [await signIn('ada'), await signIn('ben')];
  const made = await ada.createConversation({ uniqueName: 'returns', friendlyName: 'Returns', attributes: { n: 1 } });
  assert.deepEqual([made.uniqueName, made.createdBy, made.status], ['returns', 'ada', 'notParticipating']);
  await made.join();
  assert.equal((await ada.getConversationByUniqueName('returns')).sid, made.sid);
  const joined = next(ben, 'conversationJoined');
  await made.add('ben', { role: 'helper' });
  const own = await ben.getConversationBySid((await joined).sid);
  const participant = known(await made.getParticipantByIdentity('ben'));
  assert.deepEqual(participant.attributes, { role: 'helper' });
  await participant.updateAttributes({ role: 'owner' });
  await until(
    'the attributes',
    () => /** @type {{ role?: string } | null} */ (participant.attributes)?.role === 'owner',
  );
  const left = next(made, 'participantLeft');
  await own.leave();
  assert.equal((await left).identity, 'ben');
  await made.updateFriendlyName('Other');
  await until('the name', () => made.friendlyName === 'Other');
  await made.updateUniqueName('');
  await assert.rejects(ada.getConversationByUniqueName('returns'), { status: 404 });
  await made.delete();
  const { conversations } = await simulator.control('GET', 'world');
  assert.equal(
    conversations.some(({ sid }) => sid === made.sid),
    false,
  );
});

test('read horizons move forward and back', async () => {
  const conversation = await charlies(await signIn('ada'));
  await conversation.setAllMessagesRead();
  assert.equal(await conversation.getUnreadMessagesCount(), 0);
  await simulator.control('POST', 'customers/charlie/messages', { body: 'one more' });
  await until('the message', async () => (await conversation.getUnreadMessagesCount()) === 1);
  await conversation.updateLastReadMessageIndex(1);
  await until('the horizon', async () => (await conversation.getUnreadMessagesCount()) === 2);
  await conversation.setAllMessagesUnread();
  await until('no horizon', async () => (await conversation.getUnreadMessagesCount()) === null);
});

test('typing is signalled to others', async () => {
  const ada = await charlies(await signIn('ada'));
  await ada.add('ben');
  const ben = await charlies(await signIn('ben'));
  await Promise.all([ada.getParticipants(), ben.getParticipants()]);
  const seen = next(ben, 'typingStarted');
  await ada.typing();
  assert.equal((await seen).identity, 'ada');
  const customer = next(ada, 'typingStarted');
  await simulator.control('POST', 'customers/charlie/typing');
  assert.equal((await customer).identity, simulator.customer('charlie').address);
});

test('files reach REST, webhooks and clients', async () => {
  const conversation = await charlies(await signIn('ada'));
  const file = { contentType: 'text/plain', filename: 'note.txt', media: Buffer.from('hello') };
  await conversation.prepareMessage().setBody('see').addMedia(file).build().send();
  const message = (await conversation.getMessages(1)).items[0];
  const [own] = message.attachedMedia;
  assert.deepEqual([message.type, own.filename, own.contentType, own.size], ['media', 'note.txt', 'text/plain', 5]);
  assert.equal(await (await fetch(await own.getContentTemporaryUrl())).text(), 'hello');
  const url = `https://${simulator.facts.functionsDomain}/wake`;
  await simulator.conversation('charlie').webhooks.create({
    target: 'webhook',
    'configuration.url': url,
    'configuration.filters': ['onMessageAdded'],
  });
  const media = [{ contentType: 'image/jpeg', filename: 'parcel.jpg', size: 4711 }];
  await simulator.control('POST', 'customers/charlie/messages', { body: '', media });
  const [delivery] = await until('the webhook', async () => {
    const { deliveries } = await simulator.control('GET', 'journal');
    return deliveries.length > 0 && deliveries;
  });
  const [sent] = JSON.parse(delivery.params.Media);
  assert.deepEqual([sent.ContentType, sent.Filename, sent.Size], ['image/jpeg', 'parcel.jpg', 4711]);
  const [last] = await simulator.conversation('charlie').messages.list({ order: 'desc', limit: 1 });
  assert.deepEqual(last.media, [
    { sid: sent.Sid, category: 'media', filename: 'parcel.jpg', content_type: 'image/jpeg', size: 4711 },
  ]);
  await until('the message', async () => (await conversation.getMessages(1)).items[0].attachedMedia?.length === 1);
});

test('Sync maps and documents: read, change, watch', async () => {
  const sync = await openSync('ada');
  const map = await sync.map('rows');
  await map.set('a', { n: 1 });
  const added = next(map, 'itemAdded');
  await simulator.control('POST', 'maps/rows/items', { b: { n: 2 } });
  const { item, isLocal } = await added;
  assert.deepEqual([item.key, item.data, isLocal], ['b', { n: 2 }, false]);
  assert.deepEqual((await map.mutate('a', (/** @type {any} set above */ data) => ({ n: data.n + 1 }))).data, { n: 2 });
  const removed = next(map, 'itemRemoved');
  await simulator.sync.syncMaps('rows').syncMapItems('b').remove();
  assert.equal((await removed).key, 'b');
  await assert.rejects(sync.map({ id: 'nothing', mode: 'open_existing' }), { status: 404, code: 54200 });
  const document = await sync.document('lease');
  await document.mutate((data) => ({ ...data, by: 'ada' }));
  assert.deepEqual((await simulator.sync.documents('lease').fetch()).data, { by: 'ada' });
});

/** A claim with an old revision must lose, from any client: the SDK then reads again and retries. */
test('old revisions are not written', async () => {
  const [one, other] = [await (await openSync('ada')).map('rows'), await (await openSync('ben')).map('rows')];
  await one.set('a', { n: 0 });
  const add = (map) => map.mutate('a', ({ n }) => ({ n: n + 1 }));
  await Promise.all([add(one), add(other), add(one), add(other)]);
  assert.deepEqual((await simulator.sync.syncMaps('rows').syncMapItems('a').fetch()).data, { n: 4 });
});

/** Flex's Teams view uses these queries. */
test('only supervisors watch live queries', async () => {
  const { workerSid } = simulator.agent('ada');
  const sync = await openSync('sue');
  const workers = await sync.liveQuery('tr-worker', '');
  assert.deepEqual(
    Object.values(workers.getItems()).map((/** @type {any} a worker */ { friendly_name: name }) => name),
    ['ada', 'ben', 'sue'],
  );
  const query = `data.worker_sid == "${workerSid}" && (data.status not_in ["completed", "canceled"])`;
  const reservations = await sync.liveQuery('tr-reservation', query);
  /** @type {any[]} reservations */
  const items = Object.values(reservations.getItems());
  assert.deepEqual(
    items.map(({ attributes, queue_name: queue }) => [attributes.customerName, queue]),
    ['Charlie Customer', 'Wanda Walker', 'Sam Sender'].map((name) => [name, 'Everyone']),
  );
  const gone = next(reservations, 'itemRemoved');
  await simulator.control('POST', `reservations/${items[0].reservation_sid}`, { status: 'completed' });
  assert.equal((await gone).key, items[0].reservation_sid);
  const changed = next(workers, 'itemUpdated');
  await simulator.control('POST', 'agents/ben', { activity: 'Break' });
  assert.equal((await changed).value.activity_name, 'Break');
  await assert.rejects((await openSync('ada')).liveQuery('tr-worker', ''), { status: 403 });
});

/** Twilio's plugin template deploys with the Default Service; Flex UI never reads the other. */
test('an agent’s Sync service follows the reading', async () => {
  const items = () => simulator.sync.syncMaps('rows').syncMapItems.list();
  await (await (await openSync('ada')).map('rows')).set('a', {});
  assert.equal((await items()).length, 1);
  await simulator.control('POST', 'readings', { 'agent-sync-service': 'flex-service' });
  const { agentSyncServiceSid, flexSyncServiceSid } = await simulator.control('GET', 'facts');
  assert.equal(agentSyncServiceSid, flexSyncServiceSid);
  await (await (await openSync('ada')).map('rows')).set('b', {});
  assert.equal((await items()).length, 1);
  const other = simulator.client.sync.v1.services(flexSyncServiceSid).syncMaps('rows').syncMapItems;
  assert.deepEqual(
    (await other.list()).map(({ key }) => key),
    ['b'],
  );
});

test('with access lists on, an identity reaches only the maps for which it has a permission', async () => {
  const { sync } = simulator;
  const map = await sync.syncMaps.create({ uniqueName: 'listed' });
  const ada = await openSync('ada');
  await (await ada.map('listed')).set('a', { n: 1 });
  await simulator.client.sync.v1.services(map.serviceSid).update({ aclEnabled: true });
  const closed = await openSync('ada');
  const forbidden = { status: 403, code: 54007 };
  await assert.rejects(closed.map({ id: 'listed', mode: 'open_existing' }), forbidden);
  await assert.rejects(closed.map({ id: 'new', mode: 'open_or_create' }), forbidden);
  await assert.rejects(closed.map({ id: 'new', mode: 'open_existing' }), { status: 404 });

  const permissions = sync.syncMaps('listed').syncMapPermissions;
  await permissions('ada').update({ read: true, write: false, manage: false });
  const opened = await closed.map({ id: 'listed', mode: 'open_or_create' });
  assert.deepEqual((await opened.get('a')).data, { n: 1 });
  const put = next(opened, 'itemAdded');
  await sync.syncMaps('listed').syncMapItems.create({ key: 'b', data: {} });
  assert.equal((await put).item.key, 'b');
  await assert.rejects(opened.set('c', {}), forbidden);
  await assert.rejects(opened.removeMap(), forbidden);
  await assert.rejects((await openSync('ben')).map('listed'), forbidden);
  assert.deepEqual(
    (await permissions.list()).map(({ identity, read, write }) => [identity, read, write]),
    [['ada', true, false]],
  );
  await permissions('ada').remove();
  await assert.rejects(permissions('ada').fetch(), { status: 404, code: 54354 });
});
