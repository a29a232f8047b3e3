// Asking about a timer of one minute, beside everything else: how late it ends, and which webhooks fire.

import { newConversation } from '../stage.mjs';
import { haveHeard, tellFunctions } from '../story.mjs';
import { waitFor } from '../waiting.mjs';

const PATIENCE_MS = 150_000;
const EVERY_MS = 1000;
/** Between on time and a minute late. */
const LATE_MS = 30_000;

/**
 * @typedef {import('./index.mjs').Asking} Asking
 * @typedef {import('../stage.mjs').Stage} Stage
 */

/**
 * Starts the timer of a new conversation. Returns that, or `undefined` where it failed.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
export async function startTimer(asking, stage) {
  const { client, name } = stage;
  return asking.about(['timer-lateness', 'state-webhook'], async () => {
    const sid = await newConversation(client, name, asking.cleanup);
    await tellFunctions(stage, sid, ['onConversationStateUpdated']);
    const conversation = client.conversations.v1.conversations(sid);
    const { timers } = await conversation.update({ 'timers.inactive': 'PT1M' });
    return { sid, conversation, endsAt: Date.parse(timers?.date_inactive) };
  });
}

/**
 * Waits for the end of the timer.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 * @param {Awaited<ReturnType<typeof startTimer>>} started
 * @param {boolean | undefined} isToldOfStates true if a change of state through REST fires webhooks; undefined where that is not known
 */
export async function askTimer(asking, stage, started, isToldOfStates) {
  if (!started) return;
  const { sid, conversation, endsAt } = started;
  await asking.about(['timer-lateness', 'state-webhook'], async () => {
    stage.print('  waiting for a timer of one minute');
    const ended = await waitFor(
      async () => {
        const { state, dateUpdated } = await conversation.fetch();
        return state === 'inactive' ? dateUpdated : undefined;
      },
      PATIENCE_MS,
      EVERY_MS,
    );
    if (!ended) return asking.found('timer-lateness', `not within ${PATIENCE_MS / 1000} s`);
    askLateness(asking, ended.answer.getTime() - endsAt);
    const isTold = await haveHeard(stage, sid);
    /** @type {Record<string, string>} */
    const value = { 'true true': 'all', 'false true': 'timer-only', 'false false': 'never' };
    const found = value[`${isToldOfStates} ${isTold}`];
    if (isToldOfStates !== undefined) asking.found('state-webhook', found ?? 'only through REST');
  });
}

/**
 * Compares Twilio's own dates: the end of the timer, and the change of the conversation's state.
 *
 * @param {Asking} asking
 * @param {number} lateMs
 */
function askLateness(asking, lateMs) {
  if (Number.isNaN(lateMs) || lateMs < -LATE_MS) {
    return asking.notAsked('timer-lateness', 'the conversation does not say when its state changed');
  }
  asking.found('timer-lateness', lateMs < LATE_MS ? 'exact' : 'minute-late');
}
