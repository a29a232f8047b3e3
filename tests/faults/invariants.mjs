// The invariants of one conversation under any fault. Each check returns the reason of a broken one, or nothing.

import { isOpen, WAKE } from '../functions/support.mjs';

/** The operations that change something about a parked conversation. */
const CHANGES = ['give to', 'change'];
/** The reason that a change gives. */
export const CHANGED_REASON = 'Payment';

/** Operations that repair an earlier failure. If they fail, that failure remains. */
const LOOKS_AFTER = ['restore', 'follow', 'check', 'due', 'reconcile', 'reconcile unheard', 'reconcile all'];
/** Operations after which an agent is owed until one is invited: a customer's message is unheard, or an appointment has come. */
const UNHEARD = ['wake', 'follow', 'check', 'due'];

/** The operations that begin with an agent who is there, and that may not take them out unsaid. */
export const PARKS = ['park', 'park until', 'park with extras'];

/** The keys of the parked record in a conversation's attributes. */
const OURS = [
  ...['interactionSid', 'channelSid', 'participantSid', 'taskSid', 'workflowSid', 'taskChannelUniqueName'],
  ...['queueName', 'queueSid', 'workerSid', 'taskAttributes', 'webhookSid', 'mapSid', 'mapItemKey', 'parkInteraction'],
];

/** Checks the state after the operation, before the customer writes again. */
export function afterTheOperation(member, state) {
  return firstOf([
    !LOOKS_AFTER.includes(member.operation) && (alone(state) || untrueRow(member, state)),
    ...always(member, state),
    untrueAnswer(member, state),
    spoiltByExtra(member),
    figuresLeft(member, state),
    member.operation === 'keep' && withoutEnd(state),
    ['given', 'changed'].includes(member.answer?.body.outcome) && notAsAnswered(member, state),
  ]);
}

/** Checks the state after a second request for the same change, long after. */
export function afterTheSecondChange(member, state) {
  if (!CHANGES.includes(member.operation)) return undefined;
  const { status, body } = member.answer;
  const expected = member.operation === 'change' ? 'changed' : 'given';
  return firstOf([
    body.outcome !== expected && `the answer to a second change is ${status} ${JSON.stringify(body)}`,
    notAsAnswered(member, state),
    ...always(member, state),
  ]);
}

/** Returns a reason if the address, the record or the row does not have what the answer says. */
function notAsAnswered({ operation, otherSid, changedUntil }, { conversation, attributes, rows }) {
  if (rows.length !== 1) return `changed with ${rows.length} rows`;
  const [{ data }] = rows;
  const [address] = webhooksOfOurs({ conversation }).map(
    ({ configuration }) => new URL(configuration.url).searchParams,
  );
  const { dueAt } = attributes.parkInteraction;
  const found =
    operation === 'change'
      ? [Number(address.get('w')), dueAt / 1000, data.dueAt / 1000, data.reason]
      : [address.get('workerSid'), attributes.workerSid, data.workerSid, data.givenBy];
  const expected =
    operation === 'change'
      ? [changedUntil, changedUntil, changedUntil, CHANGED_REASON]
      : [otherSid, otherSid, otherSid, 'Supervisor'];
  return !isSame(found, expected) && `it was changed, and has ${found.join(', ')}`;
}

/** Checks the state after an end: it is closed, or it is parked as before. */
export function afterTheEnd(member, state) {
  const { outcome } = member.answer.body;
  return firstOf([
    !isClosed(state) && alone(state),
    !isClosed(state) && outcome === 'ended' && 'the answer was ended, and it is open',
    ...always(member, state),
  ]);
}

/** Checks the state after the agent has ended it again, long after. */
export function afterTheSecondEnd(member, state) {
  const { status, body } = member.answer;
  return firstOf([
    !isClosed(state) && `it is open after a second end: ${status} ${JSON.stringify(body)}`,
    body.outcome !== 'ended' && `the answer to a second end is ${status} ${JSON.stringify(body)}`,
    state.openTasks.length > 0 && 'somebody is asked for a closed conversation',
    leftOver(member, state),
  ]);
}

const isClosed = ({ conversation }) => conversation.state === 'closed';

/** Returns a reason if a conversation with a longest wait has no end of it, or no clock that asks at the end. */
function withoutEnd({ conversation, waiting, openTasks }) {
  if (openTasks.length > 0) return 'it is kept, and somebody is asked';
  const addresses = webhooksOfOurs({ conversation }).map(
    ({ configuration }) => new URL(configuration.url).searchParams,
  );
  if (!addresses.some((address) => address.has('w') && address.has('x'))) return 'the address has no end of the wait';
  const hasClock = conversation.timers.inactive_after || waiting.length > 0;
  return !hasClock && 'no clock asks at the end of the wait';
}

/** Checks the state after every clock has fired once. */
export function afterWatching(member, state) {
  if (!UNHEARD.includes(member.operation)) return undefined;
  return firstOf([nobodyCame(state), ...always(member, state)]);
}

/** Checks the state after the owner has run `reconcile` again. */
export function afterReconcilingAgain(member, state) {
  if (!member.reconciledAgain) return undefined;
  return firstOf([
    alone(state),
    member.operation === 'reconcile unheard' && nobodyCame(state),
    untrueRow({}, state),
    ...always(member, state),
  ]);
}

/** Checks the state after two operations at the same moment. `isWanted`: one of them requested an agent. */
export function afterTheRace(member, state) {
  return firstOf([
    member.isWanted && nobodyCame(state),
    alone(state),
    untrueRow({}, state),
    ...always(member, state),
    untrueAnswer(member, state),
  ]);
}

