// TaskRouter's event log, and the ends of tasks without a worker.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator, PROTECTED, refused, until } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('events')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const advance = (ms) => simulator.control('POST', 'clock', { advanceMs: ms });
const makeTask = (fields = {}) =>
  simulator.workspace.tasks.create({ workflowSid: simulator.facts.workflowSid, taskChannel: 'chat', ...fields });
const types = async (query) => (await simulator.workspace.events.list(query)).map(({ eventType }) => eventType);

/** A client that has missed a callback reads the log, so the log must not depend on the callback. */
test('events are logged without a callback', async () => {
  const { workspace, facts } = simulator;
  await workspace.update({ eventCallbackUrl: '', eventsFilter: '' });
  const attributes = '{"conversationSid":"CH1"}';
  const task = await makeTask({ attributes });
  await workspace.tasks(task.sid).update({ attributes: '{"later":true}' });
  await workspace.tasks(task.sid).update({ assignmentStatus: 'canceled', reason: 'hangup' });
  assert.deepEqual(await types({ taskSid: task.sid }), [
    'reservation.canceled',
    'task.canceled',
    'task.updated',
    'reservation.created',
    'workflow.target-matched',
    'workflow.entered',
    'task.created',
  ]);
  const url = `https://taskrouter.twilio.com/v1/Workspaces/${facts.workspaceSid}`;
  const list = await simulator.raw('GET', `${url}/Events?TaskSid=${task.sid}&EventType=task.created`);
  const [created] = list.body.events;
  const date = new Date(created.event_date_ms);
  assert.deepEqual(created, {
    sid: created.sid,
    account_sid: facts.accountSid,
    workspace_sid: facts.workspaceSid,
    event_type: 'task.created',
    event_date: `${date.toISOString().slice(0, 19)}Z`,
    event_date_ms: date.getTime(),
    event_data: created.event_data,
    description: created.description,
    resource_type: 'task',
    resource_sid: task.sid,
    resource_url: `${url}/Tasks/${task.sid}`,
    actor_type: 'workspace',
    actor_sid: facts.workspaceSid,
    actor_url: url,
    source: 'twilio',
    source_ip_address: null,
    url: `${url}/Events/${created.sid}`,
  });
  assert.match(created.sid, /^EV[0-9a-f]{32}$/);
  const { task_attributes: then, task_sid: sid, workflow_sid: workflow, workspace_name: name } = created.event_data;
  assert.deepEqual([then, sid, workflow, name], [attributes, task.sid, facts.workflowSid, 'Flex Task Assignment']);
  const fetched = await workspace.events(created.sid).fetch();
  assert.deepEqual(fetched.eventData, created.event_data);
});

test('events carry reason, queue and worker', async () => {
  const { workspace, facts } = simulator;
  const task = await makeTask();
  await workspace.tasks(task.sid).update({ assignmentStatus: 'canceled', reason: 'hangup' });
  const [canceled] = await workspace.events.list({ taskSid: task.sid, eventType: 'task.canceled' });
  const { task_canceled_reason: reason, task_queue_sid: queue, task_queue_name: name } = canceled.eventData;
  assert.deepEqual([reason, queue, name], ['hangup', facts.queues.Everyone, 'Everyone']);
  const [offered] = await workspace.events.list({ taskSid: task.sid, eventType: 'reservation.created' });
  const { reservation_sid: reservation, worker_sid: worker } = offered.eventData;
  assert.deepEqual(await types({ reservationSid: reservation }), ['reservation.canceled', 'reservation.created']);
  assert.ok((await types({ workerSid: worker })).includes('reservation.created'));
});

test('event lists cover 15 minutes by default', async () => {
  const task = await makeTask();
  const began = Date.parse((await simulator.control('GET', 'clock')).now);
  await advance(16 * MINUTE_MS);
  assert.deepEqual(await types({ taskSid: task.sid, eventType: 'task.created' }), []);
  assert.deepEqual(await types({ taskSid: task.sid, eventType: 'task.created', minutes: 20 }), ['task.created']);
  const startDate = new Date(began - MINUTE_MS);
  assert.deepEqual(await types({ taskSid: task.sid, eventType: 'task.created', startDate }), ['task.created']);
  const endDate = new Date(began - 30_000);
  assert.deepEqual(await types({ taskSid: task.sid, startDate, endDate }), []);
});

