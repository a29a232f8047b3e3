import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { deskOfSuite, PARK, until } from './support.mjs';

describe('a parked conversation', () => {
  const desk = deskOfSuite();

  /** Checks that the conversation is still parked, and that its customer wakes it. */
  async function staysParked(id, before) {
    const { conversation, openTasks, rows } = await desk.state(id);
    assert.equal(openTasks.length, 0, 'no task was made');
    assert.equal(conversation.attributes, before.conversation.attributes);
    assert.deepEqual(conversation.webhooks, before.conversation.webhooks);
    assert.deepEqual(rows, before.rows);
    await desk.writes(id, 'Here I am again.');
    await until('a task', async () => (await desk.state(id)).openTasks.length === 1);
  }

  for (const [id, channel] of [
    ['charlie', 'web chat'],
    ['wanda', 'WhatsApp'],
    ['sam', 'a text message'],
  ]) {
    it(`is woken by the customer's message by ${channel}`, async () => {
      await desk.parked(id);
      await desk.writes(id);
      await desk.wakes(id);
      assert.equal((await desk.state(id)).openTasks.length, 1);
    });
  }

  for (const [identity, who] of [
    ['ben', 'an agent'],
    ['sue', 'a supervisor'],
  ]) {
    it(`is not woken by ${who}`, async () => {
      await desk.parked('charlie');
      const before = await desk.state('charlie');
      const { conversationSid } = desk.customer('charlie');
      await desk.conversation('charlie').participants.create({ identity });
      await desk.control('POST', `agents/${identity}/messages`, {
        conversationSid,
        body: 'A note for whoever is next.',
      });
      const [delivery] = await desk.wakes('charlie');
      assert.equal(delivery.params.Author, identity);
      assert.ok(delivery.params.ParticipantSid, 'it was written by a participant');
      assert.equal(delivery.status, 200);
      await staysParked('charlie', before);
    });
  }

  it('is not woken by a REST message of a bot with webhooks enabled', async () => {
    await desk.parked('charlie');
    const before = await desk.state('charlie');
    const { messages } = desk.conversation('charlie');
    await messages.create({ author: 'bot', body: 'How did we do?', xTwilioWebhookEnabled: 'true' });
    const [delivery] = await desk.wakes('charlie');
    assert.deepEqual([delivery.status, delivery.params.Author], [200, 'bot']);
    assert.equal(delivery.params.ParticipantSid, undefined);
    await staysParked('charlie', before);
  });

  it('is not woken by a system message', async () => {
    await desk.parked('charlie');
    const before = await desk.state('charlie');
    const { messages } = desk.conversation('charlie');
    await messages.create({ body: 'The conversation has been parked.', xTwilioWebhookEnabled: 'true' });
    const [delivery] = await desk.wakes('charlie');
    assert.deepEqual([delivery.status, delivery.params.Author], [200, 'system']);
    await staysParked('charlie', before);
  });

  it('is not woken by a REST message without webhooks', async () => {
    await desk.parked('charlie');
    const before = await desk.state('charlie');
    await desk.conversation('charlie').messages.create({ author: 'ada', body: 'I shall be back tomorrow.' });
    await staysParked('charlie', before);
    const heardOf = (await desk.wakes('charlie')).map(({ params }) => params.Author);
    assert.deepEqual(heardOf, [desk.customer('charlie').address]);
  });

  it('is woken by the customer directly after a bot', async () => {
    await desk.parked('charlie');
    const { messages } = desk.conversation('charlie');
    await Promise.all([
      messages.create({ author: 'bot', body: 'How did we do?', xTwilioWebhookEnabled: 'true' }),
      desk.writes('charlie', 'Well!'),
    ]);
    await desk.wakes('charlie', 2);
    assert.equal((await desk.state('charlie')).openTasks.length, 1);
  });

  it('is not woken by an unseen message of a bot', async () => {
    const fields = await desk.parkFields('charlie');
    await desk.conversation('charlie').messages.create({ author: 'bot', body: 'One moment.' });
    const { body } = await desk.call(PARK, fields);
    assert.equal(body.outcome, 'parked');
    assert.equal((await desk.state('charlie')).openTasks.length, 0);
  });
});
