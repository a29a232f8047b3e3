import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { known } from '../support/known.mjs';
import { deskOfSuite, PARK, until, WAKE } from './support.mjs';

describe('unparking', () => {
  const desk = deskOfSuite();

  it('routes through the workflow after a message of the customer', async () => {
    const parked = await desk.state('charlie');
    await desk.parked('charlie');
    await desk.writes('charlie');
    const [delivery] = await desk.wakes('charlie');
    assert.equal(delivery.status, 200);
    const { openTasks, rows } = await desk.state('charlie');
    assert.equal(openTasks.length, 1);
    const [task] = openTasks;
    const [old] = parked.openTasks;
    assert.equal(task.workflow_sid, old.workflow_sid);
    for (const key of Object.keys(old.attributes).filter((name) => name !== 'flexChannelInviteSid')) {
      assert.deepEqual(task.attributes[key], old.attributes[key], key);
    }
    const record = (await desk.state('charlie')).attributes;
    assert.deepEqual(task.attributes.originalRouting, {
      queueName: record.queueName,
      queueSid: record.queueSid,
      workerSid: desk.agent('ada').workerSid,
    });
    assert.deepEqual(rows, []);
  });

  it('routes after other code has removed the record', async () => {
    await desk.parked('charlie');
    await desk.setAttributes('charlie', { theirs: 1 });
    await desk.writes('charlie');
    const [task] = await until('a task', async () => {
      const { openTasks } = await desk.state('charlie');
      return openTasks.length === 1 && openTasks;
    });
    assert.equal(task.workflow_sid, desk.facts.workflowSid);
    assert.equal(task.attributes.originalRouting.workerSid, desk.agent('ada').workerSid);
    assert.deepEqual((await desk.state('charlie')).attributes, { theirs: 1 });
  });

  it('works for SMS, WhatsApp and web chat', async () => {
    for (const id of ['wanda', 'sam']) {
      await desk.parked(id);
      await desk.writes(id);
      await desk.wakes(id);
      assert.equal((await desk.state(id)).openTasks.length, 1, id);
    }
  });

  it('creates one task for ten messages at once', async () => {
    await desk.parked('charlie');
    await Promise.all(Array.from({ length: 10 }, (_, n) => desk.writes('charlie', `message ${n}`)));
    await desk.wakes('charlie', 10);
    assert.equal((await desk.state('charlie')).openTasks.length, 1);
  });

  it('wakes for a message during the park', async () => {
    const fields = await desk.parkFields('charlie');
    await desk.control('POST', 'latency', { ms: 150 });
    const park = desk.call(PARK, fields);
    await until('the webhook', async () => (await desk.state('charlie')).conversation.webhooks.length === 1);
    await desk.writes('charlie', 'Just found it!');
    const { body } = await park;
    assert.ok(['parked', 'parkedAndWoken'].includes(body.outcome), JSON.stringify(body));
    await until('the new task', async () => (await desk.state('charlie')).openTasks.length === 1);
  });

  it('wakes for a message that was not on the screen at the park', async () => {
    const fields = await desk.parkFields('charlie');
    await desk.writes('charlie', 'One more thing');
    const { body } = await desk.call(PARK, fields);
    assert.equal(body.outcome, 'parkedAndWoken');
    assert.equal((await desk.state('charlie')).openTasks.length, 1);
  });

  it('ignores a message of the contact centre', async () => {
    await desk.parked('charlie');
    const { conversationSid } = desk.customer('charlie');
    const { webhookSid } = (await desk.state('charlie')).attributes;
    const signed = await desk.signed(WAKE, {
      EventType: 'onMessageAdded',
      ConversationSid: conversationSid,
      Author: 'system',
      WebhookSid: webhookSid,
    });
    assert.deepEqual([signed.status, signed.body.outcome], [200, 'ignored']);
    assert.equal((await desk.state('charlie')).openTasks.length, 0);
  });

  it('requires a signature of Twilio', async () => {
    await desk.parked('charlie');
    const fields = { ConversationSid: desk.customer('charlie').conversationSid, Author: 'x', ParticipantSid: 'x' };
    const unsigned = await desk.call(WAKE, fields);
    assert.equal(unsigned.status, 403);
    const forged = await desk.call(WAKE, fields, {
      headers: { 'content-type': 'application/json', 'x-twilio-signature': 'Zm9yZ2Vk' },
    });
    assert.equal(forged.status, 403);
    assert.equal((await desk.state('charlie')).openTasks.length, 0);
  });

  it('removes our data and keeps that of others after settle', async () => {
    const { attributes: before } = await desk.state('charlie');
    await desk.parked('charlie');
    await desk.writes('charlie');
    await desk.wakes('charlie');
    const offer = await desk.answerOffer('charlie', 'accepted');
    const who = known(desk.facts.agents.find(({ workerSid }) => workerSid === offer.worker_sid));
    const { body } = await desk.settle('charlie', who.identity);
    assert.equal(body.outcome, 'settled');
    const { attributes, conversation, rows, agents } = await desk.state('charlie');
    assert.deepEqual(attributes, before);
    assert.deepEqual(conversation.webhooks, []);
    assert.deepEqual(rows, []);
    assert.equal(agents.length, 1);
  });

  it('creates another task for a message after a declined one', async () => {
    await desk.control('POST', 'agents/ben', { activity: 'Offline' });
    await desk.parked('charlie');
    const resumed = await desk.resume('charlie', 'ada');
    assert.equal(resumed.body.outcome, 'routed');
    await desk.answerOffer('charlie', 'rejected');
    await until('no open task', async () => (await desk.state('charlie')).openTasks.length === 0);
    assert.equal((await desk.state('charlie')).rows.length, 1, 'the row is still there');
    await desk.writes('charlie');
    await until('a new task', async () => (await desk.state('charlie')).openTasks.length === 1);
  });

  it('resumes straight to the agent who clicked', async () => {
    await desk.parked('charlie');
    const { body } = await desk.resume('charlie', 'ada', { WebhookSid: 'ignored' });
    assert.equal(body.outcome, 'routed');
    const offer = await desk.answerOffer('charlie', 'accepted');
    assert.equal(offer.worker_sid, desk.agent('ada').workerSid);
  });

  it('resumes for a supervisor, not for another agent', async () => {
    await desk.control('POST', 'agents/sue', { activity: 'Available' });
    await desk.parked('charlie');
    const ben = await desk.resume('charlie', 'ben');
    assert.deepEqual([ben.status, ben.body.refusal.kind], [403, 'notAllowed']);
    const sue = await desk.resume('charlie', 'sue');
    assert.equal(sue.body.outcome, 'routed');
    const offer = await desk.answerOffer('charlie', 'accepted');
    assert.equal(offer.worker_sid, desk.agent('sue').workerSid);
  });

  it('refuses to resume a conversation that is not parked', async () => {
    const { status, body } = await desk.resume('charlie', 'ada');
    assert.deepEqual([status, body.refusal.kind], [404, 'notParked']);
  });

  it('keeps the webhook if the invite fails, for the next message', async () => {
    await desk.parked('charlie');
    // Two requests: the invite, and its retry without the record's data, which Twilio might refuse.
    await desk.fault({ method: 'POST', pathPattern: '/Invites$', kind: 'status', status: 400, code: 20001, times: 2 });
    await desk.writes('charlie');
    const [failed] = await desk.wakes('charlie');
    assert.equal(failed.status, 502);
    const { conversation, attributes, rows } = await desk.state('charlie');
    assert.equal(conversation.webhooks.length, 1);
    assert.ok(attributes.webhookSid);
    assert.equal(rows.length, 1, 'nobody is asked, so agents see it');
    await desk.control('POST', 'clock', { advanceMs: 20_000 });
    await desk.writes('charlie', 'Hello?');
    await until('a task', async () => (await desk.state('charlie')).openTasks.length === 1);
  });

  it('retries a failed invite a minute later without a message', async () => {
    await desk.parked('charlie');
    // Two requests: the invite, and its retry without the record's data, which Twilio might refuse.
    await desk.fault({ method: 'POST', pathPattern: '/Invites$', kind: 'status', status: 400, code: 20001, times: 2 });
    await desk.writes('charlie');
    await desk.wakes('charlie');
    await desk.control('POST', 'clock', { advanceMs: 60_000 });
    await until('a task', async () => (await desk.state('charlie')).openTasks.length === 1);
  });

  it('creates one task if the response to the invite is lost', async () => {
    await desk.parked('charlie');
    await desk.fault({ method: 'POST', pathPattern: '/Invites$', kind: 'dropAfter' });
    await desk.writes('charlie');
    const [delivery] = await desk.wakes('charlie');
    assert.equal(delivery.status, 200);
    assert.equal((await desk.state('charlie')).openTasks.length, 1);
  });

  it('leaves no stray webhook after three parks and wakes', async () => {
    await desk.control('POST', 'agents/ben', { activity: 'Offline' });
    for (let round = 0; round < 3; round += 1) {
      await desk.parked('charlie');
      assert.equal((await desk.state('charlie')).conversation.webhooks.length, 1, `round ${round}`);
      await desk.writes('charlie', `round ${round}`);
      await desk.answerOffer('charlie', 'accepted');
    }
    assert.equal((await desk.state('charlie')).agents.length, 1);
  });
});
