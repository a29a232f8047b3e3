// The readings of Twilio where its documentation is silent: the simulator's switches, `simulator/README.md#readings`. A test
// compares this with the simulator.

import { readFileSync } from 'node:fs';

import { messageOf } from './errors.mjs';

/**
 * By name: the unknown that a reading decides, and all its values, the simulator's default first.
 *
 * @type {Record<string, { id: string, values: string[] }>}
 */
export const READINGS = {
  replay: { id: 'R1', values: ['inclusive', 'exclusive', 'none'] },
  'invite-list': { id: 'R2', values: ['answers', '403', '404', '405', 'without-task', 'late'] },
  'left-participants': { id: 'R3', values: ['unlisted', 'closed', 'closed-many'] },
  'message-index': { id: 'R4', values: ['sent', 'missing-for-sms', 'missing'] },
  'message-participant': { id: 'R4', values: ['sent', 'missing'] },
  'message-author': { id: 'R4', values: ['name', 'participant-sid'] },
  redelivery: { id: 'R4', values: ['never', 'at-once', 'hours-later'] },
  'delivery-order': { id: 'R4', values: ['as-written', 'swapped'] },
  'adapter-participant': { id: 'R5', values: ['sent', 'missing'] },
  'bot-participant': { id: 'R6', values: ['absent', 'present'] },
  'hung-up-function': { id: 'R7', values: ['runs-on', 'ends'] },
  'state-webhook': { id: 'R8', values: ['all', 'timer-only', 'never'] },
  'closed-code': { id: 'R9', values: ['50377', '50367', '45354', '45376'] },
  'closed-invite-code': { id: 'R9', values: ['45354', '45376', '50377'] },
  'closed-status': { id: 'R9', values: ['400', '404', '409'] },
  'closed-update': { id: 'R9', values: ['refused', 'allowed'] },
  'missing-webhook-code': { id: 'R25', values: ['20404', '50360'] },
  'inactive-invite': { id: 'R10', values: ['allowed', 'refused'] },
  'named-worker': { id: 'R11', values: ['waits', 'canceled', 'offered'] },
  'agent-sync-service': { id: 'R12', values: ['default-service', 'flex-service'] },
  'task-callback': { id: 'R13', values: ['delivered', 'late', 'twice', 'swapped', 'never'] },
  'entry-webhook': { id: 'R14', values: ['gone', 'armed'] },
  'old-channel': { id: 'R15', values: ['deleted', 'kept'] },
  'owner-timers': { id: 'R16', values: ['none', 'inactive', 'closed'] },
  'timers-count-from': { id: 'R16', values: ['update', 'activity', 'message'] },
  'timer-lateness': { id: 'R16', values: ['exact', 'minute-late'] },
  'longest-timer': { id: 'R16', values: ['any', 'week'] },
  'finished-tasks': { id: 'R17', values: ['deleted', 'kept'] },
  'contact-uri': { id: 'R18', values: ['client', 'bare', 'other-case', 'missing'] },
  'native-leave': { id: 'R19', values: ['makes-task', 'silent'] },
  'left-conversation': { id: 'R19', values: ['inactive', 'active'] },
  'already-participant': { id: 'R20', values: ['canceled', 'joins'] },
  'event-pages': { id: 'R21', values: ['all', 'first-only'] },
  'listed-attributes': { id: 'R22', values: ['shown', 'null'] },
  'exhausted-targets': { id: 'R23', values: ['canceled', 'default-filter'] },
  'invite-start-time': { id: 'R24', values: ['taken', 'ignored', 'refused'] },
  'empty-channel-end': { id: 'R26', values: ['closes', 'refused'] },
  'stream-delivery': { id: 'R27', values: ['prompt', 'late', 'twice', 'hours-later', 'swapped'] },
  'stream-body': { id: 'R28', values: ['compact', 'spaced', 'escaped'] },
  'stream-payload': { id: 'R28', values: ['object', 'text'] },
  'json-array': { id: 'R29', values: ['numbered', 'dropped'] },
  'stream-signature': { id: 'R30', values: ['with-user', 'without-user'] },
  'sink-password': { id: 'R31', values: ['shown', 'hidden'] },
};

/** The beginnings of texts in a report that are no values: nothing was found, or nothing that the simulator can do. */
export const NOT_ASKED = 'not asked: ';
export const OTHER = 'other: ';

/**
 * Reads the readings of a file: an object of names and values, or a report of `npm run verify:account` with such an object under
 * `readings`. Leaves out those that were not asked or are unlike any value.
 *
 * @param {string} file
 * @returns {Record<string, string>}
 */
export function readingsOf(file) {
  const content = parsed(file);
  const named = isObject(content) && 'readings' in content ? content.readings : content;
  if (!isObject(named)) throw new Error(`--readings ${file}: expected a JSON object of readings and their values`);
  const found = Object.entries(named).filter(([name, value]) => isValue(file, name, value));
  // Each value is one of the reading's, which are strings.
  return /** @type {Record<string, string>} */ (Object.fromEntries(found));
}

/**
 * @param {string} file
 * @returns {unknown}
 */
function parsed(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const expected = error instanceof SyntaxError ? 'expected JSON' : 'expected a file that can be read';
    throw new Error(`--readings ${file}: ${expected}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Returns true for a value of the reading, false for a text that says that there is none.
 *
 * @param {string} file
 * @param {string} name
 * @param {unknown} value
 */
function isValue(file, name, value) {
  if (!Object.hasOwn(READINGS, name)) {
    throw new Error(`--readings ${file}: there is no reading "${name}": expected one of simulator/README.md`);
  }
  const { values } = READINGS[name];
  if (typeof value === 'string' && values.includes(value)) return true;
  if (typeof value === 'string' && [NOT_ASKED, OTHER].some((start) => value.startsWith(start))) return false;
  throw new Error(
    `--readings ${file}: ${JSON.stringify(value)} is not a value of "${name}": expected one of ${values.join(', ')}, ` +
      `or a text that begins with "${NOT_ASKED}" or "${OTHER}"`,
  );
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
