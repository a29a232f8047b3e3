// Changes of a parked conversation: another agent, another time, another reason.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CHANGE, deskOfSuite, GIVE, until } from './support.mjs';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const CUSTOMER = 'charlie';

/** Returns the parameters in the address of the conversation's webhook. */
function addressOf({ conversation }) {
  const [address] = conversation.webhooks.map(({ configuration }) => configuration.url);
  return new URL(address).searchParams;
}

describe('a parked conversation that is given to an agent', () => {
  const desk = deskOfSuite();

  const state = () => desk.state(CUSTOMER);
  const now = async () => Date.parse((await desk.control('GET', 'clock')).now);
  const openTask = () => until('a task', async () => (await state()).openTasks[0]);
  const toBen = () => ({ workerSid: desk.agent('ben').workerSid, agentName: 'Sue Supervisor' });

  /** Returns the names of the Sync maps that have a row of the conversation. */
  async function lists() {
    const { maps } = await desk.world();
    const { conversationSid } = desk.customer(CUSTOMER);
    const has = ({ unique_name: name, items }) =>
      name?.startsWith('ParkedInteractions_') && Object.values(items).some(({ key }) => key === conversationSid);
    return maps.filter(has).map(({ unique_name: name }) => name);
  }

  const listOf = (agent) => `ParkedInteractions_${desk.agent(agent).workerSid}`;

  it('is in the list of that agent, and nothing is routed', async () => {
    await desk.parked(CUSTOMER, { agentName: 'Ada Agent', lastLine: 'One moment', lastLineBy: 'agent' });
    const clickedAt = await now();
    const { status, body } = await desk.give(CUSTOMER, 'sue', toBen());
    assert.deepEqual([status, body], [200, { outcome: 'given' }]);
    assert.deepEqual(await lists(), [listOf('ben')]);
    const { attributes, openTasks, rows, ...more } = await state();
    assert.deepEqual(openTasks, []);
    const { workerSid } = desk.agent('ben');
    assert.equal(attributes.workerSid, workerSid);
    assert.equal(addressOf(more).get('workerSid'), workerSid);
    const [{ data }] = rows;
    assert.equal(data.workerSid, workerSid);
    assert.equal(data.givenBy, 'Sue Supervisor');
    assert.equal(data.agentName, 'Ada Agent');
    assert.equal(data.lastLine, 'One moment');
    assert.ok(Math.abs(data.givenAt - clickedAt) < 10 * SECOND, String(data.givenAt));
    const { maps } = await desk.world();
    const map = maps.find(({ unique_name: name }) => name === listOf('ben'));
    assert.equal(attributes.mapSid, map.sid);
    const deeds = attributes.parkInteraction.history.map(({ by, did, to }) => [by, did, to]);
    assert.deepEqual(deeds, [
      [desk.agent('ada').workerSid, 'parked', undefined],
      [desk.agent('sue').workerSid, 'given', workerSid],
    ]);
  });

  it('is given by a form, as the plugin sends one, and once if the form comes twice', async () => {
    await desk.parked(CUSTOMER);
    const { conversationSid } = desk.customer(CUSTOMER);
    const body = () => new URLSearchParams({ Token: desk.agent('sue').token, conversationSid, ...toBen() });
    const answers = [];
    for (let times = 0; times < 2; times += 1) {
      const answer = await desk.call(GIVE, undefined, { headers: {}, body: body() });
      const { rows } = await state();
      answers.push([answer.body.outcome, rows.map(({ data }) => data)]);
    }
    assert.equal(answers[0][0], 'given');
    assert.deepEqual(answers[1], answers[0]);
  });

  it('is what its new agent may resume, and the former one may not', async () => {
    await desk.parked(CUSTOMER);
    await desk.give(CUSTOMER, 'sue', toBen());
    const refused = await desk.resume(CUSTOMER, 'ada');
    assert.deepEqual([refused.status, refused.body.refusal.kind], [403, 'notAllowed']);
    const { body } = await desk.resume(CUSTOMER, 'ben');
    assert.equal(body.outcome, 'routed');
    const { attributes } = await openTask();
    assert.equal(attributes.originalRouting.workerSid, desk.agent('ben').workerSid);
    assert.equal(attributes.parked.givenBy, 'Sue Supervisor');
  });

  it('is routed by a message, and no row is left', async () => {
    await desk.parked(CUSTOMER);
    await desk.give(CUSTOMER, 'sue', toBen());
    await desk.writes(CUSTOMER);
    await openTask();
    await until('no row', async () => (await lists()).length === 0);
  });

  for (const agent of ['ada', 'ben']) {
    it(`is not given by ${agent}`, async () => {
      await desk.parked(CUSTOMER);
      const { status, body } = await desk.give(CUSTOMER, agent, toBen());
      assert.deepEqual([status, body.refusal.kind], [403, 'notAllowed']);
      assert.deepEqual(await lists(), [listOf('ada')]);
    });
  }

  for (const [what, workerSid] of [
    ['does not exist', `WK${'0'.repeat(32)}`],
    ['has no SID', 'ben'],
  ]) {
    it(`is not given to an agent who ${what}`, async () => {
      await desk.parked(CUSTOMER);
      const { status, body } = await desk.give(CUSTOMER, 'sue', { workerSid });
      assert.deepEqual([status, body.refusal], [400, { kind: 'badRequest', field: 'workerSid' }], JSON.stringify(body));
      assert.deepEqual(await lists(), [listOf('ada')]);
      assert.equal((await state()).attributes.workerSid, desk.agent('ada').workerSid);
    });
  }

  it('is not given if it is not parked', async () => {
    const { status, body } = await desk.give(CUSTOMER, 'sue', toBen());
    assert.deepEqual([status, body.refusal.kind], [404, 'notParked']);
  });
});

