// Asking about invites, on a stage that its agent has left.

import { need, waitFor } from '../waiting.mjs';
import { outcomeOf } from './outcome.mjs';

const PATIENCE_MS = 20_000;
const LIST_PATIENCE_MS = 40_000;
const SHOWS_WITHIN_MS = 3000;
/** Long enough to be offered or canceled. */
const SETTLED_MS = 5000;
const HOUR_MS = 3_600_000;

/**
 * @typedef {import('./index.mjs').Asking} Asking
 * @typedef {import('../stage.mjs').Stage} Stage
 */

/**
 * In order; the last one leaves the agent in the conversation.
 *
 * @type {Record<string, (asking: Asking, stage: Stage) => Promise<void>>}
 */
const ASKED = {
  'invite-start-time': askStartTime,
  'invite-list': askList,
  'named-worker': askNamedWorker,
  'inactive-invite': askInactive,
  'already-participant': askParticipant,
};

/** The readings that `askInvites` finds. */
export const INVITES = Object.keys(ASKED);

/**
 * Asks them in order.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
export async function askInvites(asking, stage) {
  for (const [name, ask] of Object.entries(ASKED)) await asking.about([name], () => ask(asking, stage));
}

/**
 * Creates an invite, does some work with its task, and cancels that.
 *
 * @param {Stage} stage
 * @param {object} properties
 * @param {(taskSid: string | undefined, refusal: string) => Promise<unknown>} work gets the SID, or how Twilio refused
 */
async function withInvite(stage, properties, work) {
  const { taken, code, answer } = await outcomeOf(() => stage.invites(properties));
  if (!taken) {
    await work(undefined, `refused, error ${code}`);
    return;
  }
  try {
    const named = answer.routing?.properties?.sid;
    const taskSid =
      named ?? (await need('a task of the invite', async () => (await stage.openTasks())[0]?.sid, PATIENCE_MS));
    await work(taskSid, '');
  } finally {
    // Also one that TaskRouter shows late: it would block the next.
    for (const { sid, assignmentStatus } of await stage.openTasks()) {
      if (assignmentStatus !== 'assigned') await cancel(stage, sid);
    }
  }
}

/**
 * Cancels a task. One that has ended meanwhile cannot be canceled.
 *
 * @param {Stage} stage
 * @param {string} sid
 */
const cancel = ({ workspace }, sid) =>
  outcomeOf(() =>
    workspace.tasks(sid).update({ assignmentStatus: 'canceled', reason: 'the trial is through with it' }),
  );

/**
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askStartTime(asking, stage) {
  const began = new Date(Date.now() - HOUR_MS);
  const properties = { virtual_start_time: began.toISOString() };
  await withInvite(stage, properties, async (taskSid) => {
    if (!taskSid) return asking.found('invite-start-time', 'refused');
    const { virtualStartTime } = await stage.workspace.tasks(taskSid).fetch();
    const isTaken = Math.abs(virtualStartTime.getTime() - began.getTime()) < HOUR_MS / 2;
    asking.found('invite-start-time', isTaken ? 'taken' : 'ignored');
  });
}

/**
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askList(asking, stage) {
  const read = () => outcomeOf(() => stage.channel.invites.list());
  const before = await read();
  if (!before.taken) return asking.found('invite-list', String(before.status));
  await withInvite(stage, {}, async (taskSid, refusal) => {
    if (!taskSid) return asking.notAsked('invite-list', `an invite was ${refusal}`);
    const more = async () => {
      const { answer } = await read();
      return answer && answer.length > before.answer.length ? answer : undefined;
    };
    const soon = await waitFor(more, SHOWS_WITHIN_MS);
    if (!soon) stage.print('  waiting for the list of invites, up to 40 s');
    const shown = soon ?? (await waitFor(more, LIST_PATIENCE_MS));
    if (!shown) return asking.found('invite-list', `not within ${LIST_PATIENCE_MS / 1000} s`);
    const isNamed = shown.answer.some(({ routing }) => routing?.properties?.sid === taskSid);
    asking.found('invite-list', !isNamed ? 'without-task' : soon ? 'answers' : 'late');
  });
}

/**
 * Invites a worker who is unavailable. A worker without room is not tried.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askNamedWorker(asking, stage) {
  const { agent, workspace } = stage;
  if (!agent.canRest) return asking.notAsked('named-worker', 'the workspace has no activity that takes no tasks');
  await agent.rests();
  try {
    await withInvite(stage, { worker_sid: agent.workerSid }, async (taskSid, refusal) => {
      if (!taskSid) return asking.found('named-worker', refusal);
      const seen = await waitFor(async () => {
        const { assignmentStatus } = await workspace.tasks(taskSid).fetch();
        if (assignmentStatus === 'canceled') return 'canceled';
        const offers = await workspace.tasks(taskSid).reservations.list();
        return offers.length > 0 ? 'offered' : undefined;
      }, SETTLED_MS);
      asking.found('named-worker', seen?.answer ?? 'waits');
    });
  } finally {
    await agent.returns();
  }
}

/**
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askInactive(asking, stage) {
  await stage.conversation.update({ state: 'inactive' });
  try {
    await withInvite(stage, {}, async (taskSid) => asking.found('inactive-invite', taskSid ? 'allowed' : 'refused'));
  } finally {
    await stage.conversation.update({ state: 'active' });
  }
}

/**
 * Invites an agent who is in the conversation, but not in the interaction, and accepts.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askParticipant(asking, stage) {
  const { conversation, agent, workspace } = stage;
  const before = (await stage.agents()).length;
  await conversation.participants.create({ identity: agent.identity });
  await withInvite(stage, {}, async (taskSid, refusal) => {
    if (!taskSid) return asking.notAsked('already-participant', `an invite was ${refusal}`);
    const { sid } = await stage.offer();
    const { reservations } = workspace.tasks(taskSid);
    const accepted = await outcomeOf(() => reservations(sid).update({ reservationStatus: 'accepted' }));
    if (!accepted.taken) return asking.found('already-participant', `accepting is refused, error ${accepted.code}`);
    const value = await need(
      'the agent in the channel, or the end of their reservation',
      async () => {
        const { reservationStatus } = await reservations(sid).fetch();
        if (reservationStatus === 'canceled') return 'canceled';
        return (await stage.agents()).length > before ? 'joins' : undefined;
      },
      PATIENCE_MS,
    );
    asking.found('already-participant', value);
  });
}
