// Nobody takes the task that a resume or a wake has made: the conversation is parked as before.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { afterTheRace, afterTheSettle } from '../../checks/faults/invariants.mjs';
import { deskOfSuite, until } from './support.mjs';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Longer than a task lives, so that the row's own time is not what it is about. */
const LIST_TTL_SECONDS = 3 * 24 * 60 * 60;
const CUSTOMER = 'charlie';

describe('when nobody takes the new task', () => {
  const desk = deskOfSuite();

  const pass = (ms) => desk.control('POST', 'clock', { advanceMs: ms });
  const goes = (agent, activity, more) => desk.control('POST', `agents/${agent}`, { activity, ...more });

  /** How an agent comes to be asked, and how many rows there are meanwhile. */
  const ASKED = {
    'who resumed': {
      rows: 1,
      async ask() {
        const { body } = await desk.resume(CUSTOMER, 'ada');
        assert.equal(body.outcome, 'routed');
      },
    },
    'whom a message woke': {
      rows: 0,
      async ask() {
        await desk.writes(CUSTOMER);
        await desk.wakes(CUSTOMER);
      },
    },
  };

  /** What they do. A task for them alone is canceled by it; one of the workflow goes on to others, who do not answer. */
  const REFUSALS = {
    declines: () => desk.answerOffer(CUSTOMER, 'rejected'),
    'lets it ring out': () => pass(2 * MINUTE),
    'goes offline': () => goes('ada', 'Offline', { rejectsPending: true }),
    'is offline already and never comes': () => pass(0),
  };

  /** Ends as soon as the task does. */
  async function untilCanceled() {
    const isCanceled = async () => (await desk.state(CUSTOMER)).openTasks.length === 0;
    if (!(await isCanceled())) await pass(DAY);
    await until('the end of the task', isCanceled);
  }

  async function isParkedAgain(before) {
    const state = await until('the row', async () => {
      const now = await desk.state(CUSTOMER);
      return now.rows.length > 0 && now;
    });
    assert.equal(afterTheRace({ before }, state), undefined);
    assert.deepEqual([state.agents, state.openTasks, state.tasks.length], [[], [], 2]);
    assert.equal(state.tasks[1].assignment_status, 'canceled');
    assert.equal(state.rows[0].data.webhookSid, state.conversation.webhooks[0].sid);
    return state;
  }

  /** Ada works again; her token may have run out meanwhile. */
  async function adaIsBack() {
    await desk.control('POST', 'tokens', { identity: 'ada' });
    desk.facts = await desk.control('GET', 'facts');
    await goes('ada', 'Available');
  }

  /** The next message makes one task, and whoever accepts it leaves nothing of the parking. */
  async function wakesAgain(before) {
    await adaIsBack();
    await desk.writes(CUSTOMER, 'Is anybody there?');
    await desk.answerOffer(CUSTOMER, 'accepted');
    assert.equal((await desk.state(CUSTOMER)).tasks.length, 3);
    const settled = await desk.settle(CUSTOMER, 'ada');
    assert.equal(settled.body.outcome, 'settled', JSON.stringify(settled.body));
    assert.equal(afterTheSettle({ before, settled }, await desk.state(CUSTOMER)), undefined);
  }

  for (const [asked, { ask, rows }] of Object.entries(ASKED)) {
    for (const [refusal, refuse] of Object.entries(REFUSALS)) {
      it(`it is parked again after the agent ${asked} ${refusal}`, async () => {
        const before = await desk.state(CUSTOMER);
        await desk.parked(CUSTOMER, { listTtlSeconds: LIST_TTL_SECONDS });
        if (refusal.startsWith('is offline')) {
          for (const agent of ['ada', 'ben']) await goes(agent, 'Offline');
        }
        await ask();
        assert.equal((await desk.state(CUSTOMER)).rows.length, rows, 'rows while somebody is asked');
        await refuse();
        await untilCanceled();
        await isParkedAgain(before);
        await wakesAgain(before);
      });
    }
  }

  it('it is parked again when the workflow has asked everyone and gives up', async () => {
    const { workspaceSid, workflowSid, queues } = desk.facts;
    const queue = queues.Everyone;
    const targets = [
      { queue, known_worker_sid: 'originalRouting.workerSid', timeout: 60 },
      { queue, timeout: 120 },
    ];
    const filter = { expression: 'originalRouting.workerSid != null', targets };
    await desk.client.taskrouter.v1
      .workspaces(workspaceSid)
      .workflows(workflowSid)
      .update({ configuration: JSON.stringify({ task_routing: { filters: [filter] } }) });
    const before = await desk.state(CUSTOMER);
    await desk.parked(CUSTOMER);
    for (const agent of ['ada', 'ben']) await goes(agent, 'Offline');
    await ASKED['whom a message woke'].ask();
    await pass(179_000);
    assert.equal((await desk.state(CUSTOMER)).openTasks.length, 1);
    await pass(1_000);
    const { tasks } = await isParkedAgain(before);
    assert.equal(tasks[1].reason, 'Task canceled on Workflow timeout');
    await wakesAgain(before);
  });
});
