// Keep: the longest wait that the owner allows begins again.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { deskOfSuite, KEEP, until } from './support.mjs';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const HOURS = 3;
const CUSTOMER = 'charlie';

describe('a conversation with a longest wait', () => {
  const desk = deskOfSuite();

  const pass = (ms) => desk.control('POST', 'clock', { advanceMs: ms });
  const state = () => desk.state(CUSTOMER);
  const now = async () => Date.parse((await desk.control('GET', 'clock')).now);
  const openTask = () => until('a task', async () => (await state()).openTasks[0]);

  /** Parks for three hours at most, and lets most of them pass. */
  async function expiring() {
    await desk.parked(CUSTOMER, { expiresAfterHours: HOURS });
    await pass(HOURS * HOUR - 10 * MINUTE);
  }

  /** Returns the end of the wait according to the webhook's address, the record and the row. */
  async function ends() {
    const { conversation, attributes, rows } = await state();
    const [address] = conversation.webhooks.map(({ configuration }) => configuration.url);
    const parameters = new URL(address).searchParams;
    assert.equal(parameters.get('x'), '1', 'it is no appointment');
    return [Number(parameters.get('w')) * SECOND, attributes.parkInteraction.expiryAt, rows[0].data.expiryAt];
  }

  /** Returns the fields of a request, as JSON. */
  const fieldsOf = (agent, more) => ({
    Token: desk.agent(agent).token,
    conversationSid: desk.customer(CUSTOMER).conversationSid,
    ...more,
  });

  for (const agent of ['ada', 'sue']) {
    it(`waits for as long again after a click of ${agent}`, async () => {
      await expiring();
      const clickedAt = await now();
      const { status, body } = await desk.keep(CUSTOMER, agent, HOURS);
      assert.deepEqual([status, body.outcome], [200, 'extended'], JSON.stringify(body));
      const [address, record, row] = await ends();
      assert.deepEqual([record, row], [address, address]);
      assert.ok(Math.abs(address - clickedAt - HOURS * HOUR) < 10 * SECOND, new Date(address).toISOString());
      await pass(HOURS * HOUR - 2 * MINUTE);
      assert.deepEqual((await state()).openTasks, [], 'not at the former end');
      await pass(3 * MINUTE);
      assert.equal((await openTask()).attributes.parked.cause, 'expiry');
    });
  }

  it('waits for as long again after a second click', async () => {
    await expiring();
    await desk.keep(CUSTOMER, 'ada', HOURS);
    const before = await ends();
    const { body } = await desk.keep(CUSTOMER, 'ada', HOURS);
    assert.equal(body.outcome, 'extended');
    const after = await ends();
    assert.ok(Math.abs(after[0] - before[0]) < 5 * SECOND);
    assert.equal((await state()).conversation.webhooks.length, 1);
  });

  it('is kept by a form, as the plugin sends one', async () => {
    await expiring();
    const fields = fieldsOf('ada', { expiresAfterHours: String(HOURS) });
    const { body } = await desk.call(KEEP, undefined, { headers: {}, body: new URLSearchParams(fields) });
    assert.equal(body.outcome, 'extended', JSON.stringify(body));
  });

  it('is routed by a message after the click', async () => {
    await expiring();
    await desk.keep(CUSTOMER, 'ada', HOURS);
    await desk.writes(CUSTOMER);
    assert.equal((await openTask()).attributes.parked.cause, 'message');
    const { body } = await desk.keep(CUSTOMER, 'ada', HOURS);
    assert.equal(body.outcome, 'alreadyRouted');
  });

  it('is not kept if it has no longest wait', async () => {
    await desk.parked(CUSTOMER);
    const { status, body } = await desk.keep(CUSTOMER, 'ada', HOURS);
    assert.deepEqual([status, body.refusal.kind], [409, 'notExpiring']);
  });

  it('is not kept if it is not parked', async () => {
    const { status, body } = await desk.keep(CUSTOMER, 'ada', HOURS);
    assert.deepEqual([status, body.refusal.kind], [404, 'notParked']);
  });

  for (const hours of [0, -1, 4_321, 1.5, 'a week', null, {}, 2 ** 40]) {
    it(`is not kept for ${JSON.stringify(hours)} hours`, async () => {
      await expiring();
      const before = await ends();
      const { status, body } = await desk.keep(CUSTOMER, 'ada', hours);
      assert.deepEqual(
        [status, body.refusal],
        [400, { kind: 'badRequest', field: 'expiresAfterHours' }],
        JSON.stringify(body),
      );
      assert.match(body.message, /expiresAfterHours.*from 1 to 4320/);
      assert.deepEqual(await ends(), before);
    });
  }

  it('is kept for half a year at most', async () => {
    await expiring();
    const { body } = await desk.keep(CUSTOMER, 'ada', 4_320);
    assert.equal(body.outcome, 'extended', JSON.stringify(body));
  });
});
