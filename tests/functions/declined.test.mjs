// Tasks of a resume or a wake that no agent accepts: with an unheard message the conversation is routed again, otherwise it is
// parked as before.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { afterTheRace, afterTheSettle } from '../faults/invariants.mjs';
import { deskOfSuite, until } from './support.mjs';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** The longest time until an ended task is followed by another one. */
const FOLLOWED_WITHIN = MINUTE;
/** The time that a test itself may take: the simulator's clock runs on meanwhile. */
const SLACK = 5 * SECOND;
const CUSTOMER = 'charlie';

describe('a conversation whose new task nobody accepts', () => {
  const desk = deskOfSuite();

  const pass = (ms) => desk.control('POST', 'clock', { advanceMs: ms });
  const setActivity = (agent, activity, more) => desk.control('POST', `agents/${agent}`, { activity, ...more });
  const state = () => desk.state(CUSTOMER);
  const isOpen = async () => (await state()).openTasks.length === 1;

  /** The ways in which an agent does not accept a resumed conversation. */
  const REFUSALS = {
    declines: () => desk.answerOffer(CUSTOMER, 'rejected'),
    'lets it ring out': () => pass(2 * MINUTE),
    'goes offline': () => setActivity('ada', 'Offline', { rejectsPending: true }),
  };

  async function resumes() {
    const { body } = await desk.resume(CUSTOMER, 'ada');
    assert.equal(body.outcome, 'routed');
    assert.equal((await state()).rows.length, 1, 'the row stays until somebody has joined');
  }

  /** Makes Ada available, with a new token: the old one may have expired. */
  async function adaIsBack() {
    await desk.control('POST', 'tokens', { identity: 'ada' });
    desk.facts = await desk.control('GET', 'facts');
    await setActivity('ada', 'Available');
  }

  async function adaAccepts(before) {
    await adaIsBack();
    await desk.answerOffer(CUSTOMER, 'accepted');
    const settled = await desk.settle(CUSTOMER, 'ada');
    // An event about the task that has just ended may find Ada there first, and leave nothing to settle.
    assert.ok(['settled', 'ignored'].includes(settled.body.outcome), JSON.stringify(settled.body));
    const after = await state();
    assert.equal(afterTheSettle({ before, settled }, after), undefined);
    assert.deepEqual(after.waiting, []);
  }

  for (const [refusal, refuse] of Object.entries(REFUSALS)) {
    it(`is parked again without a message if the agent ${refusal}`, async () => {
      const before = await state();
      await desk.parked(CUSTOMER);
      await resumes();
      await refuse();
      await until('the end of the task', async () => !(await isOpen()));
      const after = await state();
      assert.equal(afterTheRace({ before }, after), undefined);
      assert.deepEqual([after.agents, after.openTasks, after.tasks.length], [[], [], 2]);
      assert.equal(after.rows.length, 1);
      await pass(10 * MINUTE);
      assert.equal((await state()).tasks.length, 2, 'no message, so no task');
      await adaIsBack();
      await desk.writes(CUSTOMER, 'Is anybody there?');
      await adaAccepts(before);
    });

    it(`is routed to others with a message if the agent ${refusal}`, async () => {
      const before = await state();
      await desk.parked(CUSTOMER);
      await resumes();
      await desk.writes(CUSTOMER, 'Hello?');
      await desk.wakes(CUSTOMER);
      const meanwhile = await state();
      assert.equal(meanwhile.openTasks.length, 1);
      assert.ok(meanwhile.rows[0].data.unheardSince, 'the row says that a message is unheard');
      await refuse();
      const [task] = await until('another task', async () => {
        const { openTasks, tasks } = await state();
        return tasks.length === 3 && openTasks.length === 1 && openTasks;
      });
      assert.equal(task.routing_target, null, 'through the workflow');
      await setActivity('ada', 'Offline', { rejectsPending: true });
      const offer = await until('Ben to be asked', async () => {
        const found = (await state()).offer;
        return found?.worker_name === 'ben' && found;
      });
      assert.ok(offer);
      await setActivity('ben', 'Offline', { rejectsPending: true });
      await adaAccepts(before);
    });
  }

  it('is not resumed for an agent who is away or full', async () => {
    await desk.parked(CUSTOMER);
    await setActivity('ada', 'Offline');
    const away = await desk.resume(CUSTOMER, 'ada');
    assert.deepEqual([away.status, away.body.refusal], [409, { kind: 'away' }]);
    await setActivity('ada', 'Available');
    await desk.control('POST', 'agents/ada', { chatCapacity: 2 });
    const full = await desk.resume(CUSTOMER, 'ada');
    assert.deepEqual([full.status, full.body.refusal], [409, { kind: 'full' }]);
    const { tasks, rows } = await state();
    assert.deepEqual([tasks.length, rows.length], [1, 1]);
  });

  /** Gives the workflow a timeout, after which Twilio cancels the task. */
  async function workflowGivesUpAfter(seconds) {
    const { workspaceSid, workflowSid, queues } = desk.facts;
    const filter = { expression: '1 == 1', targets: [{ queue: queues.Everyone, timeout: seconds }] };
    await desk.client.taskrouter.v1
      .workspaces(workspaceSid)
      .workflows(workflowSid)
      .update({ configuration: JSON.stringify({ task_routing: { filters: [filter] } }) });
  }

  it('is routed again after the timeout of the workflow', async () => {
    await workflowGivesUpAfter(120);
    const before = await state();
    await desk.parked(CUSTOMER);
    for (const agent of ['ada', 'ben']) await setActivity(agent, 'Offline');
    await desk.writes(CUSTOMER);
    await desk.wakes(CUSTOMER);
    for (const count of [2, 3, 4]) {
      await until(`task ${count}`, async () => {
        const { tasks, openTasks } = await state();
        return tasks.length === count && openTasks.length === 1;
      });
      await pass(121 * SECOND);
    }
    const { tasks } = await state();
    assert.equal(tasks[1].reason, 'Task canceled on Workflow timeout');
    await adaAccepts(before);
  });

  /** The ends of a task that nobody has accepted: by hand, by the owner's code, or by Twilio. */
  const ENDS = {
    'was canceled by hand': (sid) => desk.control('POST', `tasks/${sid}`, { status: 'canceled' }),
    'was deleted': (sid) => desk.client.taskrouter.v1.workspaces(desk.facts.workspaceSid).tasks(sid).remove(),
    'was deleted by Twilio': (sid) => desk.control('POST', `tasks/${sid}`, { status: 'systemDeleted' }),
    'was completed by hand': (sid) => desk.control('POST', `tasks/${sid}`, { status: 'completed' }),
  };

  for (const [what, end] of Object.entries(ENDS)) {
    it(`is routed again after it ${what}`, async () => {
      const before = await state();
      await desk.parked(CUSTOMER);
      for (const agent of ['ada', 'ben']) await setActivity(agent, 'Offline');
      await desk.writes(CUSTOMER);
      await desk.wakes(CUSTOMER);
      await pass(2 * MINUTE);
      const [{ sid }] = (await state()).openTasks;
      await end(sid);
      await until('another task', async () => {
        const { openTasks } = await state();
        return openTasks.length === 1 && openTasks[0].sid !== sid;
      });
      await adaAccepts(before);
    });
  }

  describe('that ends without an event', () => {
    /** The watchers, each alone: the conversation's timer, or a desktop that requests a check at the time in its item. */
    const WATCHERS = {
      'its timer': () => pass(FOLLOWED_WITHIN),
      'a desktop': async () => {
        await desk.control('POST', 'readings', { 'state-webhook': 'never' });
        const made = Date.now();
        // The first check finds that the task has ended; the second one follows within a minute of the task's creation.
        const outcomes = await desktopAsks(2);
        assert.deepEqual(outcomes, ['waiting', 'routed']);
        const { now } = await desk.control('GET', 'clock');
        assert.ok(Date.parse(now) - made <= FOLLOWED_WITHIN + SLACK);
      },
    };

    /** Requests checks, each at the time in the item. Returns the outcomes. */
    async function desktopAsks(times) {
      const outcomes = [];
      for (let asked = 0; asked < times; asked += 1) {
        const { waiting } = await state();
        assert.equal(waiting.length, 1, 'desktops see that it waits');
        const { now } = await desk.control('GET', 'clock');
        await pass(Math.max(waiting[0].data.askAt - Date.parse(now), 0));
        const { body } = await desk.check(CUSTOMER, 'sue');
        outcomes.push(body.outcome);
      }
      return outcomes;
    }

    for (const [name, watch] of Object.entries(WATCHERS)) {
      it(`is routed again within a minute by ${name}`, async () => {
        const before = await state();
        await desk.parked(CUSTOMER);
        for (const agent of ['ada', 'ben']) await setActivity(agent, 'Offline');
        await desk.control('POST', 'readings', { 'task-callback': 'never' });
        await desk.writes(CUSTOMER);
        await desk.wakes(CUSTOMER);
        await until('the address to name the task', async () =>
          /&t=WT/.test((await state()).conversation.webhooks[0].configuration.url),
        );
        const [{ sid }] = (await state()).openTasks;
        await desk.control('POST', `tasks/${sid}`, { status: 'canceled' });
        assert.equal(await isOpen(), false);
        await watch();
        await until('another task', async () => (await state()).tasks.length === 3 && isOpen());
        await adaAccepts(before);
      });
    }
  });
});