describe('a parked conversation that is changed', () => {
  const desk = deskOfSuite();

  const pass = (ms) => desk.control('POST', 'clock', { advanceMs: ms });
  const state = () => desk.state(CUSTOMER);
  const now = async () => Date.parse((await desk.control('GET', 'clock')).now);
  const openTask = () => until('a task', async () => (await state()).openTasks[0]);
  const inSeconds = async (ms) => Math.ceil(((await now()) + ms) / SECOND);

  /** Returns the time according to the webhook's address, the record and the row, in seconds since 1970. */
  async function times() {
    const { attributes, rows, ...more } = await state();
    const seconds = (at) => (at ? at / SECOND : undefined);
    const address = Number(addressOf(more).get('w')) || undefined;
    return [address, seconds(attributes.parkInteraction.dueAt), seconds(rows[0].data.dueAt)];
  }

  it('comes back at its new time', async () => {
    await desk.parked(CUSTOMER, { until: await inSeconds(2 * HOUR) });
    const later = await inSeconds(4 * HOUR);
    const { status, body } = await desk.change(CUSTOMER, 'ada', { until: later });
    assert.deepEqual([status, body], [200, { outcome: 'changed' }]);
    assert.deepEqual(await times(), [later, later, later]);
    await pass(3 * HOUR);
    assert.deepEqual((await state()).openTasks, [], 'not at the former time');
    const sooner = await inSeconds(10 * MINUTE);
    await desk.change(CUSTOMER, 'sue', { until: sooner });
    assert.deepEqual(await times(), [sooner, sooner, sooner]);
    await pass(11 * MINUTE);
    assert.equal((await openTask()).attributes.parked.cause, 'time');
  });

  it('has no time any more', async () => {
    await desk.parked(CUSTOMER, { until: await inSeconds(HOUR) });
    const { body } = await desk.change(CUSTOMER, 'ada', { until: 0 });
    assert.deepEqual(body, { outcome: 'changed' });
    assert.deepEqual(await times(), [undefined, undefined, undefined]);
    const { conversation, waiting } = await state();
    assert.deepEqual([conversation.timers.inactive_after, waiting], [null, []]);
    await pass(2 * HOUR);
    assert.deepEqual((await state()).openTasks, []);
  });

  it('has the longest wait of the owner in place of its time', async () => {
    await desk.parked(CUSTOMER, { until: await inSeconds(HOUR), expiresAfterHours: 3 });
    await desk.change(CUSTOMER, 'ada', { until: 0, expiresAfterHours: 3 });
    assert.equal(addressOf(await state()).get('x'), '1');
    await pass(3 * HOUR + MINUTE);
    assert.equal((await openTask()).attributes.parked.cause, 'expiry');
  });

  it('lets a message wait for a time that is kept', async () => {
    await desk.parked(CUSTOMER);
    await desk.change(CUSTOMER, 'ada', { until: await inSeconds(30 * MINUTE), keepTime: true });
    await desk.writes(CUSTOMER);
    await until('the message in the row', async () => (await state()).rows[0].data.keptUntil);
    assert.deepEqual((await state()).openTasks, []);
    await pass(31 * MINUTE);
    await openTask();
  });

  it('has another reason, or none, by a form as the plugin sends one', async () => {
    await desk.parked(CUSTOMER, { reason: 'Order number', note: 'Tonight' });
    const { conversationSid } = desk.customer(CUSTOMER);
    for (const reason of ['Payment', '']) {
      const form = { Token: desk.agent('ada').token, conversationSid, reason, keepTime: 'false' };
      const { body } = await desk.call(CHANGE, undefined, { headers: {}, body: new URLSearchParams(form) });
      assert.deepEqual(body, { outcome: 'changed' });
      const { rows, notes } = await state();
      assert.equal(rows[0].data.reason, reason || undefined);
      assert.equal(rows[0].data.note, 'Tonight');
      assert.equal(notes[0].data.reason, reason || undefined);
    }
    await desk.change(CUSTOMER, 'ada', { reason: 'Payment' });
    await desk.writes(CUSTOMER);
    const { parked } = (await openTask()).attributes;
    assert.deepEqual([parked.reason, parked.note], ['Payment', 'Tonight']);
  });

  it('is not changed by another agent', async () => {
    await desk.parked(CUSTOMER);
    const { status, body } = await desk.change(CUSTOMER, 'ben', { reason: 'Payment' });
    assert.deepEqual([status, body.refusal.kind], [403, 'notAllowed']);
    assert.equal((await state()).rows[0].data.reason, undefined);
  });

  /** @type {[import('./support.mjs').Fields, string][]} */
  const malformed = [
    [{}, 'until'],
    [{ keepTime: true }, 'until'],
    [{ until: 'tomorrow' }, 'until'],
    [{ until: -1 }, 'until'],
    [{ reason: 'x'.repeat(61) }, 'reason'],
    [{ until: 0, expiresAfterHours: 4_321 }, 'expiresAfterHours'],
  ];
  for (const [fields, field] of malformed) {
    it(`is not changed by ${JSON.stringify(fields).slice(0, 40)}`, async () => {
      await desk.parked(CUSTOMER);
      const { status, body } = await desk.change(CUSTOMER, 'ada', fields);
      assert.deepEqual([status, body.refusal], [400, { kind: 'badRequest', field }], JSON.stringify(body));
    });
  }

  for (const ahead of [-HOUR, 30 * SECOND, 31 * 24 * HOUR]) {
    it(`is not moved to a time ${ahead / SECOND} s ahead`, async () => {
      const until = await inSeconds(HOUR);
      await desk.parked(CUSTOMER, { until });
      const { status, body } = await desk.change(CUSTOMER, 'ada', { until: await inSeconds(ahead) });
      assert.deepEqual([status, body.refusal.kind], [422, 'timeOutOfRange']);
      assert.deepEqual(await times(), [until, until, until]);
    });
  }
});
