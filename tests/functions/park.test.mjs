import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { deskOfSuite, PARK, until } from './support.mjs';

describe('parking', () => {
  const desk = deskOfSuite();

  it('frees the agent and keeps the conversation', async () => {
    await desk.parked('charlie');
    const { conversation, agents, openTasks, tasks } = await desk.state('charlie');
    assert.equal(conversation.state, 'active');
    assert.equal(agents.length, 0);
    assert.equal(openTasks.length, 0);
    assert.equal(tasks[0].assignment_status, 'completed');
    assert.equal(conversation.messages.length, 3);
  });

  it('writes the record, the row and one webhook', async () => {
    const before = await desk.state('charlie');
    await desk.parked('charlie');
    const { attributes, rows, conversation } = await desk.state('charlie');
    const [task] = before.openTasks;
    const { conversationSid, interactionSid, channelSid } = desk.customer('charlie');
    assert.equal(attributes.interactionSid, interactionSid);
    assert.equal(attributes.channelSid, channelSid);
    assert.equal(attributes.participantSid, before.agents[0].sid);
    assert.equal(attributes.taskSid, task.sid);
    assert.equal(attributes.workflowSid, desk.facts.workflowSid);
    assert.equal(attributes.taskChannelUniqueName, 'chat');
    assert.equal(attributes.queueSid, desk.facts.queues[attributes.queueName]);
    assert.equal(attributes.workerSid, desk.agent('ada').workerSid);
    assert.deepEqual(JSON.parse(attributes.taskAttributes), task.attributes);
    assert.equal(attributes.mapItemKey, conversationSid);
    assert.equal(conversation.webhooks.length, 1);
    assert.equal(attributes.webhookSid, conversation.webhooks[0].sid);
    assert.equal(rows.length, 1);
    assert.equal(rows[0].data.webhookSid, attributes.webhookSid);
    assert.equal(rows[0].data.flexInteractionChannelSid, channelSid);
    assert.equal(rows[0].data.customerName, 'Charlie Customer');
  });

  it('keeps attributes of other code', async () => {
    const { attributes: before } = await desk.state('charlie');
    assert.ok(Object.keys(before).length > 0, 'the seeded conversation has attributes');
    await desk.parked('charlie');
    const { attributes } = await desk.state('charlie');
    for (const [key, value] of Object.entries(before)) assert.deepEqual(attributes[key], value);
  });

  it('writes no row while the list is off', async () => {
    await desk.parked('charlie', { showList: false });
    const { attributes, rows } = await desk.state('charlie');
    assert.equal(rows.length, 0);
    assert.ok(!('mapSid' in attributes) && !('mapItemKey' in attributes));
  });

  it('responds the same to a repeated click', async () => {
    const fields = await desk.parkFields('charlie');
    const answers = await Promise.all([desk.call(PARK, fields), desk.call(PARK, fields)]);
    assert.deepEqual(
      answers.map(({ body }) => body.outcome),
      ['parked', 'parked'],
    );
    const { conversation } = await desk.state('charlie');
    assert.equal(conversation.webhooks.length, 1);
  });

  it('accepts a form as well as JSON', async () => {
    const fields = await desk.parkFields('charlie');
    // Booleans and numbers are texts in a form.
    const form = new URLSearchParams(/** @type {any} */ (fields));
    const { body } = await desk.call(PARK, undefined, { headers: {}, body: form });
    assert.equal(body.outcome, 'parked');
  });

  // Without CORS headers a browser would hide the reason from the plugin.
  it('shows a refusal to pages of other origins', async () => {
    const { status, headers, body } = await desk.call(PARK, { Token: 'x' });
    assert.equal(status, 400);
    assert.equal(headers.get('access-control-allow-origin'), '*');
    assert.deepEqual(body.refusal, { kind: 'badRequest', field: 'conversationSid' });
    assert.match(body.message, /conversationSid.*CH/);
  });

  it('refuses a missing, a forged and an expired token', async () => {
    const before = await desk.state('charlie');
    const expired = desk.agent('ada').token;
    await desk.control('POST', 'tokens', { expire: expired });
    await desk.forgetCallers();
    for (const Token of [undefined, 'made-up', expired]) {
      const { status, body } = await desk.park('charlie', { Token });
      assert.deepEqual([status, body.refusal?.kind], [401, 'invalidToken'], `token ${Token}`);
    }
    const after = await desk.state('charlie');
    assert.deepEqual(after.conversation, before.conversation);
    assert.deepEqual(after.world.documents, before.world.documents);
  });

  it("refuses another agent's conversation", async () => {
    const { status, body } = await desk.park('charlie', { agent: 'ben' });
    assert.deepEqual([status, body.refusal.kind], [403, 'notAllowed']);
    assert.equal((await desk.state('charlie')).agents.length, 1);
  });

  it('refuses the task of another conversation', async () => {
    const { taskSid } = await desk.parkFields('wanda');
    const { status, body } = await desk.park('charlie', { taskSid });
    assert.deepEqual([status, body.refusal.kind], [409, 'notParkable']);
    const { conversationSid } = desk.customer('charlie');
    assert.ok(body.message.startsWith(`task attribute \`conversationSid\`: expected ${conversationSid}`), body.message);
    assert.equal((await desk.state('charlie')).agents.length, 1);
  });

  it('refuses a record that is too large before the agent leaves', async () => {
    const attributes = { notes: 'x'.repeat(16_000) };
    await desk.setAttributes('charlie', attributes);
    const { status, body } = await desk.park('charlie');
    assert.deepEqual([status, body.refusal.kind], [422, 'tooLarge']);
    const after = await desk.state('charlie');
    assert.equal(after.agents.length, 1);
    assert.deepEqual(after.attributes, attributes);
  });

  it('retries while Twilio is busy, the token check included', async () => {
    for (const host of ['iam.twilio.com', 'conversations.twilio.com', 'flex-api.twilio.com', 'sync.twilio.com']) {
      await desk.fault({ host, kind: 'status', status: 429, code: 20429 });
    }
    await desk.parked('charlie');
  });

  it('is undone if the agent cannot be removed', async () => {
    const before = await desk.state('charlie');
    const refused = { kind: 'status', status: 400, code: 20001, times: 0 };
    await desk.fault({ method: 'POST', pathPattern: '/Participants/UT', ...refused });
    const { body } = await desk.park('charlie');
    assert.equal(body.outcome, 'refused', JSON.stringify(body));
    const after = await desk.state('charlie');
    assert.equal(after.agents.length, 1);
    assert.deepEqual(after.attributes, before.attributes);
    assert.deepEqual(after.conversation.webhooks, []);
    assert.deepEqual(after.rows, []);
  });

  // The removal may still be done, and then only the webhook can wake the conversation.
  it('keeps the webhook if the removal of the agent is uncertain', async () => {
    const before = await desk.state('charlie');
    await desk.fault({ method: 'POST', pathPattern: '/Participants/UT', kind: 'status', status: 500, times: 0 });
    const { status, body } = await desk.park('charlie');
    assert.deepEqual([status, body.refusal.kind], [503, 'twilioUnavailable']);
    const after = await desk.state('charlie');
    assert.equal(after.agents.length, 1);
    assert.deepEqual([after.attributes, after.rows], [before.attributes, []]);
    assert.equal(after.conversation.webhooks.length, 1);
    await desk.control('DELETE', 'faults');
    await desk.control('POST', 'clock', { advanceMs: 20_000 });
    await desk.writes('charlie');
    await until('the webhook to go', async () => (await desk.state('charlie')).conversation.webhooks.length === 0);
  });
});
