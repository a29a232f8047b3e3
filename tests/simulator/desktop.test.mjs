// Requests of the Flex desktop to the event bridge, without the desktop.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator, until } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('desktop')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

/** Sends a request as an agent's desktop does. Returns the payload, or the status of an error. */
async function ask(identity, method, url, params = {}) {
  const { token } = simulator.agent(identity);
  const response = await fetch(`${simulator.url}/__host/event-bridge.twilio.com/v1/wschannels`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, method, params, token }),
  });
  return response.ok ? (await response.json()).payload : response.status;
}

const channelOf = (id) => {
  const { interactionSid, channelSid } = simulator.customer(id);
  return `v1/Interactions/${interactionSid}/Channels/${channelSid}`;
};

const write = (id, body) => simulator.control('POST', `customers/${id}/messages`, { body });
const openTasks = async () => {
  const tasks = await simulator.workspace.tasks.list({ assignmentStatus: ['pending', 'reserved'] });
  return tasks.map(({ attributes }) => JSON.parse(attributes).customerName);
};

/** Plugins read participants as Flex UI's type `ChatProperties`. */
test('participants have all fields of ChatProperties', async () => {
  const { conversationSid, interactionSid, channelSid } = simulator.customer('charlie');
  const { participants, channel_type: type } = await ask('ada', 'GET', `${channelOf('charlie')}/Participants`);
  assert.equal(type, 'web');
  const agent = participants.find((participant) => participant.type === 'agent');
  const { sid, media_properties: media } = agent;
  assert.deepEqual(
    [agent.participant_sid, agent.channel_type, agent.interaction_sid, agent.channel_sid],
    [sid, 'web', interactionSid, channelSid],
  );
  assert.equal(agent.routing_properties.worker_sid, simulator.agent('ada').workerSid);
  assert.deepEqual(media, {
    account_sid: simulator.facts.accountSid,
    chat_service_sid: simulator.facts.chatServiceSid,
    conversation_sid: conversationSid,
    sid: media.sid,
    identity: 'ada',
    friendly_name: 'Ada Agent',
    attributes: '{}',
    role_sid: media.role_sid,
    messaging_binding: null,
    last_read_message_index: null,
    last_read_timestamp: null,
    url: `https://conversations.twilio.com/v1/Conversations/${conversationSid}/Participants/${media.sid}`,
  });
  assert.match(media.sid, /^MB/);
  const [customer] = (await ask('ada', 'GET', `${channelOf('wanda')}/Participants`)).participants;
  assert.equal(customer.media_properties.messaging_binding.type, 'whatsapp');
});

test('after Leave the customer’s message creates a task', async () => {
  const left = await ask('ada', 'POST', channelOf('charlie'), { status: 'inactive', routing: { status: 'closed' } });
  assert.deepEqual([left.status, left.error_code], ['inactive', 0]);
  assert.equal((await simulator.conversation('charlie').fetch()).state, 'inactive');
  assert.deepEqual(await openTasks(), []);
  await write('charlie', 'Are you there?');
  assert.deepEqual(await openTasks(), ['Charlie Customer']);
  assert.equal((await simulator.channel('charlie').fetch()).status, 'active');
});

test('REST leaves a channel only with closed tasks', async () => {
  const { interactionSid, channelSid } = simulator.customer('charlie');
  const url = `https://flex-api.twilio.com/v1/Interactions/${interactionSid}/Channels/${channelSid}`;
  const refused = await simulator.raw('POST', url, { form: { Status: 'inactive' } });
  assert.equal(refused.status, 400);
  const form = { Status: 'inactive', Routing: '{"status":"closed"}' };
  assert.equal((await simulator.raw('POST', url, { form })).body.status, 'inactive');
});

test('paused channels are listed and resumed', async () => {
  const paused = () => ask('ada', 'GET', 'v1/Channels', { status: 'pause', pageSize: 60 });
  await ask('ada', 'POST', channelOf('charlie'), { status: 'pause', routing: { status: 'closed' } });
  const [channel] = (await paused()).content;
  const { channelSid, interactionSid } = simulator.customer('charlie');
  assert.deepEqual(
    [channel.sid, channel.interaction_sid, channel.agent_identity, JSON.parse(channel.attributes).customerName],
    [channelSid, interactionSid, 'ada', 'Charlie Customer'],
  );
  assert.deepEqual((await ask('ben', 'GET', 'v1/Channels', {})).content, []);
  assert.equal(await ask('ben', 'POST', channelOf('charlie'), { status: 'active' }), 403);
  await ask('ada', 'POST', channelOf('charlie'), { status: 'active' });
  assert.deepEqual((await paused()).content, []);
  const [task] = await simulator.workspace.tasks.list({ assignmentStatus: ['reserved'] });
  const [offer] = await simulator.workspace.tasks(task.sid).reservations.list();
  assert.equal(offer.workerName, 'ada');
});

