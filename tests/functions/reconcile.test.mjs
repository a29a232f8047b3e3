import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { deskOfSuite, RECONCILE, TASK_EVENT, until } from './support.mjs';

describe('reconcile', () => {
  const desk = deskOfSuite();

  /** Calls until the last page, as a scheduler would. */
  async function reconcile(fields = {}) {
    const changed = [];
    let next;
    do {
      const { status, body } = await desk.signed(RECONCILE, next ? { ...fields, next } : fields);
      assert.equal(status, 200, JSON.stringify(body));
      changed.push(...body.changed);
      next = body.next;
    } while (next);
    return changed.map(({ conversationSid, outcome }) => [conversationSid, outcome]);
  }

  const of = (id, outcome) => [desk.customer(id).conversationSid, outcome];

  it('changes nothing if nothing is missing', async () => {
    for (const id of ['charlie', 'wanda', 'sam']) await desk.parked(id);
    const before = await desk.state('charlie');
    assert.deepEqual(await reconcile(), []);
    const { attributes, rows, conversation } = await desk.state('charlie');
    assert.deepEqual(
      [attributes, rows, conversation.webhooks],
      [before.attributes, before.rows, before.conversation.webhooks],
    );
  });

  it('routes messages that the Functions have missed', async () => {
    await desk.parked('charlie');
    await desk.fault({ host: desk.facts.functionsDomain, method: 'POST', kind: 'dropBefore' });
    await desk.writes('charlie');
    await until('the lost delivery', async () => {
      const { deliveries } = await desk.control('GET', 'journal');
      return deliveries.length > 0;
    });
    assert.equal((await desk.state('charlie')).openTasks.length, 0);
    assert.deepEqual(await reconcile(), [of('charlie', 'routed')]);
    const { openTasks, rows } = await desk.state('charlie');
    assert.deepEqual([openTasks.length, rows], [1, []]);
  });

  it('creates a deleted webhook again', async () => {
    await desk.parked('charlie');
    const { webhookSid } = (await desk.state('charlie')).attributes;
    await desk.conversation('charlie').webhooks(webhookSid).remove();
    assert.deepEqual(await reconcile(), [of('charlie', 'restored')]);
    await desk.writes('charlie');
    await until('a task', async () => (await desk.state('charlie')).openTasks.length === 1);
  });

  it('removes rows of closed conversations, and settles', async () => {
    for (const id of ['charlie', 'wanda']) await desk.parked(id);
    // Without its webhook the closing is not noticed, so the row stays.
    const { webhookSid } = (await desk.state('charlie')).attributes;
    await desk.conversation('charlie').webhooks(webhookSid).remove();
    await desk.conversation('charlie').update({ state: 'closed' });
    await desk.writes('wanda');
    await desk.answerOffer('wanda', 'accepted');
    const changed = await reconcile();
    assert.deepEqual(changed.sort(), [of('charlie', 'removed'), of('wanda', 'settled')].sort());
    assert.deepEqual((await desk.state('charlie')).rows, []);
    assert.equal((await desk.state('wanda')).attributes.parkInteraction, undefined);
  });

  it('routes every parked conversation with `release`', async () => {
    for (const id of ['charlie', 'wanda']) await desk.parked(id);
    const changed = await reconcile({ release: 'true' });
    assert.deepEqual(changed.sort(), [of('charlie', 'routed'), of('wanda', 'routed')].sort());
    for (const id of ['charlie', 'wanda']) assert.equal((await desk.state(id)).openTasks.length, 1, id);
    assert.equal((await desk.state('sam')).attributes.parkInteraction, undefined);
  });

  it('is limited to one conversation by `conversationSid`', async () => {
    for (const id of ['charlie', 'wanda']) await desk.parked(id);
    const { conversationSid } = desk.customer('charlie');
    const { body } = await desk.signed(RECONCILE, { conversationSid });
    assert.deepEqual(body, { outcome: 'ignored' });
  });

  it('is not needed if a timer closes a conversation', async () => {
    await desk.parked('charlie');
    // Set after the park, which removes the timer that the conversation had before.
    await desk.conversation('charlie').update({ 'timers.closed': 'PT10M' });
    await desk.control('POST', 'clock', { advanceMs: 10 * 60_000 });
    await until('the row to go', async () => (await desk.state('charlie')).rows.length === 0);
  });

  it('names the malformed field', async () => {
    for (const [fields, field] of /** @type {[Record<string, string>, string][]} */ ([
      [{ next: 'page two' }, 'next'],
      [{ next: '{"part":"active","at":{"page":"../Messages"}}' }, 'next'],
      [{ conversationSid: 'CH1' }, 'conversationSid'],
    ])) {
      const { status, body } = await desk.signed(RECONCILE, fields);
      assert.deepEqual([status, body.refusal], [400, { kind: 'badRequest', field }]);
    }
  });

  it('requires a signature', async () => {
    for (const path of [RECONCILE, TASK_EVENT]) {
      assert.equal((await desk.call(path, {})).status, 403);
    }
  });

  it('is not started by events of other tasks', async () => {
    for (const fields of [
      { EventType: 'task.created', TaskAttributes: '{"originalRouting":{}}' },
      { EventType: 'task.canceled', TaskAttributes: '{"type":"inbound"}' },
      { EventType: 'task.canceled', TaskAttributes: '{"originalRouting":{}}' },
    ]) {
      const { status, body } = await desk.signed(TASK_EVENT, fields);
      assert.deepEqual([status, body], [200, { outcome: 'ignored' }]);
    }
    const { requests } = await desk.control('GET', 'journal');
    assert.deepEqual(
      requests.filter(({ via }) => via === 'tls'),
      [],
    );
  });
});
