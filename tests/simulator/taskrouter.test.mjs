import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator, PROTECTED, refused, twilio, until } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('taskrouter')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const attributesOf = (value) => JSON.stringify(value);

test('a task goes through workflow and queue to a worker', async () => {
  const { workspace, facts } = simulator;
  const queue = await workspace.taskQueues.create({ friendlyName: 'German', targetWorkers: "languages HAS 'de'" });
  const workflow = await workspace.workflows.create({
    friendlyName: 'By language',
    configuration: JSON.stringify({
      task_routing: {
        filters: [{ expression: "language == 'de'", targets: [{ queue: queue.sid, priority: '5' }] }],
        default_filter: { queue: facts.queues.Everyone },
      },
    }),
    taskReservationTimeout: 30,
  });
  const worker = await workspace.workers.create({
    friendlyName: 'dieter',
    attributes: attributesOf({ languages: ['de'] }),
    activitySid: facts.activities.Available,
  });
  const task = await workspace.tasks.create({
    workflowSid: workflow.sid,
    taskChannel: 'chat',
    attributes: attributesOf({ language: 'de' }),
  });
  assert.deepEqual([task.assignmentStatus, task.taskQueueFriendlyName, task.priority], ['reserved', 'German', 5]);
  const [offer] = await workspace.workers(worker.sid).reservations.list();
  assert.deepEqual([offer.taskSid, offer.reservationStatus], [task.sid, 'pending']);

  await simulator.control('POST', 'clock', { advanceMs: 30_000 });
  assert.equal((await workspace.tasks(task.sid).reservations(offer.sid).fetch()).reservationStatus, 'timeout');
  assert.equal((await workspace.workers(worker.sid).fetch()).activityName, 'Offline');
  await workspace.workers(worker.sid).update({ activitySid: facts.activities.Available });
  const again = (await workspace.tasks(task.sid).reservations.list({ reservationStatus: 'pending' }))[0];
  await workspace.workers(worker.sid).reservations(again.sid).update({ reservationStatus: 'accepted' });
  await workspace.workers(worker.sid).reservations(again.sid).update({ reservationStatus: 'wrapping' });
  await workspace.workers(worker.sid).reservations(again.sid).update({ reservationStatus: 'completed' });
  assert.equal((await workspace.tasks(task.sid).fetch()).assignmentStatus, 'completed');
});

test('a task names its version in a header, and If-Match refuses an update of another one', async () => {
  const { workspace, facts } = simulator;
  const { sid, url } = await workspace.tasks.create({ workflowSid: facts.workflowSid, taskChannel: 'chat' });
  const read = () => simulator.client.request({ method: 'get', uri: url });
  const { etag } = (await read()).headers;
  assert.match(etag, /^"\d+"$/);
  const update = () => workspace.tasks(sid).update({ attributes: attributesOf({ a: 1 }), ifMatch: etag });
  assert.equal((await update()).attributes, attributesOf({ a: 1 }));
  assert.notEqual((await read()).headers.etag, etag);
  await refused(update(), 412, 20412);
});

test('capacity is kept per task channel', async () => {
  const { workspace, facts } = simulator;
  const ben = workspace.workers(simulator.agent('ben').workerSid);
  await workspace.workers(simulator.agent('ada').workerSid).update({ activitySid: facts.activities.Offline });
  await ben.workerChannels('chat').update({ capacity: 1 });
  const make = () => workspace.tasks.create({ workflowSid: facts.workflowSid, taskChannel: 'chat' });
  const [first, second] = [await make(), await make()];
  assert.deepEqual([first.assignmentStatus, second.assignmentStatus], ['reserved', 'pending']);
  const chat = await ben.workerChannels('chat').fetch();
  assert.deepEqual([chat.assignedTasks, chat.availableCapacityPercentage], [1, 0]);
  await workspace.tasks(first.sid).update({ assignmentStatus: 'canceled', reason: 'not needed' });
  assert.equal((await workspace.tasks(second.sid).fetch()).assignmentStatus, 'reserved');
});

/** Health checks of a contact centre read these. */
test('worker channels show free capacity', async () => {
  const { workspace, facts } = simulator;
  const { workerSid } = simulator.agent('ben');
  const ben = workspace.workers(workerSid);
  const available = async () => (await ben.fetch()).available;
  assert.equal(await available(), true);
  await ben.update({ activitySid: facts.activities.Offline });
  assert.equal(await available(), false);
  const list = await simulator.raw(
    'GET',
    `https://taskrouter.twilio.com/v1/Workspaces/${facts.workspaceSid}/Workers/${workerSid}/Channels`,
  );
  const chat = list.body.channels.find((channel) => channel.task_channel_unique_name === 'chat');
  const {
    available: taken,
    available_capacity_percentage: free,
    assigned_tasks: tasks,
    configured_capacity: all,
  } = chat;
  assert.deepEqual([taken, free, tasks, all], [true, 100, 0, 5]);
});

test('listed attributes follow the reading', async () => {
  const { workspace } = simulator;
  await simulator.control('POST', 'readings', { 'listed-attributes': 'null' });
  assert.ok((await workspace.workers.list()).every(({ attributes }) => attributes === null));
  const ben = await workspace.workers(simulator.agent('ben').workerSid).fetch();
  assert.equal(JSON.parse(ben.attributes).full_name, 'Ben Agent');
});

