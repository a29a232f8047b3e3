import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator, refused } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('interactions')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const capacity = async (identity) => {
  const channels = await simulator.workspace.workers(simulator.agent(identity).workerSid).workerChannels.list();
  return channels.find((channel) => channel.taskChannelUniqueName === 'chat');
};

const routing = (properties) => ({
  routing: {
    properties: { workspace_sid: simulator.facts.workspaceSid, task_channel_unique_name: 'chat', ...properties },
  },
});

const agentIn = async (id) => (await simulator.channel(id).participants.list()).find(({ type }) => type === 'agent');

const tasksOf = (id, statuses) =>
  simulator.workspace.tasks.list({
    evaluateTaskAttributes: `conversationSid == "${simulator.customer(id).conversationSid}"`,
    ...(statuses && { assignmentStatus: statuses }),
  });

test('seeded conversations have a customer and Ada', async () => {
  for (const { id } of simulator.facts.customers) {
    const [customer, agent, ...others] = await simulator.channel(id).participants.list();
    assert.deepEqual([customer.type, customer.routingProperties, others], ['customer', null, []]);
    assert.equal(agent.type, 'agent');
    assert.equal(agent.routingProperties.worker_sid, simulator.agent('ada').workerSid);
    const task = await simulator.workspace.tasks(agent.routingProperties.task_sid).fetch();
    assert.equal(task.assignmentStatus, 'assigned');
    assert.equal(JSON.parse(task.attributes).flexInteractionChannelSid, simulator.customer(id).channelSid);
    const [reservation] = await simulator.workspace.tasks(task.sid).reservations.list();
    assert.deepEqual(
      [reservation.sid, reservation.reservationStatus],
      [agent.routingProperties.reservation_sid, 'accepted'],
    );
  }
  assert.equal((await capacity('ada')).assignedTasks, 3);
});

test('closing the agent’s participant keeps the conversation open', async () => {
  const agent = await agentIn('charlie');
  const { assignedTasks } = await capacity('ada');
  await simulator.channel('charlie').participants(agent.sid).update({ status: 'closed' });
  assert.equal(await agentIn('charlie'), undefined);
  const inside = await simulator.conversation('charlie').participants.list();
  assert.deepEqual(
    inside.map(({ identity }) => identity),
    [simulator.customer('charlie').address],
  );
  assert.equal((await simulator.conversation('charlie').fetch()).state, 'active');
  assert.equal((await capacity('ada')).assignedTasks, assignedTasks - 1);
  const [task] = await tasksOf('charlie');
  assert.equal(task.assignmentStatus, 'completed');
  await refused(simulator.channel('charlie').participants(agent.sid).update({ status: 'closed' }), 404, 20404);

  await simulator.control('POST', 'clock', { advanceMs: 5 * 60 * 1000 });
  await refused(simulator.workspace.tasks(task.sid).fetch(), 404, 20404);
});

test('an invite creates a task with its own attributes only', async () => {
  const agent = await agentIn('charlie');
  await simulator.channel('charlie').participants(agent.sid).update({ status: 'closed' });
  const invite = await simulator.channel('charlie').invites.create(
    routing({
      workflow_sid: simulator.facts.workflowSid,
      attributes: { name: 'Charlie', originalRouting: { workerSid: simulator.agent('ben').workerSid } },
    }),
  );
  const { conversationSid, interactionSid, channelSid } = simulator.customer('charlie');
  const attributes = JSON.parse(invite.routing.properties.attributes);
  assert.deepEqual(attributes, {
    name: 'Charlie',
    originalRouting: { workerSid: simulator.agent('ben').workerSid },
    conversationSid,
    flexInteractionSid: interactionSid,
    flexInteractionChannelSid: channelSid,
    flexChannelInviteSid: invite.sid,
    channelType: 'web',
    conversations: {
      conversation_id: interactionSid,
      media: [{ type: 'ChatTranscript', sid: conversationSid }],
    },
  });
  assert.deepEqual(
    (await tasksOf('charlie', ['pending', 'reserved'])).map(({ sid }) => sid),
    [invite.routing.properties.sid],
  );
  const { reservations } = simulator.workspace.tasks(invite.routing.properties.sid);
  const [offer] = await reservations.list();
  assert.equal(offer.workerName, 'ben');
  assert.equal(await agentIn('charlie'), undefined, 'an offer alone lets nobody in');

  await simulator.workspace.tasks(offer.taskSid).reservations(offer.sid).update({ reservationStatus: 'accepted' });
  assert.equal((await agentIn('charlie')).routingProperties.worker_sid, simulator.agent('ben').workerSid);
  const inside = await simulator.conversation('charlie').participants.list();
  assert.ok(inside.some(({ identity }) => identity === 'ben'));
  assert.equal((await simulator.conversation('charlie').messages.list()).length, 3);
});

test('a declined invite for one worker is canceled', async () => {
  const agent = await agentIn('charlie');
  await simulator.channel('charlie').participants(agent.sid).update({ status: 'closed' });
  const invite = await simulator
    .channel('charlie')
    .invites.create(
      routing({ worker_sid: simulator.agent('ben').workerSid, queue_sid: simulator.facts.queues.Everyone }),
    );
  const task = simulator.workspace.tasks(invite.routing.properties.sid);
  const [offer] = await task.reservations.list();
  await task.reservations(offer.sid).update({ reservationStatus: 'rejected' });
  assert.equal((await task.fetch()).assignmentStatus, 'canceled');
  assert.equal((await simulator.conversation('charlie').fetch()).state, 'active');
  assert.equal(await agentIn('charlie'), undefined);
});

