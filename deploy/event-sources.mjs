// The two ways in which the Functions hear of events, Event Streams and TaskRouter's event callback: which of them the owner has chosen. A
// deployment keeps the choice for those after it, so that an upgrade does not set up what somebody has left out.

import { WrongUse } from './outcome.mjs';

/** The Functions' variable that keeps the choice. The Functions themselves do not read it. */
export const SOURCES = 'PARK_INTERACTION_EVENT_SOURCES';
const NONE = 'none';

/**
 * The choice.
 *
 * @typedef {{ streams: boolean, callback: boolean }} Sources
 */

const OPTION = { type: /** @type {const} */ ('boolean') };

/** The options of a deployment. One that is not given leaves the choice as it is; at the beginning, both are wanted. */
export const EVENT_OPTIONS = {
  'event-streams': OPTION,
  'no-event-streams': OPTION,
  'event-callback': OPTION,
  'no-event-callback': OPTION,
};

/** @typedef {import('./command.mjs').Command['options']} Options */

/**
 * Throws `WrongUse` where options contradict each other.
 *
 * @param {Options} options
 */
export function checkEventOptions(options) {
  for (const name of ['event-streams', 'event-callback']) {
    if (options[name] && options[`no-${name}`]) throw new WrongUse(`--${name} and --no-${name}: expected one of them.`);
  }
}

/**
 * Returns the choice: what the options say, otherwise what it was before.
 *
 * @param {Options} options
 * @param {Sources} before
 * @returns {Sources}
 */
export function chosenSources(options, before) {
  /** @param {string} name @param {boolean} otherwise */
  const choice = (name, otherwise) => Boolean(options[name] || (otherwise && !options[`no-${name}`]));
  return { streams: choice('event-streams', before.streams), callback: choice('event-callback', before.callback) };
}

/**
 * Returns the choice that a deployment has kept; both where none has.
 *
 * @param {string | undefined} kept the value of the variable
 * @returns {Sources}
 */
export function keptSources(kept) {
  const names = kept?.split(',');
  return { streams: names?.includes('streams') ?? true, callback: names?.includes('callback') ?? true };
}

/**
 * Returns the value of the variable that keeps a choice.
 *
 * @param {Sources} sources
 */
export const keptAs = ({ streams, callback }) =>
  [streams && 'streams', callback && 'callback'].filter(Boolean).join(',') || NONE;
