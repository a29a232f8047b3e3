// Appointments: a parked conversation comes back at its time, with the note of the agent who parked it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { deskOfSuite, until } from './support.mjs';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The longest time from an appointment to its task. */
const DUE_WITHIN = MINUTE;
const CUSTOMER = 'charlie';

describe('a conversation that is parked until a time', () => {
  const desk = deskOfSuite();

  const pass = (ms) => desk.control('POST', 'clock', { advanceMs: ms });
  const state = () => desk.state(CUSTOMER);
  const now = async () => (await desk.control('GET', 'clock')).now;
  /** The time after `ms`, in seconds since 1970. */
  const inMs = async (ms) => Math.round((Date.parse(await now()) + ms) / SECOND);
  const openTask = () => until('a task', async () => (await state()).openTasks[0]);

  /** Parks for two hours. Returns the time of the appointment, in milliseconds since 1970. */
  async function parkedFor2Hours(more = {}) {
    const at = await inMs(2 * HOUR);
    await desk.parked(CUSTOMER, { until: at, ...more });
    return at * SECOND;
  }

  it('comes back at that time, through the workflow', async () => {
    const dueAt = await parkedFor2Hours();
    assert.equal((await state()).rows[0].data.dueAt, dueAt);
    await pass(2 * HOUR - 2 * MINUTE);
    assert.deepEqual((await state()).openTasks, [], 'not before');
    await pass(2 * MINUTE + DUE_WITHIN);
    const task = await openTask();
    assert.equal(task.routing_target, null);
    assert.equal(task.attributes.parked.cause, 'time');
    assert.equal(task.attributes.parked.until, dueAt);
    await desk.answerOffer(CUSTOMER, 'accepted');
    const settled = await until('the settle', async () => {
      const { body } = await desk.settle(CUSTOMER, 'ada');
      return body.outcome === 'settled' && body;
    }).catch(() => desk.settle(CUSTOMER, 'ben'));
    assert.ok(settled);
    assert.deepEqual((await state()).waiting, [], 'no clock is left');
  });

  it('comes back by an open desktop if no webhook reports the timer', async () => {
    await desk.control('POST', 'readings', { 'state-webhook': 'never' });
    await parkedFor2Hours();
    const [{ data }] = (await state()).waiting;
    assert.ok(data.askAt - Date.parse(await now()) > HOUR, 'a desktop asks at the time, not before');
    await pass(2 * HOUR + SECOND);
    assert.deepEqual((await state()).openTasks, []);
    const { body } = await desk.check(CUSTOMER, 'ben');
    assert.equal(body.outcome, 'routed', JSON.stringify(body));
    assert.equal((await openTask()).attributes.parked.cause, 'time');
  });

  it('comes back by the owner’s reconcile if nobody was there', async () => {
    await desk.control('POST', 'readings', { 'state-webhook': 'never' });
    await parkedFor2Hours();
    await pass(30 * HOUR);
    const { body } = await desk.signed('/features/park-interaction/common/reconcile', {});
    assert.equal(body.outcome, 'reconciled', JSON.stringify(body));
    assert.equal((await openTask()).attributes.parked.cause, 'time');
  });

  it('comes back before it if the customer writes', async () => {
    await parkedFor2Hours();
    await desk.writes(CUSTOMER, 'Here it is');
    assert.equal((await openTask()).attributes.parked.cause, 'message');
  });

  it('counts the first message of a kept time, and comes back at the second', async () => {
    const dueAt = await parkedFor2Hours({ keepTime: true, keepCeilingMinutes: 24 * 60 });
    await desk.writes(CUSTOMER, 'Thanks');
    await desk.wakes(CUSTOMER, 1);
    const row = await until('the row to say so', async () => {
      const [{ data }] = (await state()).rows;
      return data.unheardSince && data;
    });
    assert.equal(row.keptUntil, dueAt);
    assert.deepEqual((await state()).openTasks, []);
    await desk.writes(CUSTOMER, 'And one question');
    assert.equal((await openTask()).attributes.parked.cause, 'message');
  });

  it('does not hold a message back for longer than the owner allows', async () => {
    await parkedFor2Hours({ keepTime: true, keepCeilingMinutes: 20 });
    await desk.writes(CUSTOMER, 'Thanks');
    await desk.wakes(CUSTOMER, 1);
    await pass(15 * MINUTE);
    assert.deepEqual((await state()).openTasks, []);
    await pass(5 * MINUTE + DUE_WITHIN);
    await openTask();
  });

  it('tells the next agent the reason and the note, and no customer', async () => {
    const words = { reason: 'Order number', note: 'Sends it tonight', agentName: 'Ada Agent' };
    await parkedFor2Hours(words);
    const { conversation, rows } = await state();
    assert.equal(rows[0].data.note, words.note);
    for (const text of [words.reason, words.note]) {
      assert.ok(!JSON.stringify(conversation).includes(text), 'a web chat can read the conversation');
    }
    await desk.writes(CUSTOMER);
    const { parked } = (await openTask()).attributes;
    assert.deepEqual(
      { reason: parked.reason, note: parked.note, agentName: parked.agentName, parks: parked.parks },
      { ...words, parks: 1 },
    );
  });

  it('tells the customer once, in the agent’s name, if the owner wants that', async () => {
    const messages = async () => (await state()).conversation.messages;
    const before = (await messages()).length;
    await desk.parked(CUSTOMER, { notices: 'es: Un momento\u001een: Back soon' });
    const [notice, ...others] = (await messages()).slice(before);
    assert.deepEqual([notice.author, notice.body, others], ['ada', 'Un momento', []]);
    await pass(2 * MINUTE);
    assert.deepEqual((await state()).openTasks, [], 'it wakes nobody');
    await desk.writes(CUSTOMER);
    await openTask();
  });

  it('has figures for Flex Insights in both tasks, if the owner wants them', async () => {
    const conversationsOf = async (sid) => {
      const { tasks } = await desk.world();
      return tasks.find((task) => task.sid === sid).attributes.conversations;
    };
    const [parked] = (await state()).openTasks;
    const before = await conversationsOf(parked.sid);
    await desk.parked(CUSTOMER, { reason: 'Order number', insights: '3,4,1,2' });
    assert.deepEqual(await conversationsOf(parked.sid), {
      ...before,
      outcome: 'Parked',
      followed_by: 'Park',
      conversation_attribute_3: 'Order number',
    });
    await pass(MINUTE);
    await desk.writes(CUSTOMER);
    const { sid } = await openTask();
    const { conversation_measure_1: seconds, ...others } = await conversationsOf(sid);
    assert.ok(seconds >= 60 && seconds < 90, String(seconds));
    assert.deepEqual(others, {
      ...before,
      preceded_by: 'Park',
      conversation_attribute_4: 'message',
      conversation_measure_2: 1,
    });
  });

  for (const [field, value, expected] of [
    ['until', 1_000, 'timeOutOfRange'],
    ['until', 'tomorrow', 'badRequest'],
    ['keepTime', 'perhaps', 'badRequest'],
    ['keepCeilingMinutes', 100_000, 'badRequest'],
    ['note', 'x'.repeat(501), 'badRequest'],
    ['reason', 'x'.repeat(61), 'badRequest'],
    ['insights', '1,2,3', 'badRequest'],
    ['insights', '1,2,3,11', 'badRequest'],
  ]) {
    it(`is refused with ${field} = ${String(value).slice(0, 12)}`, async () => {
      const before = await state();
      const { status, body } = await desk.park(CUSTOMER, { [field]: value });
      assert.ok(status >= 400 && status < 500, String(status));
      assert.equal(body.refusal.kind, expected);
      assert.match(body.message, new RegExp(`${field}.*expected`));
      const after = await state();
      assert.deepEqual([after.conversation, after.rows, after.agents], [before.conversation, [], before.agents]);
    });
  }
});