test('agents in the channel cannot be invited again', async () => {
  const to = (identity) =>
    routing({ worker_sid: simulator.agent(identity).workerSid, queue_sid: simulator.facts.queues.Everyone });
  await refused(simulator.channel('charlie').invites.create(to('ada')), 409, 80102);
  const invite = await simulator.channel('charlie').invites.create(to('ben'));
  const task = simulator.workspace.tasks(invite.routing.properties.sid);
  const [offer] = await task.reservations.list();
  await task.reservations(offer.sid).update({ reservationStatus: 'accepted' });
  const agents = (await simulator.channel('charlie').participants.list()).filter(({ type }) => type === 'agent');
  assert.equal(agents.length, 2);
});

test('closed conversations refuse invites', async () => {
  await simulator.conversation('charlie').update({ state: 'closed' });
  const invite = simulator.channel('charlie').invites.create(routing({ workflow_sid: simulator.facts.workflowSid }));
  await refused(invite, 400, 45354);
});

test('interactions can use an existing conversation', async () => {
  const { sid } = await simulator.client.conversations.v1.conversations.create();
  await simulator.client.conversations.v1.conversations(sid).participants.create({ identity: 'dana' });
  const interaction = await simulator.client.flexApi.v1.interaction.create({
    channel: { type: 'web', initiated_by: 'api', properties: { media_channel_sid: sid } },
    ...routing({ workflow_sid: simulator.facts.workflowSid, attributes: { name: 'Dana' } }),
  });
  assert.equal(JSON.parse(interaction.routing.properties.attributes).conversationSid, sid);
  const [channel] = await simulator.client.flexApi.v1.interaction(interaction.sid).channels.list();
  assert.deepEqual([channel.type, channel.status], ['web', 'active']);
});

/** For example a supervisor who has barged in, or a leftover of parking. */
test('participants accept an invite under one reading only', async () => {
  const { workspace, facts } = simulator;
  const invite = () => simulator.channel('charlie').invites.create(routing({ workflow_sid: facts.workflowSid }));
  const accept = async () => {
    const made = await invite();
    const [offer] = await workspace
      .tasks(made.routing.properties.sid)
      .reservations.list({ reservationStatus: 'pending' });
    const { participants } = simulator.conversation('charlie');
    await participants.create({ identity: offer.workerName }).catch(() => undefined);
    await simulator.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
    const { reservations } = await simulator.control('GET', 'world');
    return [reservations.find(({ sid }) => sid === offer.sid), await workspace.tasks(offer.taskSid).fetch(), offer];
  };
  await workspace.workers(simulator.agent('ada').workerSid).update({ activitySid: facts.activities.Offline });
  const [canceled, task] = await accept();
  assert.deepEqual([canceled.reservation_status, canceled.canceled_reason_code], ['canceled', 50433]);
  assert.equal(task.assignmentStatus, 'reserved', 'it is offered again');
  await workspace.tasks(task.sid).update({ assignmentStatus: 'canceled' });
  await simulator.control('POST', 'readings', { 'already-participant': 'joins' });
  const [accepted] = await accept();
  assert.equal(accepted.reservation_status, 'accepted');
});

/** No public code lists invites, so Twilio's response is unknown. */
test('invite lists follow the reading', async () => {
  const { facts } = simulator;
  const made = await simulator.channel('charlie').invites.create(routing({ workflow_sid: facts.workflowSid }));
  const read = () => simulator.channel('charlie').invites.list();
  const last = async () => (await read()).at(-1);
  assert.equal((await last()).routing.properties.sid, made.routing.properties.sid);
  const set = (value) => simulator.control('POST', 'readings', { 'invite-list': value });
  await set('without-task');
  assert.deepEqual([(await last()).sid, (await last()).routing.properties.sid], [made.sid, undefined]);
  await set('late');
  assert.notEqual((await last()).sid, made.sid);
  await simulator.control('POST', 'clock', { advanceMs: 30_000 });
  assert.equal((await last()).sid, made.sid);
  for (const [status, code] of [
    [403, 20003],
    [404, 20404],
    [405, 20004],
  ]) {
    await set(String(status));
    await refused(read(), status, code);
  }
});

test('former participants follow the reading', async () => {
  const { sid } = await agentIn('charlie');
  await simulator.channel('charlie').participants(sid).update({ status: 'closed' });
  const { interactionSid, channelSid } = simulator.customer('charlie');
  const url = `https://flex-api.twilio.com/v1/Interactions/${interactionSid}/Channels/${channelSid}/Participants`;
  const list = async () => (await simulator.raw('GET', url)).body.participants;
  const set = (value) => simulator.control('POST', 'readings', { 'left-participants': value });
  assert.deepEqual(
    (await list()).map(({ type, status }) => [type, status]),
    [['customer', undefined]],
  );
  await set('closed');
  assert.deepEqual(
    (await list()).map(({ type, status }) => [type, status]),
    [
      ['customer', undefined],
      ['agent', 'closed'],
    ],
  );
  await set('closed-many');
  const page = await list();
  assert.equal(page.length, 50);
  assert.ok(page.every(({ status }) => status === 'closed'));
  assert.equal((await simulator.channel('charlie').participants.list()).length, 62);
});
