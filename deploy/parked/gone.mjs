// Waiting until nothing is parked, before the Functions are removed: they wake what is parked.

import { setTimeout as sleep } from 'node:timers/promises';

import { counted } from '../../scripts/lib/counts.mjs';
import { loadCore } from '../core.mjs';
import { StillParked } from '../outcome.mjs';
import { parkedAt, parkedConversations } from './read.mjs';
import { sweep } from './sweep.mjs';

/** The number of conversations that are named; `npm run parked -- list` shows all. */
const NAMED = 5;
/** The longest time that a Function runs: https://www.twilio.com/docs/serverless/functions-assets/functions/invoke */
const FUNCTION_LIMIT_MS = 10_000;
/** The pause between two rounds of a release, and the least time between two lines of progress without a change. */
const EVERY_MS = 5_000;
const SAY_EVERY_MS = 60_000;

/** @typedef {import('./read.mjs').Parked} Parked */

/**
 * What a removal does with parked conversations: `stop` at them, `abandon` them, or `release` them and wait until agents have joined.
 *
 * @typedef {{ kind: 'stop' } | { kind: 'abandon' } | { kind: 'release', authToken: string, waitMinutes: number }} How
 */

/**
 * The step of an undeployment that returns when nothing is parked with Functions that Flex does not call. What is parked moves to those that
 * it calls, without a customer or an agent noticing. Throws `StillParked` where that is still to be done.
 *
 * @param {import('./read.mjs').Reader} reader
 * @param {import('./read.mjs').Place} place
 * @param {{ how: How, dryRun: boolean, live: import('../functions.mjs').Environment, closedAt?: number }} options
 */
export async function untilNoneIsParkedHere(reader, place, { how, dryRun, live, closedAt = 0 }) {
  const look = () => parkedAt(reader, place);
  let parked = await look();
  if (how.kind === 'abandon') return abandoned(reader, parked);
  if (parked.length === 0 && !dryRun) {
    await sleep(Math.max(0, closedAt + FUNCTION_LIMIT_MS - Date.now()));
    parked = await look();
  }
  if (parked.length > 0) throw new StillParked(toMove(parked, live.name));
  return 'none here';
}

/**
 * The step of an undeployment that returns when nothing is parked. Throws `StillParked` where something would be lost. The last look comes
 * after every Function that parks has ended.
 *
 * @param {import('./read.mjs').Reader} reader
 * @param {import('./read.mjs').Place} place
 * @param {{ how: How, dryRun: boolean, closedAt?: number }} options `closedAt`: when the Function that parks was taken out, in milliseconds
 *   since 1970
 */
export async function untilNoneIsParked(reader, place, { how, dryRun, closedAt = 0 }) {
  const parked = await parkedConversations(reader, place);
  const ours = oursOf(parked);
  if (how.kind === 'abandon') return abandoned(reader, ours);
  const isReleased = how.kind === 'release' && place.domain !== undefined;
  if (ours.length > 0 && !isReleased) throw new StillParked(stopped(ours, place.domain !== undefined));
  if (dryRun) return ours.length > 0 ? `${ours.length} would be routed to agents` : noneOf(parked);
  return waitUntilNone(reader, place, { how, closedAt });
}

/**
 * @param {import('./read.mjs').Reader} reader
 * @param {import('./read.mjs').Place} place
 * @param {{ how: How, closedAt: number }} options
 */
async function waitUntilNone(reader, place, { how, closedAt }) {
  const progress = new Progress(reader.print);
  const deadline = how.kind === 'release' ? Date.now() + how.waitMinutes * 60_000 : 0;
  /** When the last Function that parks has ended. */
  let endsBy = closedAt + FUNCTION_LIMIT_MS;
  /** @type {Set<string>} the conversations that the Functions refused to release in the last round */
  let refused = new Set();
  for (let rounds = 0; ; rounds += 1) {
    const parked = await parkedConversations(reader, place);
    const ours = oursOf(parked);
    const left = endsBy - Date.now();
    if (ours.length === 0 && left <= 0) return noneOf(parked);
    if (ours.length === 0) {
      reader.print(`  none; a last look in ${Math.ceil(left / 1_000)} s, when every park that was under way has ended`);
      await sleep(left);
      endsBy = 0;
      continue;
    }
    if (how.kind !== 'release' || place.domain === undefined) throw new StillParked(stopped(ours, true));
    progress.say(ours);
    if (ours.every(({ sid, isOffered }) => refused.has(sid) && !isOffered)) {
      throw new StillParked(cannotBeReleased(ours));
    }
    if (rounds > 0 && Date.now() >= deadline) throw new StillParked(tooLate(ours));
    refused = await release(reader, place.domain, how.authToken);
    await sleep(EVERY_MS);
  }
}

