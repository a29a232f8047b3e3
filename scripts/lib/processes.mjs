// Starting processes so that none outlives this one. Each gets a process group of its own, and is ended with all that
// it started: cargo's compilers, npm's children.

import { spawn } from 'node:child_process';

import { asThrown } from './errors.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {Set<ChildProcess>} */
const running = new Set();

process.on('exit', () => {
  for (const child of running) endGroup(child, 'SIGKILL');
});

/**
 * Starts a program like `spawn`. It ends with this process at the latest.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {ChildProcess}
 */
export function spawnGroup(program, args, options) {
  const child = spawn(program, args, { ...options, detached: true });
  running.add(child);
  for (const event of ['exit', 'error']) child.once(event, () => running.delete(child));
  return child;
}

/**
 * Sends a signal to a process and everything below it.
 *
 * @param {ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
export function endGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // The group has ended by itself.
    if (asThrown(error).code !== 'ESRCH') throw error;
  }
}

/**
 * What a signal does. `stop` may return the exit code, in place of that in `codes`.
 *
 * @typedef {{ stop: (signal: NodeJS.Signals) => Promise<number | void>, codes: Record<string, number> }} Ending
 */

/** @type {Ending | undefined} */
let ending;

/**
 * Lets Ctrl-C, SIGTERM and SIGHUP run `stop` once and then end this process with the exit code in `codes`. A later call replaces an
 * earlier one.
 *
 * @param {Ending['stop']} [stop]
 * @param {Ending['codes']} [codes] by the signal's name
 */
export function onSignal(stop = async () => {}, codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }) {
  const isFirst = ending === undefined;
  ending = { stop, codes };
  if (!isFirst) return;
  let isEnding = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, async () => {
      if (isEnding) return;
      isEnding = true;
      // It is there: this call has set it.
      const { stop, codes } = /** @type {Ending} */ (ending);
      process.exit((await stop(signal)) ?? codes[signal]);
    });
  }
}
