// A timer of one minute, beside everything else: how late it is, and whether webhooks are told of it.

import { newConversation } from '../stage.mjs';
import { haveHeard, tellFunctions } from '../story.mjs';
import { waitFor } from '../waiting.mjs';

const PATIENCE_MS = 150_000;
const EVERY_MS = 1000;
/** Between on time and a minute late. */
const LATE_MS = 30_000;

/** Answers the conversation with the timer, or `undefined` where that failed. */
export async function startTimer(asking, stage) {
  const { client, name } = stage;
  let started;
  await asking.about(['timer-lateness', 'state-webhook'], async () => {
    const sid = await newConversation(client, name, asking.cleanup);
    await tellFunctions(stage, sid, ['onConversationStateUpdated']);
    const conversation = client.conversations.v1.conversations(sid);
    const { timers } = await conversation.update({ 'timers.inactive': 'PT1M' });
    started = { sid, conversation, endsAt: Date.parse(timers?.date_inactive) };
  });
  return started;
}

export async function askTimer(asking, stage, started) {
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
    askLateness(asking, ended.answer - endsAt);
    const isTold = await haveHeard(stage, sid);
    const value = { 'true true': 'all', 'false true': 'timer-only', 'false false': 'never' };
    const found = value[`${asking.isToldOfStates} ${isTold}`];
    if (asking.isToldOfStates !== undefined) asking.found('state-webhook', found ?? 'only through REST');
  });
}

/** By Twilio's own dates: when it was to end, and when the conversation changed its state. */
function askLateness(asking, lateMs) {
  if (Number.isNaN(lateMs) || lateMs < -LATE_MS) {
    return asking.notAsked('timer-lateness', 'the conversation does not say when its state changed');
  }
  asking.found('timer-lateness', lateMs < LATE_MS ? 'exact' : 'minute-late');
}
