// End and give: an agent closes a parked conversation, or gives it to the queue.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { deskOfSuite, END, until, WAKE } from './support.mjs';

const CUSTOMER = 'charlie';
const HOUR = 3_600_000;

describe('a parked conversation whose customer is gone', () => {
  const desk = deskOfSuite();

  const state = () => desk.state(CUSTOMER);
  const openTask = () => until('a task', async () => (await state()).openTasks[0]);
  const park = async () => desk.parked(CUSTOMER, { note: 'She sends it tonight', until: await inAnHour() });
  const inAnHour = async () => {
    const { now } = await desk.control('GET', 'clock');
    return Math.round((Date.parse(now) + HOUR) / 1_000);
  };

  /** Lets the wake function not hear of messages. */
  const loseWebhooks = () => desk.fault({ pathPattern: WAKE, kind: 'status', status: 500, times: 0 });

  const channelOf = async () => {
    const { channels } = await desk.world();
    return channels.find(({ conversation_sid: sid }) => sid === desk.customer(CUSTOMER).conversationSid);
  };

  async function assertEnded(before) {
    const { conversation, attributes, openTasks, rows, waiting, notes } = await state();
    assert.equal(conversation.state, 'closed');
    assert.deepEqual({ openTasks, rows, waiting, notes }, { openTasks: [], rows: [], waiting: [], notes: [] });
    assert.deepEqual(attributes, before.attributes);
    assert.deepEqual(conversation.webhooks, before.conversation.webhooks);
    assert.equal((await channelOf()).status, 'closed');
  }

  for (const reading of ['closes', 'refused']) {
    for (const webhooks of ['all', 'never']) {
      it(`is ended, and nothing of ours is left: ${reading}, state webhooks: ${webhooks}`, async () => {
        await desk.control('POST', 'readings', { 'empty-channel-end': reading, 'state-webhook': webhooks });
        const before = await state();
        await park();
        const { status, body } = await desk.close(CUSTOMER, 'ada');
        assert.deepEqual([status, body.outcome], [200, 'ended'], JSON.stringify(body));
        await assertEnded(before);
      });
    }
  }

  it('has ended at the second click too', async () => {
    await park();
    await desk.close(CUSTOMER, 'ada');
    const { status, body } = await desk.close(CUSTOMER, 'ada');
    assert.deepEqual([status, body.outcome], [200, 'ended']);
    const resumed = await desk.resume(CUSTOMER, 'ada');
    assert.equal(resumed.body.refusal.kind, 'conversationClosed');
  });

  it('keeps the webhooks of others', async () => {
    await desk.conversation(CUSTOMER).webhooks.create({
      target: 'webhook',
      'configuration.url': 'https://example.com/theirs',
      'configuration.filters': ['onMessageAdded'],
    });
    const before = await state();
    await park();
    await desk.close(CUSTOMER, 'ada');
    await assertEnded(before);
  });

  it('is ended by a form, as the plugin sends one', async () => {
    await park();
    const { conversationSid } = desk.customer(CUSTOMER);
    const fields = { Token: desk.agent('ada').token, conversationSid, unread: '0' };
    const { body } = await desk.call(END, undefined, { headers: {}, body: new URLSearchParams(fields) });
    assert.equal(body.outcome, 'ended', JSON.stringify(body));
  });

  it('is routed instead, if the customer has just written', async () => {
    await park();
    await loseWebhooks();
    await desk.writes(CUSTOMER);
    const { status, body } = await desk.close(CUSTOMER, 'ada');
    assert.deepEqual([status, body.outcome], [200, 'customerWrote'], JSON.stringify(body));
    assert.equal((await openTask()).attributes.parked.cause, 'message');
    assert.equal((await state()).conversation.state, 'active');
  });

  it('is not ended while an agent is asked or there', async () => {
    await park();
    await desk.writes(CUSTOMER);
    await openTask();
    assert.equal((await desk.close(CUSTOMER, 'ada')).body.outcome, 'alreadyRouted');
    await desk.answerOffer(CUSTOMER, 'accepted');
    assert.equal((await desk.close(CUSTOMER, 'ada')).body.outcome, 'alreadyRouted');
    assert.equal((await state()).conversation.state, 'active');
    const { body } = await desk.close(CUSTOMER, 'ada');
    assert.equal(body.refusal.kind, 'notParked', JSON.stringify(body));
  });

  it('is ended in spite of a message that the agent has seen in its row', async () => {
    await desk.parked(CUSTOMER, { until: await inAnHour(), keepTime: true });
    await desk.writes(CUSTOMER);
    await until('the message in the row', async () => (await state()).rows[0]?.data.unread === 1);
    assert.equal((await desk.close(CUSTOMER, 'ada')).body.outcome, 'customerWrote');
    const { body } = await desk.close(CUSTOMER, 'ada', { unread: 1 });
    assert.equal(body.outcome, 'ended', JSON.stringify(body));
  });

  for (const unread of [-1, 1.5, 'none', {}, 2 ** 40]) {
    it(`is not ended with ${JSON.stringify(unread)} messages seen`, async () => {
      await park();
      const { status, body } = await desk.close(CUSTOMER, 'ada', { unread });
      assert.deepEqual([status, body.refusal], [400, { kind: 'badRequest', field: 'unread' }]);
    });
  }

  it('is given to the queue', async () => {
    await desk.parked(CUSTOMER, { sameAgentSeconds: 60 });
    const { status, body } = await desk.give(CUSTOMER, 'ada');
    assert.deepEqual([status, body.outcome], [200, 'routed'], JSON.stringify(body));
    const task = await openTask();
    assert.equal(task.attributes.parked.cause, 'given');
    assert.ok(task.workflow_sid, 'it goes through the workflow');
    assert.deepEqual((await state()).rows, []);
    assert.equal((await desk.give(CUSTOMER, 'ada')).body.outcome, 'alreadyRouted');
  });
});
