// Asks an account its readings: everything that can be asked from outside, in about three minutes.

import { explanation } from '../../outcome.mjs';
import { addStage } from '../stage.mjs';
import { askAccount } from './account.mjs';
import { waitFor } from '../waiting.mjs';
import { CLOSED, askClosed, askConversations, askMessages } from './conversations.mjs';
import { INVITES, askInvites } from './invites.mjs';
import { askAgentSync } from './sync.mjs';
import { askEvents, askFinishedTask, askWorkflow } from './tasks.mjs';
import { askTimer, startTimer } from './timer.mjs';

const PATIENCE_MS = 20_000;

/** What needs no agent, and is asked beside what does. */
const BESIDE = [askAccount, askConversations, askMessages, askWorkflow, askAgentSync];

/**
 * Asks all of them; `stage` is the trial's, which is over. What fails is noted as not asked. Answers whether nothing failed.
 */
export async function askReadings(stage, findings, cleanup) {
  const asking = new Asking(stage, findings, cleanup);
  await stage.ends();
  const beside = BESIDE.map((ask) => ask(asking, stage));
  const timer = startTimer(asking, stage);
  await askOnStage(asking);
  await Promise.all(beside);
  await askTimer(asking, stage, await timer);
  await askFinishedTask(asking, stage);
  return asking.isWhole;
}

/** An agent joins, leaves, and is invited again in several ways; at last the conversation is closed. */
async function askOnStage(asking) {
  const stage = await openOwn(asking);
  if (!stage) return;
  await asking.about(['left-participants'], () => askLeft(asking, stage));
  await askEvents(asking, stage);
  await askInvites(asking, stage);
  await askClosed(asking, stage);
}

/** Another stage, whose agent was there; without it, none of these can be asked. */
async function openOwn(asking) {
  let stage;
  await asking.about(['left-participants', 'event-pages', 'finished-tasks', ...INVITES, ...CLOSED], async () => {
    const opened = await addStage(asking.trial, asking.cleanup);
    asking.taskSid = await opened.accepts();
    const [agent] = await opened.agents();
    await opened.channel.participants(agent.sid).update({ status: 'closed' });
    stage = opened;
  });
  return stage;
}

/** Twilio may take a moment: until then the agent is listed as if they were there. */
async function askLeft(asking, stage) {
  const task = stage.workspace.tasks(asking.taskSid);
  const completed = await waitFor(async () => {
    const { assignmentStatus, dateUpdated } = await task.fetch();
    return assignmentStatus === 'completed' ? dateUpdated : undefined;
  }, PATIENCE_MS);
  // The longer ago, the better: the trial's first one, if there was one.
  if (completed) asking.trial.ended ??= { sid: asking.taskSid, at: completed.answer };
  const gone = await waitFor(async () => ((await stage.agents()).length === 0 ? true : undefined), PATIENCE_MS);
  if (!gone) return asking.found('left-participants', 'listed as if they were there');
  const left = (await stage.listedAgents()).length;
  asking.found('left-participants', ['unlisted', 'closed'][left] ?? 'closed-many');
}

/** What the asking have in common. */
class Asking {
  isWhole = true;

  constructor(trial, findings, cleanup) {
    Object.assign(this, { trial, cleanup, findings });
  }

  found(name, value) {
    this.findings.found(name, value);
  }

  notAsked(name, why) {
    this.findings.notAsked(name, why);
  }

  /** Does some work that finds these readings; what it has not found when it fails is noted. */
  async about(names, work) {
    try {
      await work();
    } catch (error) {
      this.isWhole = false;
      const isStopped = this.trial.halt.on;
      if (!isStopped) this.trial.print(`  FAILED: ${names.join(', ')}: ${explanation(error)}`);
      const why = isStopped ? 'the trial was stopped' : `it failed: ${inBrief(error)}`;
      for (const name of names) this.notAsked(name, why);
    }
  }
}

/** Twilio's own words may name what is the account's own: they are printed, and do not go into a report. */
function inBrief({ status, code, message }) {
  if (!status) return message;
  return code > 9999 ? `Twilio error ${code}` : `Twilio answered ${status}`;
}
