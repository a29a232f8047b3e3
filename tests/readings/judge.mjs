// The invariants of one story at one moment, under any reading.

import { WAKE } from '../functions/support.mjs';
import { firstOf, isSame, overwritten, twoTasks } from '../faults/invariants.mjs';

/** Such a timer is set in full minutes. */
const A_MINUTE_SECONDS = 60;

/**
 * Returns `{ kind, reason }` of a broken invariant, or nothing. `when`: `done`, right after the step; `passed`, a moment later;
 * `minute`, after every clock has fired.
 */
export function whatIsWrong({ member, state, step, when, seed, readings = {} }) {
  const isAlone = state.agents.length === 0 && state.openTasks.length === 0;
  const isClosed = state.conversation.state === 'closed';
  const isFaultless = seed === 0;
  return firstOf([
    isClosed && member.story.isParkedForLong && lost('it was closed while it was parked'),
    isClosed || !twoTasks(state) ? undefined : double(twoTasks(state)),
    overwritten(member, state) && lost(overwritten(member, state)),
    when === 'minute' && member.unheard && isAlone && !isClosed && unheard('a message is unheard, and nobody is asked'),
    isAlone && !isClosed && !isArmed(state) && when !== 'done' && lost('the customer is alone'),
    step === 'is parked' && isFaultless && notParked(state),
    step === 'is gone' && state.rows.length > 0 && untidy('the row of a closed conversation is left'),
    step === 'is ended' && notEnded(member, state, isFaultless),
    step === 'is settled' && isFaultless && leftOver(member, state, readings),
  ]);
}

function notParked({ agents, openTasks, rows }) {
  if (agents.length > 0) return untidy('it is not parked: an agent is there');
  if (openTasks.length > 0) return double('nobody wrote, and somebody is asked');
  return rows.length !== 1 && untidy(`parked with ${rows.length} rows`);
}

function notEnded({ before }, { conversation, openTasks, rows, waiting, notes }, isFaultless) {
  if (openTasks.length > 0) return double('somebody is asked for an ended conversation');
  if (!isFaultless) return undefined;
  const reason = firstOf([
    conversation.state !== 'closed' && 'it is open',
    rows.length > 0 && 'the row is left',
    waiting.length > 0 && 'the item that says that it waits is left',
    notes.length > 0 && 'the note is left',
    conversation.webhooks.length !== before.conversation.webhooks.length && 'the webhooks are not as they were',
  ]);
  return reason && untidy(reason);
}

function leftOver({ before }, state, readings) {
  const reason = firstOf([
    state.agents.length !== 1 && `${state.agents.length} agents are there`,
    !isSame(state.attributes, before.attributes) && 'the attributes are not as they were',
    state.rows.length > 0 && 'the row is left',
    state.waiting.length > 0 && 'the item that says that it waits is left',
    state.notes.length > 0 && 'the note is left',
    !areTimersBack(before, state, readings) && 'the timers are not as they were',
    state.conversation.webhooks.length !== before.conversation.webhooks.length && 'the webhooks are not as they were',
  ]);
  return reason && untidy(reason);
}

/**
 * Compares the lengths of timers, as their dates move with each message. Where they count from the last message, one that would have been
 * over may be longer by the age of that message.
 */
function areTimersBack({ conversation: { timers: before } }, { conversation: { timers: after } }, readings) {
  const countsFromMessage = readings['timers-count-from'] === 'message';
  const silenceSeconds = (Date.parse(after.set) - Date.parse(after.last_message)) / 1000;
  return ['inactive_after', 'closed_after'].every((name) => {
    if (!before[name] || !after[name]) return before[name] === after[name];
    const longerBySeconds = after[name].secs - before[name].secs;
    const isLonger = countsFromMessage && silenceSeconds > before[name].secs / 2;
    return isLonger ? Math.abs(longerBySeconds - silenceSeconds) <= A_MINUTE_SECONDS : longerBySeconds === 0;
  });
}

const isArmed = ({ conversation }) => conversation.webhooks.some((webhook) => JSON.stringify(webhook).includes(WAKE));
const lost = (reason) => ({ kind: 'lost', reason });
const double = (reason) => ({ kind: 'double', reason });
const unheard = (reason) => ({ kind: 'unheard', reason });
const untidy = (reason) => ({ kind: 'untidy', reason });
