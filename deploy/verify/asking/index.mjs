// Asks an account its readings: everything that can be asked from outside, in about three minutes.

import { addStage } from '../stage.mjs';
import { askAccount } from './account.mjs';
import { askClosed, askConversations, askMessages } from './conversations.mjs';
import { askInvites } from './invites.mjs';
import { askAgentSync } from './sync.mjs';
import { askEvents, askFinishedTask, askWorkflow } from './tasks.mjs';
import { askTimer, startTimer } from './timer.mjs';

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
  let stage;
  const isReady = await asking.about(['left-participants'], async () => {
    stage = await addStage(asking.trial, asking.cleanup);
    asking.ended = await stage.accepts();
    const [agent] = await stage.agents();
    await stage.channel.participants(agent.sid).update({ status: 'closed' });
    asking.endedAt = (await stage.workspace.tasks(asking.ended).fetch()).dateUpdated;
    const left = (await stage.listedAgents()).length;
    asking.found('left-participants', ['unlisted', 'closed'][left] ?? 'closed-many');
  });
  if (!isReady) return;
  await askEvents(asking, stage);
  await askInvites(asking, stage);
  await askClosed(asking, stage);
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

  /** Does some work that finds these readings. Answers whether it did not fail. */
  async about(names, work) {
    try {
      await work();
      return true;
    } catch (error) {
      this.isWhole = false;
      const code = error.code > 9999 ? ` (Twilio error ${error.code})` : '';
      this.trial.print(`  FAILED: ${names.join(', ')}: ${error.message}${code}`);
      for (const name of names) this.notAsked(name, `it failed: ${error.message}${code}`);
      return false;
    }
  }
}
