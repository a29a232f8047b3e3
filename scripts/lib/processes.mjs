// Starting processes so that none outlives this one. Each gets a process group of its own, and is ended with all that
// it started: cargo's compilers, npm's children.

import { spawn } from 'node:child_process';

const running = new Set();

process.on('exit', () => {
  for (const child of running) endGroup(child, 'SIGKILL');
});

/** Like `spawn`, and ended with this process at the latest. */
export function spawnGroup(program, args, options) {
  const child = spawn(program, args, { ...options, detached: true });
  running.add(child);
  for (const event of ['exit', 'error']) child.once(event, () => running.delete(child));
  return child;
}

/** Sends a signal to a process and everything below it. */
export function endGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // The group has gone already, which is what was wanted.
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Ctrl-C, and being told to end, run `stop` once and then end this process with the code that `codes` gives the signal. */
export function onSignal(stop = async () => {}, codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }) {
  let ending = false;
  for (const [signal, code] of Object.entries(codes)) {
    process.on(signal, async () => {
      if (ending) return;
      ending = true;
      await stop();
      process.exit(code);
    });
  }
}
