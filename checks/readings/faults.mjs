// Calls that go wrong on top of readings: for each story in each turn one, chosen by a seed.

/** Longer than the Functions wait for an answer, so that it is they who give up. */
const HOLD_MS = 3_000;

const KINDS = [
  { kind: 'status', status: 429, code: 20429 },
  { kind: 'status', status: 503, code: 20503 },
  { kind: 'statusAfter', status: 503, code: 20503 },
  { kind: 'dropBefore' },
  { kind: 'dropAfter' },
  { kind: 'timeout', holdMs: HOLD_MS },
];

/** Which of an operation's calls is hit: one of so many. */
const CALLS = 12;

/** The faults of this turn, one for each story. */
export function faultsFor(members, { seed, turn }) {
  return members.map(({ conversationSid, channelSid }, number) => {
    const random = numbers(seed * 1_000_003 + turn * 1_009 + number);
    const kind = KINDS[random() % KINDS.length];
    return { ...kind, mentions: [conversationSid, channelSid], nth: 1 + (random() % CALLS), times: 1 };
  });
}

/** A linear congruential generator, the same on every machine. */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
