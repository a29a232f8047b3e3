// Failing calls in addition to readings: one for each story in each turn, chosen by a seed.

import { KINDS } from '../faults/kinds.mjs';
import { STORIES } from './stories.mjs';

/** The faults that any call can meet, and that a retry may survive. */
const PASSING = ['429', '503', '503, done', 'reset', 'reset, done', 'timeout'];
const FAULTS = KINDS.filter(({ name }) => PASSING.includes(name)).map(({ fault }) => fault());

/** The hit call is one of the first this many of an operation. */
const CALLS = 12;

/**
 * Requests to Twilio's REST APIs, not those to a Function. Twilio does not repeat a webhook request that did not arrive: the customer's
 * next message routes that conversation, which README states as a limit.
 */
const REST_PATH = String.raw`^/v\d+/`;

/** Returns the faults of a turn, one for each story. */
export function faultsFor(members, { seed, turn }) {
  return members.map(({ conversationSid, channelSid, story }) => {
    // The story's own number, so that it meets the same fault when it runs alone.
    const number = STORIES.indexOf(story);
    const random = numbers(seed * 1_000_003 + turn * 1_009 + number);
    return {
      ...FAULTS[random() % FAULTS.length],
      pathPattern: REST_PATH,
      mentions: [conversationSid, channelSid],
      nth: 1 + (random() % CALLS),
      times: 1,
    };
  });
}

/** Returns a linear congruential generator, the same on every machine. */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
