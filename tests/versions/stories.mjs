// The stories that are recorded: what an agent, a supervisor and a customer do with one conversation. Together they use each Function that
// the plugin calls.

/**
 * A step: an operation of an agent's plugin, or a deed of another one.
 *
 * @typedef {object} Step
 * @property {string} [operation] as in `OperationName` of the core, or `team` and `room`
 * @property {string} [agent] whose plugin it is
 * @property {(seen: Seen) => object} [view] what the plugin knows beside the conversation
 * @property {boolean} [leaves] true if the parked state after it is recorded
 * @property {'writes' | 'accepts'} [does] the customer writes, or the agent accepts the offer
 */

/**
 * What a view may name.
 *
 * @typedef {object} Seen
 * @property {number} now in seconds since 1970
 * @property {(identity: string) => string} worker
 */

/** The customer of all stories. */
export const CUSTOMER = 'charlie';

const HOUR = 60 * 60;

/** @type {(agent?: string) => Step} */
const settles = (agent = 'ada') => ({ operation: 'settle', agent });
/** @type {(agent?: string) => Step[]} */
const comesTo = (agent = 'ada') => [{ does: 'accepts', agent }, settles(agent)];
/** @type {Step} */
const parks = { operation: 'park', agent: 'ada', leaves: true };
/** @type {Step['view']} */
const ownedByAda = ({ worker }) => ({ ownerSid: worker('ada') });

/**
 * By name: the flags, and the steps.
 *
 * @type {Record<string, { flags?: object, steps: Step[] }>}
 */
export const STORIES = {
  woken: { steps: [{ operation: 'prepare', agent: 'ada' }, parks, { does: 'writes' }, ...comesTo()] },
  resumed: { steps: [parks, { operation: 'unpark', agent: 'ada', view: ownedByAda }, ...comesTo()] },
  appointment: {
    steps: [
      {
        ...parks,
        view: ({ now }) => ({
          appointment: { until: now + HOUR, keepTime: true, reason: 'Delivery', note: 'Ask for the number.' },
        }),
      },
      {
        operation: 'change',
        agent: 'ada',
        view: (seen) => ({ ...ownedByAda?.(seen), until: seen.now + 2 * HOUR, keepTime: false, reason: 'Parcel' }),
        leaves: true,
      },
      { operation: 'end', agent: 'ada', view: (seen) => ({ ...ownedByAda?.(seen), unread: 0 }) },
    ],
  },
  kept: {
    flags: { expires_after_hours: 48, list_ttl_hours: 100, same_agent_seconds: 60, max_parked: 5 },
    steps: [parks, { operation: 'keep', agent: 'ada', leaves: true }],
  },
  given: {
    steps: [
      parks,
      {
        operation: 'give',
        agent: 'sue',
        view: (seen) => ({ ...ownedByAda?.(seen), workerSid: seen.worker('ben'), agentName: 'Sue Supervisor' }),
        leaves: true,
      },
      {
        operation: 'unpark',
        agent: 'ben',
        view: ({ worker }) => ({ ownerSid: worker('ben'), given: true }),
      },
      ...comesTo('ben'),
    ],
  },
  queued: { steps: [parks, { operation: 'give', agent: 'ada', view: ownedByAda }, ...comesTo()] },
  checked: { steps: [parks, { does: 'writes' }, { operation: 'check', agent: 'ada' }, ...comesTo()] },
  refused: { steps: [{ operation: 'unpark', agent: 'ben' }] },
  supervised: {
    steps: [
      { operation: 'access', agent: 'sue' },
      { operation: 'team', agent: 'sue' },
      { operation: 'room', agent: 'sue' },
    ],
  },
};
