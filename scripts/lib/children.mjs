// Servers that run beside this program: started, waited for, ended.

import { openSync, readFileSync } from 'node:fs';

import { logFile } from './exec.mjs';
import { endGroup, spawnGroup } from './processes.mjs';

/** How long a program may take to end by itself before it is ended at once. */
const PATIENCE_MS = 5000;

/** How many servers this process has started. */
let started = 0;

/**
 * Starts a program with its output in `target/logs/<log>-<this process>-<count>.log`: several may run at a time.
 *
 * Answers `{ pid, ready(check), broken, stop() }`. `ready` asks `check` until it answers something other than `undefined`, and fails
 * as soon as the program has ended or the time is over; both errors hold the end of the log.
 * `broken` is a promise of the sentence about a program that ended although nobody stopped it.
 */
export function startChild(name, program, args, { log, cwd, env }) {
  const file = logFile(`${log}-${process.pid}-${(started += 1)}`);
  const output = openSync(file, 'w');
  const child = spawnGroup(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(`did not start: ${error.message}`));
    child.on('exit', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
  });
  let outcome;
  let stopping = false;
  const broken = new Promise((resolve) => {
    void ended.then((how) => {
      outcome = how;
      if (!stopping) resolve(failed(how).message);
    });
  });

  const failed = (how) => new Error(`${name} ${how}. Its output is in ${file}; it ended with:\n${tailOf(file)}`);

  return {
    pid: child.pid,
    broken,
    async ready(check, { withinMs = 30_000 } = {}) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        if (outcome) throw failed(outcome);
        const answer = await check(readFileSync(file, 'utf8'));
        if (answer !== undefined) return answer;
        if (Date.now() > deadline) throw failed(`was not ready within ${withinMs / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 10));
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

function tailOf(file) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}
