// The behaviour of an account where Twilio's documentation is silent, by the names of the simulator's readings.

import { readFileSync } from 'node:fs';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { NOT_ASKED, OTHER, READINGS } from '../../scripts/lib/readings.mjs';
import { aligned } from './table.mjs';

const RECEIVES = 'only what receives the webhook sees it, and the trial has no public address of its own';
const BEGINS =
  "it shows in a conversation that a customer begins through the account's own flow, which the trial does not touch";
const LEAVES = "it needs Flex's own Leave or Pause, clicked in a desktop";

/**
 * The reasons why some cannot be asked from outside.
 *
 * @type {Record<string, string>}
 */
const CANNOT = {
  'message-index': `${RECEIVES}; nor does it write by SMS`,
  'message-participant': RECEIVES,
  'message-author': RECEIVES,
  redelivery: RECEIVES,
  'delivery-order': RECEIVES,
  'bot-participant': BEGINS,
  'hung-up-function': 'no Function of the trial runs for longer than 5 s',
  'task-callback':
    'whether they come twice or in another order only what receives them sees; whether they come at all, the assumptions say',
  'entry-webhook': BEGINS,
  'old-channel': 'it takes 180 days',
  'stream-delivery': RECEIVES,
  'stream-body': RECEIVES,
  'stream-payload': RECEIVES,
  'json-array': RECEIVES,
  'stream-signature': RECEIVES,
  'empty-channel-end': 'nothing depends on it: the conversation is closed first',
  'native-leave': LEAVES,
  'left-conversation': LEAVES,
};

/** A SID: removed from Twilio's messages before they go into a report. */
const SID = /\b[A-Z]{2}[0-9a-f]{32}\b/g;

/** @typedef {ReturnType<typeof newFindings>} Findings */

/** Makes findings that collect the readings. */
export function newFindings() {
  /** @type {Map<string, string>} */
  const found = new Map();
  /** @param {string} name */
  const valueOf = (name) => found.get(name) ?? `${NOT_ASKED}${CANNOT[name] ?? 'the trial ended before'}`;
  /** @returns {[name: string, value: string][]} */
  const all = () => Object.keys(READINGS).map((name) => [name, valueOf(name)]);
  /**
   * @param {string} name
   * @param {string} value
   */
  const set = (name, value) => {
    if (!Object.hasOwn(READINGS, name)) throw new Error(`there is no reading ${name}`);
    found.set(
      name,
      value.replace(SID, (sid) => `${sid.slice(0, 2)}…`),
    );
  };
  return {
    /**
     * Notes the value of a reading. Marks a value that the simulator does not know.
     *
     * @param {string} name
     * @param {string} value
     */
    found(name, value) {
      set(name, READINGS[name]?.values.includes(value) ? value : `${OTHER}${value}`);
    },
    /**
     * Notes why a reading could not be asked, unless it was.
     *
     * @param {string} name
     * @param {string} why
     */
    notAsked(name, why) {
      if (!found.has(name)) set(name, `${NOT_ASKED}${why}`);
    },
    /** Returns a table for people. */
    table() {
      const rows = all().map(([name, value]) => [name, READINGS[name].id, READINGS[name].values[0], value]);
      return [
        'Readings: what this account does where Twilio documents nothing, by the names of simulator/README.md',
        ...aligned([['reading', 'unknown', 'simulator assumes', 'found'], ...rows]),
      ].join('\n');
    },
    /** Returns the content of a file, with nothing of the account's own. */
    report(date = new Date()) {
      const { name, version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
      return { product: name, version, date: date.toISOString().slice(0, 10), readings: Object.fromEntries(all()) };
    },
  };
}
