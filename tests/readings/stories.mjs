// Stories of a contact centre, which run side by side.
//
// Each is a list of steps, one for each turn. In a turn all stories take their step, and then some seconds pass. `minute` is in the
// same turn of all stories, and after it nobody may wait unheard.

const PARKED_AND_WROTE = ['park', '', 'is parked', 'writes', 'minute', 'accept', 'settle', 'is settled'];

const SHORT = [
  { name: "parked with the agent's message last", steps: PARKED_AND_WROTE },
  { name: "parked with the customer's message last", lastWord: 'customer', steps: PARKED_AND_WROTE },
  {
    name: 'parked while the screen held no messages',
    screen: 'empty',
    steps: ['park', '', '', 'writes', 'minute', 'accept', 'settle', 'is settled'],
  },
  { name: 'a burst', steps: ['park', '', 'is parked', 'burst', 'minute', 'accept', 'settle', 'is settled'] },
  { name: 'resumed', steps: ['park', 'resume', 'accept', 'settle', 'minute', 'is settled'] },
  {
    name: 'resumed and declined',
    steps: [
      'park',
      'resume',
      'decline',
      '',
      'minute',
      'is parked',
      'writes',
      '',
      'minute',
      'accept',
      'settle',
      'is settled',
    ],
  },
  {
    name: 'written to while resumed, and declined',
    steps: ['park', 'resume', 'writes', 'decline', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'resumed without room',
    steps: ['park', 'full', 'resume', 'writes', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'woken, and canceled',
    steps: ['park', 'writes', '', '', 'minute', 'cancel', '', '', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'woken, and canceled twice',
    steps: [
      'park',
      'writes',
      '',
      '',
      'minute',
      'cancel',
      '',
      '',
      'minute',
      'cancel',
      '',
      '',
      'minute',
      'accept',
      'settle',
      'is settled',
    ],
  },
  {
    name: 'parked again before it was settled',
    steps: [
      'park',
      'writes',
      'accept',
      'park',
      'minute',
      'is parked',
      'writes',
      '',
      'minute',
      'accept',
      'settle',
      'is settled',
    ],
  },
  {
    name: 'settled and parked again',
    steps: [
      'park',
      'writes',
      'accept',
      'settle',
      'minute',
      'park',
      'is parked',
      'writes',
      'minute',
      'accept',
      'settle',
      'is settled',
    ],
  },
  {
    name: 'nobody settles',
    steps: ['park', 'writes', 'accept', '', 'minute', 'writes', '', '', 'minute', 'is settled'],
  },
  { name: 'a bot writes', steps: ['park', 'bot', 'is parked', 'writes', 'minute', 'accept', 'settle', 'is settled'] },
  {
    name: 'an agent writes',
    steps: ['park', 'agent writes', 'is parked', 'writes', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'an adapter writes for the customer',
    steps: ['park', '', 'is parked', 'adapter', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'parked until a time',
    appointment: { afterMs: 63_000, note: 'Sends it tonight' },
    steps: ['park', 'is parked', '', 'is due soon', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'parked until a time, and declined',
    appointment: { afterMs: 63_000 },
    steps: ['park', '', '', 'is due soon', 'minute', 'decline', '', '', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'written to before the time',
    appointment: { afterMs: 3 * 60 * 60 * 1000, note: 'Sends it tonight' },
    steps: ['park', '', 'is parked', 'writes', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'a kept time, with two messages',
    appointment: { afterMs: 3 * 60 * 60 * 1000, keepTime: true },
    steps: ['park', 'writes early', 'is parked', 'writes', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'to the same agent, who declines',
    sameAgentSeconds: 600,
    steps: ['park', 'writes', 'decline', '', 'minute', 'accept', 'settle', 'is settled'],
  },
  { name: 'ended', steps: ['park', '', 'is parked', 'end', 'minute', 'is ended'] },
  {
    name: 'ended before its time',
    appointment: { afterMs: 3 * 60 * 60 * 1000, note: 'Sends it tonight' },
    steps: ['park', 'end', '', 'end', 'minute', 'is ended'],
  },
  {
    name: 'written to, and not ended',
    steps: ['park', 'writes', 'end', '', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'given to the queue',
    sameAgentSeconds: 600,
    steps: ['park', 'give', '', '', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'given to the queue, and canceled',
    steps: [
      'park',
      'give',
      'cancel',
      'reconcile',
      'minute',
      'is parked',
      'writes',
      '',
      'minute',
      'accept',
      'settle',
      'is settled',
    ],
  },
  {
    name: 'given to another agent',
    steps: ['park', 'give to', 'is parked', 'writes', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'given to another agent, who resumes',
    appointment: { afterMs: 3 * 60 * 60 * 1000, note: 'Sends it tonight' },
    steps: ['park', 'give to', 'resume', 'accept', 'minute', 'settle', 'is settled'],
  },
  {
    name: 'moved to a nearer time',
    appointment: { afterMs: 3 * 60 * 60 * 1000 },
    movedToMs: 63_000,
    steps: ['park', 'move', 'is parked', 'is due soon', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'moved to a later time',
    appointment: { afterMs: 63_000 },
    movedToMs: 3 * 60 * 60 * 1000,
    steps: ['park', 'move', '', '', 'minute', 'is parked', 'writes', '', 'minute', 'accept', 'settle', 'is settled'],
  },
  { name: 'closed meanwhile', steps: ['park', 'close', '', 'reconcile', 'minute', 'is gone'] },
  {
    name: 'closed while somebody is asked',
    steps: ['park', 'writes', '', '', 'minute', 'close', 'cancel', 'reconcile', 'minute', 'is gone'],
  },
];

/** Empty turns until the other stories have ended. Then a day passes. */
const BEFORE_THE_DAY = Array.from({ length: Math.max(...SHORT.map(({ steps }) => steps.length)) - 1 }, () => '');

/** Empty turns during the day and the steps after it. Then half a year passes. */
const BEFORE_HALF_A_YEAR = Array.from({ length: 6 }, () => '');

export const STORIES = [
  ...SHORT,
  {
    name: 'parked for longer than a day',
    isParkedForLong: true,
    steps: ['park', ...BEFORE_THE_DAY, 'day', 'writes', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'kept before the end of the longest wait',
    isParkedForLong: true,
    expiresAfterHours: 20,
    keptForHours: 30,
    steps: ['park', 'keep', ...BEFORE_THE_DAY.slice(1), 'day', 'is parked', 'writes', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'not kept before the end of the longest wait',
    isParkedForLong: true,
    expiresAfterHours: 20,
    steps: ['park', ...BEFORE_THE_DAY, 'day', 'is due soon', 'minute', 'accept', 'settle', 'is settled'],
  },
  {
    name: 'parked for longer than half a year',
    isParkedForLong: true,
    steps: [
      'park',
      ...BEFORE_THE_DAY,
      ...BEFORE_HALF_A_YEAR,
      'half a year',
      'writes',
      'minute',
      'accept',
      'settle',
      'is settled',
    ],
  },
];

/** The number of turns of the longest story. */
export const TURNS = Math.max(...STORIES.map(({ steps }) => steps.length));

/** Returns true if a minute, a day or half a year passes in a turn. */
export const isTurnOf = (what, turn) => STORIES.some(({ steps }) => steps[turn] === what);
