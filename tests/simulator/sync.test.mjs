import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator, refused } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('sync')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const HOUR = 3600;
const pass = (seconds) => simulator.control('POST', 'clock', { advanceMs: seconds * 1000 });
const item = (key) => simulator.sync.syncMaps('rows').syncMapItems(key);
const put = (fields) => simulator.sync.syncMaps('rows').syncMapItems.create(fields);

test('maps and items: create, fetch, update, remove', async () => {
  const map = await simulator.sync.syncMaps.create({ uniqueName: 'rows' });
  const made = await put({ key: 'a', data: { n: 1 } });
  assert.deepEqual([made.mapSid, made.revision, made.dateExpires], [map.sid, '0', null]);
  assert.equal((await item('a').update({ data: { n: 2 } })).revision, '1');
  assert.deepEqual((await item('a').fetch()).data, { n: 2 });
  await put({ key: 'b', data: {} });
  assert.deepEqual(
    (await simulator.sync.syncMaps(map.sid).syncMapItems.list()).map(({ key }) => key),
    ['a', 'b'],
  );
  assert.equal(await item('a').remove(), true);
  await refused(item('a').fetch(), 404, 54201);
  assert.equal(await simulator.sync.syncMaps('rows').remove(), true);
  await refused(simulator.sync.syncMaps('rows').fetch(), 404, 54200);
});

test('a service keeps whether it has access lists', async () => {
  assert.equal((await simulator.sync.fetch()).aclEnabled, false);
  assert.equal((await simulator.sync.update({ aclEnabled: true })).aclEnabled, true);
  assert.equal((await simulator.sync.fetch()).aclEnabled, true);
  assert.equal((await simulator.sync.update({})).aclEnabled, true);
});

test('map items have pages in both orders', async () => {
  await simulator.sync.syncMaps.create({ uniqueName: 'rows' });
  const keys = Array.from({ length: 60 }, (_, n) => `key-${String(n).padStart(2, '0')}`);
  await Promise.all(keys.map((key) => put({ key, data: {} })));
  const { syncMapItems } = simulator.sync.syncMaps('rows');
  const read = async (query) => (await syncMapItems.list(query)).map(({ key }) => key);
  assert.deepEqual(await read({ pageSize: 7 }), keys);
  assert.deepEqual(await read({}), keys);
  assert.deepEqual(await read({ pageSize: 7, order: 'desc' }), [...keys].reverse());
  const page = await syncMapItems.page({ pageSize: 50 });
  assert.deepEqual(
    (await page.nextPage()).instances.map(({ key }) => key),
    keys.slice(50),
  );
});

test('old revisions in If-Match are refused', async () => {
  await simulator.sync.syncMaps.create({ uniqueName: 'rows' });
  await put({ key: 'a', data: { n: 1 } });
  const claims = await Promise.allSettled([1, 2, 3, 4].map((n) => item('a').update({ data: { n }, ifMatch: '0' })));
  const won = claims.filter(({ status }) => status === 'fulfilled');
  assert.equal(won.length, 1, 'exactly one of several claims wins');
  for (const claim of claims) {
    if (claim.status === 'fulfilled') continue;
    const { reason } = claim;
    assert.deepEqual([reason.status, reason.code], [412, 54205]);
  }
  await refused(item('a').remove({ ifMatch: '0' }), 412, 54205);
  assert.equal(await item('a').remove({ ifMatch: '1' }), true);
});

test('taken names and large data are refused', async () => {
  await simulator.sync.syncMaps.create({ uniqueName: 'rows' });
  await refused(simulator.sync.syncMaps.create({ uniqueName: 'rows' }), 409, 54301);
  await put({ key: 'a', data: {} });
  await refused(put({ key: 'a', data: {} }), 409, 54208);
  await refused(put({ key: 'b', data: { text: 'x'.repeat(16 * 1024) } }), 413, 54006);
});

test('items expire by the simulator’s clock', async () => {
  await simulator.sync.syncMaps.create({ uniqueName: 'rows' });
  const made = await put({ key: 'a', data: {}, itemTtl: 24 * HOUR });
  assert.ok(made.dateExpires instanceof Date);
  await pass(23 * HOUR);
  assert.equal((await item('a').fetch()).key, 'a');
  await pass(HOUR);
  await refused(item('a').fetch(), 404, 54201);
});

test('documents have names, revisions and a time to live', async () => {
  const made = await simulator.sync.documents.create({ uniqueName: 'lease', data: { by: 1 }, ttl: 60 });
  await refused(simulator.sync.documents.create({ uniqueName: 'lease' }), 409, 54301);
  await refused(simulator.sync.documents('lease').update({ data: { by: 2 }, ifMatch: '9' }), 412, 54103);
  assert.equal((await simulator.sync.documents(made.sid).update({ data: { by: 2 }, ifMatch: '0' })).revision, '1');
  await pass(60);
  await refused(simulator.sync.documents('lease').fetch(), 404, 54100);
});
