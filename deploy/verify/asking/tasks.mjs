// Asking what TaskRouter does with tasks and its log of them.

import { newConversation } from '../stage.mjs';
import { orUndefined } from '../../lookup.mjs';
import { need } from '../waiting.mjs';

const PATIENCE_MS = 20_000;
const TARGET_SECONDS = 3;
/** Tasks are said to go five minutes after their end. */
const GONE_AFTER_MS = 330_000;

/**
 * @typedef {import('./index.mjs').Asking} Asking
 * @typedef {import('../stage.mjs').Stage} Stage
 */

/**
 * Reads the log of a finished task, in pages of one.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 * @param {string} taskSid
 */
export async function askEvents(asking, { workspace }, taskSid) {
  await asking.about(['event-pages'], async () => {
    await need(
      "two events in the task's log",
      async () => ((await workspace.events.list({ taskSid, limit: 2 })).length === 2 ? true : undefined),
      PATIENCE_MS,
    );
    const first = await workspace.events.page({ taskSid, pageSize: 1 });
    const second = await first.nextPage();
    asking.found('event-pages', second && second.instances.length > 0 ? 'all' : 'first-only');
  });
}

/**
 * Makes a task for a queue without workers, with another such queue as the default.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
export async function askWorkflow(asking, { workspace, name }) {
  await asking.about(['exhausted-targets'], async () => {
    const { cleanup } = asking;
    /** @param {string} suffix */
    const nobodys = async (suffix) => {
      const friendlyName = `${name}-${suffix}`;
      const targetWorkers = `contact_uri == "nobody:${name}"`;
      const queue = await workspace.taskQueues.create({ friendlyName, targetWorkers });
      cleanup.later(`the task queue ${queue.sid}`, () => workspace.taskQueues(queue.sid).remove());
      return queue.sid;
    };
    const [first, otherwise] = [await nobodys('first'), await nobodys('default')];
    const filter = {
      filter_friendly_name: 'all',
      expression: '1==1',
      targets: [{ queue: first, timeout: TARGET_SECONDS }],
    };
    const workflow = await workspace.workflows.create({
      friendlyName: `${name}-targets`,
      configuration: JSON.stringify({ task_routing: { filters: [filter], default_filter: { queue: otherwise } } }),
    });
    cleanup.later(`the workflow ${workflow.sid}`, () => workspace.workflows(workflow.sid).remove());
    const attributes = JSON.stringify({ parkInteractionTrial: true });
    const { sid } = await workspace.tasks.create({ workflowSid: workflow.sid, attributes });
    cleanup.later(`the task ${sid}`, () => workspace.tasks(sid).remove());
    const value = await need(
      'the end of a target',
      async () => {
        const { assignmentStatus, taskQueueSid } = await workspace.tasks(sid).fetch();
        if (assignmentStatus === 'canceled') return 'canceled';
        return taskQueueSid === otherwise ? 'default-filter' : undefined;
      },
      PATIENCE_MS,
    );
    asking.found('exhausted-targets', value);
  });
}

/**
 * Looks for the trial's first task, which may have ended long enough ago. The time is Twilio's.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 * @param {import('../stage.mjs').Ended | undefined} ended
 */
export async function askFinishedTask(asking, { workspace, client, name }, ended) {
  if (!ended) return asking.notAsked('finished-tasks', 'no task of the trial was completed');
  await asking.about(['finished-tasks'], async () => {
    const sid = await newConversation(client, name, asking.cleanup);
    const { dateCreated } = await client.conversations.v1.conversations(sid).fetch();
    if (dateCreated.getTime() - ended.at.getTime() < GONE_AFTER_MS) {
      return asking.notAsked('finished-tasks', 'tasks go five minutes after their end, and the trial took less');
    }
    const task = await orUndefined(workspace.tasks(ended.sid).fetch());
    asking.found('finished-tasks', task ? 'kept' : 'deleted');
  });
}