/** Checks the state after the customer has written again, long after. */
export function afterTheNextMessage(member, state) {
  return firstOf([nobodyCame(state), ...always(member, state), state.agents.length > 0 && leftOver(member, state)]);
}

/** Checks the state after the message's task has ended unaccepted and without an event, and every clock has fired. */
export function afterCancellation(member, state) {
  return firstOf([nobodyCame(state), ...always(member, state)]);
}

/** Checks the state after an agent has joined and the plugin has settled. */
export function afterTheSettle(member, state) {
  return firstOf([
    state.agents.length !== 1 && `${state.agents.length} agents are there at the end`,
    ...always(member, state),
    leftOver(member, state) && `${leftOver(member, state)} (settling: ${JSON.stringify(member.settled)})`,
  ]);
}

function always(member, state) {
  return [twoTasks(state), overwritten(member, state), othersTakenOut(member, state)];
}

function alone(state) {
  const waits = isParked(state) && webhooksOfOurs(state).length > 0;
  return state.agents.length === 0 && state.openTasks.length === 0 && !waits && 'the customer is alone';
}

function nobodyCame({ agents, openTasks }) {
  return agents.length === 0 && openTasks.length === 0 && 'what the customer wrote brought nobody';
}

/** Returns a reason if a task was made while another one was open. */
export function twoTasks({ tasks }) {
  const end = (task) => (isOpen(task) ? Infinity : Date.parse(task.date_updated));
  const wasTooMany = (task, number) =>
    tasks.slice(0, number).some((former) => end(former) > Date.parse(task.date_created));
  return tasks.some(wasTooMany) && `a task was made while another was open, of ${tasks.length}`;
}

export function overwritten({ before }, { attributes }) {
  const others = Object.entries(attributes).filter(([name]) => !OURS.includes(name));
  return !isSame(Object.fromEntries(others), before.attributes) && "other people's attributes have changed";
}

function othersTakenOut({ before }, { participants }) {
  const gone = before.participants
    .filter(({ type, status }) => type !== 'agent' && status !== 'closed')
    .filter(({ sid }) => !participants.some((now) => now.sid === sid && now.status !== 'closed'));
  return gone.length > 0 && "somebody other than the caller's own participant is out";
}

/** Returns a reason if the response to a park contradicts the state. */
function untrueAnswer({ operation, answer, before }, { agents }) {
  if (!PARKS.includes(operation)) return false;
  const isThere = agents.some(({ sid }) => sid === before.agents[0].sid);
  const saysGone = ['parked', 'parkedAndWoken'].includes(answer.body.outcome);
  return saysGone === isThere && `the answer was ${answer.body.outcome}, and the agent is ${isThere ? 'there' : 'out'}`;
}

/** Returns a reason if a fault of the notice or of the figures has kept an agent busy. */
function spoiltByExtra({ operation, answer, fault }) {
  const isExtra = fault?.method === 'POST' && /Messages|Tasks/.test(fault.pathPattern);
  if (operation !== 'park with extras' || !isExtra) return false;
  return answer.body.outcome !== 'parked' && `an extra has failed, and the answer was ${answer.body.outcome}`;
}

/** Returns a reason if the task of a park that was given up says that it was parked. */
function figuresLeft({ operation, answer, fault }, { agents, openTasks }) {
  if (operation !== 'park with extras' || answer.body.outcome === 'parked' || agents.length === 0) return false;
  // Without the task, nothing can be taken back.
  if (fault.method === 'GET' && /Tasks/.test(fault.pathPattern)) return false;
  return openTasks[0]?.attributes.conversations?.outcome === 'Parked' && 'the task says that it was parked';
}

/**
 * Returns a reason if a conversation that waits for its customer has not exactly one row. While an agent is invited it may have one:
 * a declined invite needs it. After a response 404 about conversation or channel, true or not, it may have none.
 *
 * @param {{ fault?: any, operation?: string, answer?: any }} member any: a fault as it was set, and an answer of a Function
 * @param {any} state that of a customer
 */
function untrueRow({ fault, operation, answer }, { agents, openTasks, rows }) {
  // A gift that has failed may leave a row in both lists; a second one deletes that of the former agent.
  if (operation === 'give to' && answer?.body.outcome === 'refused' && rows.length === 2) return false;
  if (agents.length > 0 || openTasks.length > 0 || (fault?.status === 404 && rows.length === 0)) return false;
  return rows.length !== 1 && `parked with ${rows.length} rows`;
}

function leftOver({ before }, state) {
  return firstOf([
    !isSame(state.attributes, before.attributes) && 'the attributes are not as they were',
    state.rows.length > 0 && 'the row is left',
    state.waiting.length > 0 && 'the item that says that it waits is left',
    state.notes.length > 0 && 'the note is left',
    state.conversation.timers.inactive_after && 'a timer is left',
    state.conversation.webhooks.length > 0 && 'a webhook is left',
  ]);
}

const isParked = ({ attributes }) => 'interactionSid' in attributes && 'taskAttributes' in attributes;
const webhooksOfOurs = ({ conversation }) =>
  conversation.webhooks.filter((webhook) => JSON.stringify(webhook).includes(WAKE));
export const firstOf = (reasons) => reasons.find(Boolean) || undefined;
export const isSame = (one, other) => canonical(one) === canonical(other);
const canonical = (object) => JSON.stringify(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
