// One process at a time, by a file that is there while one of them works. No package does this: it is needed before `npm ci`.

import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { asThrown } from './errors.mjs';
import { inRoot, root } from './paths.mjs';

/** The pause between two looks at a lock. */
const BETWEEN_LOOKS_MS = 100;
/** A wait that ends sooner is not worth a line. */
const WORTH_A_LINE_MS = 1_000;
/** The interval at which a holder shows that it lives. */
const SIGN_OF_LIFE_MS = 5_000;
/**
 * The number of looks without a sign of life after which a holder counts as gone, although a process has its number: another one may
 * have it by now. Looks are counted, not time, because a machine that slept would have let the time pass.
 */
const LOOKS_WITHOUT_SIGN = 600;
/** The same for a lock whose text was never completed. */
const LOOKS_WITHOUT_HOLDER = 20;

/** The age at which the turn of a process that removes a lock counts as broken off. */
const TURN_MS = 10_000;

/** @typedef {{ pid: number, host: string, what: string, began: number }} Holder */

/** @type {Map<string, string>} the files of the locks that this process holds, with their text */
const held = new Map();
process.on('exit', () => {
  for (const file of held.keys()) letGo(file);
});

/**
 * Does `work` while no other process that names the same file does its own. A lock that a process left behind is taken over.
 *
 * @template T
 * @param {string} file
 * @param {{ print: (line: string) => void, what?: string, worthALineMs?: number }} options `what`: the command, for those that wait
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function oneAtATime(file, { print, what = commandName(), worthALineMs = WORTH_A_LINE_MS }, work) {
  mkdirSync(dirname(file), { recursive: true });
  await take(file, { print, what, worthALineMs });
  const life = setInterval(() => showLife(file), SIGN_OF_LIFE_MS);
  life.unref();
  try {
    return await work();
  } finally {
    clearInterval(life);
    letGo(file);
  }
}

/**
 * Returns the name of the command that this process runs, such as `npm start`.
 *
 * @param {string[]} argv the script and its words
 */
export function commandName(argv = process.argv.slice(1)) {
  const [script = '', ...words] = argv;
  const called = ['node', relative(root, script), ...words];
  /** @type {Record<string, string>} */
  const scripts = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).scripts;
  const found = Object.entries(scripts).find(([, line]) =>
    line
      .replace(/^exec /, '')
      .split(' ')
      .every((word, index) => word === called[index]),
  );
  if (!found) return called.slice(0, 2).join(' ');
  return ['start', 'test'].includes(found[0]) ? `npm ${found[0]}` : `npm run ${found[0]}`;
}

/**
 * @param {string} file
 * @param {{ print: (line: string) => void, what: string, worthALineMs: number }} options
 */
async function take(file, { print, what, worthALineMs }) {
  /** @type {Holder} */
  const me = { pid: process.pid, host: hostname(), what, began: Date.now() };
  const text = JSON.stringify(me);
  const since = performance.now();
  let isSaid = false;
  /** @type {string | undefined} */
  let seen;
  let looks = 0;
  while (!make(file, text)) {
    const found = look(file);
    looks = found?.state === seen ? looks + 1 : 0;
    seen = found?.state;
    if (found && (isGone(found.holder) || looks >= (found.holder ? LOOKS_WITHOUT_SIGN : LOOKS_WITHOUT_HOLDER))) {
      remove(file, found.state);
    } else {
      if (!isSaid && found?.holder && performance.now() - since >= worthALineMs) {
        isSaid = true;
        print(
          `Waiting for ${found.holder.what} (process ${found.holder.pid}), which sets up the same. Ctrl-C ends this.`,
        );
      }
      await sleep(BETWEEN_LOOKS_MS);
    }
  }
  held.set(file, text);
}

/**
 * Makes a file that is not there. Returns false if it is.
 *
 * @param {string} file
 * @param {string} text
 */
function make(file, text) {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    const { code } = asThrown(error);
    // Windows refuses a name whose file is being removed.
    if (code === 'EEXIST' || (process.platform === 'win32' && code === 'EPERM')) return false;
    throw error;
  }
}

/**
 * Returns what a lock says now, and a text that changes with each sign of life; `undefined` where there is no lock. Without a holder, its
 * text is not complete yet.
 *
 * @param {string} file
 * @returns {{ state: string, holder?: Holder } | undefined}
 */
function look(file) {
  try {
    const state = `${statSync(file).mtimeMs} ${readFileSync(file, 'utf8')}`;
    try {
      return { state, holder: JSON.parse(state.slice(state.indexOf(' '))) };
    } catch {
      return { state };
    }
  } catch (error) {
    if (asThrown(error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Returns true if no such process is there. After a restart, a container may give its processes the same numbers.
 *
 * @param {Holder | undefined} holder
 */
function isGone(holder) {
  if (!holder || holder.host !== hostname()) return false;
  if (holder.pid === process.pid) return ![...held.values()].includes(JSON.stringify(holder));
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return asThrown(error).code === 'ESRCH';
  }
}

/**
 * Removes a lock that was left behind, if it is still that one. Of several that wait, one does it at a time: the next would remove the
 * lock of the first.
 *
 * @param {string} file
 * @param {string} state
 */
function remove(file, state) {
  const turn = `${file}.turn`;
  if (!make(turn, '')) {
    // A turn takes no time: this one was broken off.
    if (isOld(turn)) rmSync(turn, { force: true });
    return;
  }
  try {
    if (look(file)?.state === state) rmSync(file, { force: true });
  } finally {
    rmSync(turn, { force: true });
  }
}

/** @param {string} file */
function isOld(file) {
  try {
    return statSync(file).mtimeMs < Date.now() - TURN_MS;
  } catch {
    return false;
  }
}

/** @param {string} file */
function showLife(file) {
  if (!isOwn(file)) return;
  const now = new Date();
  utimesSync(file, now, now);
}

/** @param {string} file */
function letGo(file) {
  if (isOwn(file)) rmSync(file, { force: true });
  held.delete(file);
}

/** @param {string} file */
function isOwn(file) {
  try {
    return readFileSync(file, 'utf8') === held.get(file);
  } catch {
    return false;
  }
}