test('events are deleted after 30 days', async () => {
  const task = await makeTask({ timeout: 60 });
  const startDate = new Date(0);
  await advance(29 * DAY_MS);
  assert.ok((await types({ taskSid: task.sid, startDate })).includes('task.created'));
  await advance(2 * DAY_MS);
  assert.deepEqual(await types({ taskSid: task.sid, startDate }), []);
});

test('event lists have pages', async () => {
  const task = await makeTask();
  for (let n = 0; n < 6; n += 1) await simulator.workspace.tasks(task.sid).update({ attributes: `{"n":${n}}` });
  const query = { taskSid: task.sid, eventType: 'task.updated' };
  const first = await simulator.workspace.events.page({ ...query, pageSize: 4 });
  const second = await first.nextPage();
  assert.deepEqual([first.instances.length, second.instances.length], [4, 2]);
  const all = [...first.instances, ...second.instances].map(({ eventData }) => JSON.parse(eventData.task_attributes).n);
  assert.deepEqual(all, [5, 4, 3, 2, 1, 0]);
});

/** Twilio's page on Events says that lists have no pages, the OpenAPI description says that they have. */
test('under one reading event lists have one page', async () => {
  const task = await makeTask();
  for (let n = 0; n < 3; n += 1) await simulator.workspace.tasks(task.sid).update({ attributes: `{"n":${n}}` });
  await simulator.control('POST', 'readings', { 'event-pages': 'first-only' });
  const page = await simulator.workspace.events.page({ taskSid: task.sid, eventType: 'task.updated', pageSize: 2 });
  assert.deepEqual([page.instances.length, page.nextPageUrl], [2, undefined]);
});

test('tasks end without a worker in every way', async () => {
  const { workspace, facts, functions } = simulator;
  await workspace.update({ eventCallbackUrl: `https://${facts.functionsDomain}${PROTECTED}`, eventsFilter: '' });
  const receivedForm = (type, sid) =>
    until(type, () => {
      const forms = functions.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
      return forms.find((form) => form.EventType === type && form.TaskSid === sid);
    });
  const deleted = await makeTask();
  assert.equal(await workspace.tasks(deleted.sid).remove(), true);
  await refused(workspace.tasks(deleted.sid).fetch(), 404, 20404);
  assert.equal((await receivedForm('task.deleted', deleted.sid)).ResourceSid, deleted.sid);
  for (const [status, type, field] of [
    ['canceled', 'task.canceled', 'TaskCanceledReason'],
    ['completed', 'task.completed', 'TaskCompletedReason'],
    ['deleted', 'task.deleted'],
    ['systemDeleted', 'task.system-deleted'],
  ]) {
    const task = await makeTask();
    await simulator.control('POST', `tasks/${task.sid}`, { status, reason: 'no longer needed' });
    const form = await receivedForm(type, task.sid);
    if (field) assert.equal(form[field], 'no longer needed');
    const [offer] = await workspace.events.list({ taskSid: task.sid, eventType: 'reservation.canceled' });
    assert.equal(offer.eventData.task_sid, task.sid, status);
  }
});

test('unmatched tasks are canceled at once', async () => {
  const { workspace, facts } = simulator;
  const filter = { expression: '1 == 2', targets: [{ queue: facts.queues.Everyone }] };
  const workflow = await workspace.workflows.create({
    friendlyName: 'For nobody',
    configuration: JSON.stringify({ task_routing: { filters: [filter] } }),
  });
  const task = await makeTask({ workflowSid: workflow.sid });
  assert.equal(task.assignmentStatus, 'canceled');
  assert.deepEqual(await types({ taskSid: task.sid }), ['task.canceled', 'workflow.entered', 'task.created']);
});
