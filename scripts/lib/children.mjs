// Servers that run beside this program: started, waited for, ended.

import { openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { logFile } from './exec.mjs';
import { endGroup, spawnGroup } from './processes.mjs';

/** The time that a program has to end after SIGTERM before it gets SIGKILL. */
const PATIENCE_MS = 5000;

/** The interval at which a started program is checked. */
const BETWEEN_LOOKS_MS = 10;

/** The number of servers that this process has started. */
let started = 0;

/**
 * A server that runs beside this program.
 *
 * @typedef {object} Child
 * @property {number | undefined} pid
 * @property {Promise<string>} broken a sentence about a program that ended although nobody stopped it
 * @property {<T>(check: (output: string) => T | undefined | Promise<T | undefined>, limit?: { withinMs?: number }) => Promise<T>} ready
 *   calls `check` with the output so far until it returns something other than `undefined`. Fails when the program has ended or the
 *   time is over; the error holds the end of the log
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a program with its output in `target/logs/<log>-<this process>-<count>.log`: several may run at a time.
 *
 * @param {string} name
 * @param {string} program
 * @param {string[]} args
 * @param {{ log: string, cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Child}
 */
export function startChild(name, program, args, { log, cwd, env }) {
  const file = logFile(`${log}-${process.pid}-${(started += 1)}`);
  const output = openSync(file, 'w');
  const child = spawnGroup(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(`did not start: ${error.message}`));
    child.on('exit', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
  });
  /** @type {string | undefined} */
  let outcome;
  let stopping = false;
  /** @type {Promise<string>} */
  const broken = new Promise((resolve) => {
    void ended.then((how) => {
      outcome = how;
      if (!stopping) resolve(failed(how).message);
    });
  });

  /** @param {string} how */
  const failed = (how) => new Error(`${name} ${how}. Its output is in ${file}; it ended with:\n${tailOf(file)}`);

  return {
    pid: child.pid,
    broken,
    async ready(check, { withinMs = 30_000 } = {}) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        if (outcome) throw failed(outcome);
        const found = await check(readFileSync(file, 'utf8'));
        if (found !== undefined) return found;
        if (Date.now() > deadline) throw failed(`was not ready within ${withinMs / 1000} s`);
        await sleep(BETWEEN_LOOKS_MS);
      }
    },
    async stop() {
      if (outcome) return;
      stopping = true;
      endGroup(child, 'SIGTERM');
      const late = setTimeout(() => endGroup(child, 'SIGKILL'), PATIENCE_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

/** @param {string} file */
function tailOf(file) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}