/** @param {Parked[]} parked */
const oursOf = (parked) => parked.filter(({ isForeign }) => !isForeign);

/** @param {Parked[]} others those of another plugin */
const noneOf = (others) =>
  others.length > 0
    ? `${others.length} parked with another plugin, which wakes ${others.length === 1 ? 'it' : 'them'} itself`
    : 'none';

/** Says how many are left: at once when that changes, and otherwise now and then. */
class Progress {
  #print;
  #said = '';
  #saidAt = 0;

  /** @param {(line: string) => void} print */
  constructor(print) {
    this.#print = print;
  }

  /** @param {Parked[]} parked */
  say(parked) {
    const offered = parked.filter(({ isOffered }) => isOffered).length;
    const line = `  ${parked.length} parked, of which ${counted(offered, 'waits', 'wait')} for an agent to join`;
    if (line === this.#said && Date.now() - this.#saidAt < SAY_EVERY_MS) return;
    this.#print(line);
    this.#said = line;
    this.#saidAt = Date.now();
  }
}

/**
 * Lets the Functions route everything that is parked, and settle those that an agent has joined. Returns those that they refused.
 *
 * @param {import('./read.mjs').Reader} reader
 * @param {string} domain
 * @param {string} authToken
 */
async function release({ print }, domain, authToken) {
  const { isRefusal } = loadCore();
  const { changed } = await sweep({
    ...{ domain, authToken, release: true },
    told: ({ conversationSid, outcome }) => print(`  ${conversationSid}  ${outcome}`),
  });
  // One may be met twice, by its record and by its row: the last outcome counts.
  const outcomes = new Map(changed.map(({ conversationSid, outcome }) => [conversationSid, outcome]));
  return new Set([...outcomes].filter(([, outcome]) => isRefusal(outcome)).map(([sid]) => sid));
}

/** @param {Parked[]} parked */
const named = (parked) =>
  parked
    .slice(0, NAMED)
    .map(({ sid }) => sid)
    .join(', ') + (parked.length > NAMED ? ', …' : '');

/** @param {Parked[]} parked */
const theyWrite = (parked) => (parked.length === 1 ? 'this customer writes' : 'these customers write');

/**
 * @param {import('./read.mjs').Reader} reader
 * @param {Parked[]} ours
 */
function abandoned({ print }, ours) {
  if (ours.length === 0) return 'none';
  print(`  warning: ${named(ours)}: nobody will hear when ${theyWrite(ours)}.`);
  return `${ours.length}, abandoned as you asked`;
}

const LISTED = '  npm run parked -- list shows all of them, and what to do about one that cannot be released.\n';
const ABANDON = '  --abandon-parked removes everything nevertheless.';

/**
 * @param {Parked[]} ours
 * @param {boolean} canBeReleased
 */
const stopped = (ours, canBeReleased) =>
  `${ours.length} parked: ${named(ours)}. Without the Functions nobody would hear when ${theyWrite(ours)}.\n` +
  (canBeReleased
    ? '  Run this again with --release, which routes what is parked to agents and goes on when agents have joined; or wait until it has woken.\n'
    : '  The Functions of this environment are gone: npm run deploy brings them back, and with them the way to release what is parked.\n') +
  LISTED +
  ABANDON;

/**
 * @param {Parked[]} parked
 * @param {string} live the name of the environment that Flex calls
 */
const toMove = (parked, live) =>
  `${parked.length} parked with these Functions: ${named(parked)}. Without them nobody would hear when ${theyWrite(parked)}.\n` +
  `  npm run parked -- reconcile moves them to the Functions that Flex calls, those of ${live}. Then run this again.\n` +
  ABANDON;

/** @param {Parked[]} ours */
const tooLate = (ours) =>
  `${ours.length} still parked when the time was over: ${named(ours)}. What was parked is routed, and the Functions are still there.\n` +
  '  Run this again when agents have joined; --wait MINUTES waits longer.\n' +
  LISTED +
  ABANDON;

/** @param {Parked[]} ours */
const cannotBeReleased = (ours) =>
  `The Functions refused to release ${ours.length}: ${named(ours)}. The reasons are above, and in docs/operations.md#refusals.\n` +
  LISTED +
  ABANDON;