test('transfers through the desktop and REST', async () => {
  const { interactionSid, channelSid } = simulator.customer('charlie');
  const instance = simulator.facts.flexInstanceSid;
  const transfers = `v1/Instances/${instance}/Interactions/${interactionSid}/Channels/${channelSid}/Transfers`;
  assert.deepEqual(await ask('ada', 'GET', transfers), []);
  const { participants } = await ask('ada', 'GET', `${channelOf('charlie')}/Participants`);
  const from = participants.find(({ type }) => type === 'agent').sid;
  const to = simulator.agent('ben').workerSid;
  const made = await ask('ada', 'POST', transfers, { type: 'cold', from, to });
  assert.deepEqual([made.status, made.from, made.to, made.type], ['active', from, to, 'cold']);
  assert.match(made.sid, /^UX/);
  const [offer] = await simulator.workspace.workers(to).reservations.list({ reservationStatus: 'pending' });
  await simulator.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
  assert.deepEqual(
    (await ask('ben', 'GET', transfers)).map(({ status }) => status),
    ['completed'],
  );
  const fetched = await simulator.channel('charlie').transfers(made.sid).fetch();
  assert.equal(fetched.status, 'completed');
  const back = await simulator.channel('charlie').transfers.create({
    type: 'warm',
    from: (await simulator.channel('charlie').participants.list()).at(-1).sid,
    to: simulator.agent('ada').workerSid,
  });
  assert.equal(back.status, 'active');
});

test('a second agent can be invited', async () => {
  const { facts } = simulator;
  await ask('ada', 'POST', `${channelOf('charlie')}/Invites`, {
    routing: {
      properties: {
        workspace_sid: facts.workspaceSid,
        queue_sid: facts.queues.Everyone,
        worker_sid: simulator.agent('ben').workerSid,
        task_channel_unique_name: 'chat',
      },
    },
  });
  const { workerSid } = simulator.agent('ben');
  const [offer] = await simulator.workspace.workers(workerSid).reservations.list({ reservationStatus: 'pending' });
  await simulator.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
  const agents = (await simulator.channel('charlie').participants.list()).filter(({ type }) => type === 'agent');
  assert.equal(agents.length, 2);
});

test('finished tasks are deleted after five minutes', async () => {
  const [reservation] = await simulator.workspace.workers(simulator.agent('ada').workerSid).reservations.list();
  await simulator.control('POST', `reservations/${reservation.sid}`, { status: 'completed' });
  const path = `Workspaces/${simulator.facts.workspaceSid}/Tasks/${reservation.taskSid}`;
  assert.equal((await ask('ada', 'GET', path)).assignment_status, 'completed');
  await simulator.control('POST', 'clock', { advanceMs: 300_000 });
  assert.equal(await ask('ada', 'GET', path), 404);
  await until('the task to be gone', async () => {
    const tasks = await simulator.workspace.tasks.list();
    return tasks.every(({ sid }) => sid !== reservation.taskSid);
  });
});

/** Flex reads them for its real-time queues view. */
test('pages read queues and task channels with a Flex token', async () => {
  const read = async (list, user, password) => {
    const url = `${simulator.url}/__host/taskrouter.twilio.com/v1/Workspaces/${simulator.facts.workspaceSid}/${list}`;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const response = await fetch(url, { headers: { authorization } });
    return response.ok ? response.json() : response.status;
  };
  const { token } = simulator.agent('sue');
  const { task_queues: queues, meta } = await read('TaskQueues', 'token', token);
  assert.deepEqual(
    queues.map((queue) => queue.friendly_name),
    Object.keys(simulator.facts.queues),
  );
  assert.deepEqual([meta.key, meta.next_page_url], ['task_queues', null]);
  const { channels } = await read('TaskChannels', 'token', token);
  assert.ok(channels.some((channel) => channel.unique_name === 'chat'));
  assert.equal(await read('TaskQueues', 'token', 'not-issued'), 401);
  assert.equal(await read('TaskQueues', 'somebody', token), 401);
  // Nothing else of the API is for pages.
  const url = `https://taskrouter.twilio.com/v1/Workspaces/${simulator.facts.workspaceSid}/Tasks`;
  assert.equal((await simulator.raw('GET', url, { auth: `token:${token}` })).status, 401);
});