/** Twilio's default for tasks that name their worker. */
test('tasks for one worker ignore capacity by default', async () => {
  const { workspace, facts } = simulator;
  const { workerSid } = simulator.agent('ben');
  await workspace.workers(workerSid).update({ activitySid: facts.activities.Offline });
  const make = (fields) =>
    workspace.tasks.create({ routingTarget: workerSid, taskQueueSid: facts.queues.Everyone, ...fields });
  assert.equal((await make({})).assignmentStatus, 'reserved');
  assert.equal((await make({ ignoreCapacity: 'false' })).assignmentStatus, 'pending');
});

test('virtual start times must be in the past', async () => {
  const { workspace } = simulator;
  const past = new Date('2020-01-01T00:00:00Z');
  const task = await workspace.tasks.create({ virtualStartTime: past });
  assert.deepEqual(task.virtualStartTime, past);
  await refused(workspace.tasks.create({ virtualStartTime: new Date('2999-01-01T00:00:00Z') }), 400, 20001);
});

test('lists by expression have a lower rate limit', async () => {
  const { workspace } = simulator;
  await simulator.control('POST', 'clock', { speed: 0 });
  await simulator.control('POST', 'limits', {});
  for (let n = 0; n < 20; n += 1) {
    assert.deepEqual(
      (await workspace.workers.list({ friendlyName: 'ben' })).map(({ friendlyName }) => friendlyName),
      ['ben'],
    );
  }
  const byExpression = () => workspace.workers.list({ targetWorkersExpression: "email == 'ben@example.com'" });
  for (let n = 0; n < 3; n += 1) await byExpression();
  await refused(byExpression(), 429, 20429);
});

test('task lists are filtered and ordered', async () => {
  const { workspace, facts } = simulator;
  for (const worker of facts.agents) {
    await workspace.workers(worker.workerSid).update({ activitySid: facts.activities.Offline });
  }
  const make = (priority, kind) =>
    workspace.tasks.create({
      workflowSid: facts.workflowSid,
      priority,
      attributes: attributesOf({ kind, at: { n: 1 } }),
    });
  const [low, high, other] = [await make(1, 'x'), await make(7, 'x'), await make(3, 'y')];
  const find = async (query) => (await workspace.tasks.list(query)).map(({ sid }) => sid);
  assert.deepEqual(await find({ evaluateTaskAttributes: "kind == 'x' AND at.n == 1" }), [low.sid, high.sid]);
  assert.deepEqual(await find({ evaluateTaskAttributes: 'kind="y"' }), [other.sid]);
  assert.deepEqual(
    await find({ assignmentStatus: ['pending', 'reserved'], ordering: 'Priority:desc,DateCreated:asc' }),
    [high.sid, other.sid, low.sid],
  );
  assert.equal((await find({ assignmentStatus: ['assigned'] })).length, 3);
});

test('the event callback URL can be changed', async () => {
  const { workspace, facts } = simulator;
  const readCallback = async () => {
    const { eventCallbackUrl, eventsFilter } = await workspace.fetch();
    return [eventCallbackUrl, eventsFilter];
  };
  const seeded = `https://${facts.functionsDomain}/features/park-interaction/common/task-event`;
  const ends = 'task.canceled,task.completed,task.deleted,task.system-deleted,workflow.timeout';
  assert.deepEqual(await readCallback(), [seeded, ends]);
  await workspace.update({ eventsFilter: 'task.created,task.canceled' });
  assert.deepEqual(await readCallback(), [seeded, 'task.created,task.canceled']);
  await workspace.update({ eventCallbackUrl: '', eventsFilter: '' });
  assert.deepEqual(await readCallback(), [null, null]);
  await refused(workspace.update({ eventCallbackUrl: 'ftp://example.com/x' }), 400, 20001);
});

test('selected events are posted as signed forms', async () => {
  const { workspace, facts, functions } = simulator;
  const target = `https://${facts.functionsDomain}${PROTECTED}`;
  await workspace.update({ eventCallbackUrl: target, eventsFilter: 'task.canceled, reservation.created' });
  const attributes = attributesOf({ conversationSid: 'CH', greeting: 'Grüße & 4711?' });
  const task = await workspace.tasks.create({ workflowSid: facts.workflowSid, taskChannel: 'chat', attributes });
  await workspace.tasks(task.sid).update({ assignmentStatus: 'canceled', reason: 'hangup' });
  await until('both events', () => functions.requests.length === 2);
  const forms = functions.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  const canceled = forms.find(({ EventType }) => EventType === 'task.canceled');
  assert.deepEqual(
    [canceled.TaskSid, canceled.TaskAttributes, canceled.TaskCanceledReason, canceled.WorkspaceSid],
    [task.sid, attributes, 'hangup', facts.workspaceSid],
  );
  const offered = forms.find(({ EventType }) => EventType === 'reservation.created');
  assert.deepEqual([offered.TaskSid, offered.ResourceType], [task.sid, 'reservation']);
  for (const [index, { headers }] of functions.requests.entries()) {
    assert.ok(twilio.validateRequest(facts.authToken, headers['x-twilio-signature'], target, forms[index]));
  }
});

test('unknown resources and invalid changes are refused', async () => {
  const { workspace } = simulator;
  await refused(workspace.tasks(`WT${'f'.repeat(32)}`).fetch(), 404, 20404);
  await refused(workspace.workflows.create({ friendlyName: 'x', configuration: '{' }), 400, 20001);
  await refused(workspace.taskQueues.create({ friendlyName: 'x', targetWorkers: 'a ==' }), 400, 20001);
  const [reservation] = await workspace.workers(simulator.agent('ada').workerSid).reservations.list();
  const accept = workspace
    .tasks(reservation.taskSid)
    .reservations(reservation.sid)
    .update({ reservationStatus: 'accepted' });
  await refused(accept, 400, 20001);
});
