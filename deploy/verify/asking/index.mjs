// Asks an account its readings: everything that can be asked from outside, in about three minutes.

import { asThrown } from '../../../scripts/lib/errors.mjs';
import { explanation, twilioCodeOf } from '../../outcome.mjs';
import { addStage } from '../stage.mjs';
import { askAccount } from './account.mjs';
import { waitFor } from '../waiting.mjs';
import { CLOSED, askClosed, askConversations, askMessages } from './conversations.mjs';
import { INVITES, askInvites } from './invites.mjs';
import { askAgentSync } from './sync.mjs';
import { askEvents, askFinishedTask, askWorkflow } from './tasks.mjs';
import { askTimer, startTimer } from './timer.mjs';

const PATIENCE_MS = 20_000;

/** Readings that need no agent, and are asked beside those that do. */
const BESIDE = [askAccount, askConversations, askWorkflow, askAgentSync];

/**
 * @typedef {import('../stage.mjs').Stage} Stage
 * @typedef {import('../stage.mjs').Ended} Ended
 */

/**
 * Asks all readings. Notes failures as not asked. Returns true if nothing failed.
 *
 * @param {Stage} stage the trial's, which is over
 * @param {import('../readings.mjs').Findings} findings
 * @param {import('../cleanup.mjs').Cleanup} cleanup
 */
export async function askReadings(stage, findings, cleanup) {
  const asking = new Asking(stage, findings, cleanup);
  await stage.ends();
  const beside = BESIDE.map((ask) => ask(asking, stage));
  const messages = askMessages(asking, stage);
  const timer = startTimer(asking, stage);
  const ended = await askOnStage(asking);
  await Promise.all(beside);
  await askTimer(asking, stage, await timer, await messages);
  // The longer ago, the better: the trial's first task, if there was one.
  await askFinishedTask(asking, stage, stage.ended ?? ended);
  return asking.isWhole;
}

/**
 * Asks what needs an agent who joins, leaves, and is invited again in several ways; at last the conversation is closed. Returns the
 * task of the agent who left, if it ended.
 *
 * @param {Asking} asking
 */
async function askOnStage(asking) {
  const opened = await openOwn(asking);
  if (!opened) return undefined;
  const { stage, taskSid } = opened;
  const ended = await asking.about(['left-participants'], () => endOf(stage, taskSid));
  await asking.about(['left-participants'], () => askLeft(asking, stage));
  await askEvents(asking, stage, taskSid);
  await askInvites(asking, stage);
  await askClosed(asking, stage);
  return ended;
}

/**
 * Opens another stage, whose agent has left. Without it, none of these readings can be asked.
 *
 * @param {Asking} asking
 */
async function openOwn(asking) {
  return asking.about(['left-participants', 'event-pages', 'finished-tasks', ...INVITES, ...CLOSED], async () => {
    const stage = await addStage(asking.trial.setting, asking.cleanup);
    const taskSid = await stage.accepts();
    const [agent] = await stage.agents();
    await stage.channel.participants(agent.sid).update({ status: 'closed' });
    return { stage, taskSid };
  });
}

/**
 * Waits until a task has ended.
 *
 * @param {Stage} stage
 * @param {string} taskSid
 * @returns {Promise<Ended | undefined>}
 */
async function endOf(stage, taskSid) {
  const task = stage.workspace.tasks(taskSid);
  const completed = await waitFor(async () => {
    const { assignmentStatus, dateUpdated } = await task.fetch();
    return assignmentStatus === 'completed' ? dateUpdated : undefined;
  }, PATIENCE_MS);
  return completed && { sid: taskSid, at: completed.answer };
}

/**
 * Looks at the participants of the channel. Twilio may take a moment: until then the agent is listed as if they were there.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askLeft(asking, stage) {
  const gone = await waitFor(async () => ((await stage.agents()).length === 0 ? true : undefined), PATIENCE_MS);
  if (!gone) return asking.found('left-participants', 'listed as if they were there');
  const left = (await stage.listedAgents()).length;
  asking.found('left-participants', ['unlisted', 'closed'][left] ?? 'closed-many');
}

/** Notes the readings that are found, and the failures. */
export class Asking {
  isWhole = true;

  /**
   * @param {Stage} trial
   * @param {import('../readings.mjs').Findings} findings
   * @param {import('../cleanup.mjs').Cleanup} cleanup
   */
  constructor(trial, findings, cleanup) {
    this.trial = trial;
    this.findings = findings;
    this.cleanup = cleanup;
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  found(name, value) {
    this.findings.found(name, value);
  }

  /**
   * @param {string} name
   * @param {string} why
   */
  notAsked(name, why) {
    this.findings.notAsked(name, why);
  }

  /**
   * Does some work that finds these readings, and returns its result. When it fails, notes those that it has not found, and returns
   * `undefined`.
   *
   * @template T
   * @param {string[]} names
   * @param {() => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  async about(names, work) {
    try {
      return await work();
    } catch (error) {
      this.isWhole = false;
      const isStopped = this.trial.halt.on;
      if (!isStopped) this.trial.print(`  FAILED: ${names.join(', ')}: ${explanation(error)}`);
      const why = isStopped ? 'the trial was stopped' : `it failed: ${inBrief(error)}`;
      for (const name of names) this.notAsked(name, why);
      return undefined;
    }
  }
}

/**
 * Returns an error's reason for the report. Twilio's own words may name what is the account's own: they are only printed.
 *
 * @param {unknown} error
 */
function inBrief(error) {
  const { status, message } = asThrown(error);
  if (!status) return message;
  const code = twilioCodeOf(error);
  return code ? `Twilio error ${code}` : `Twilio responded ${status}`;
}
