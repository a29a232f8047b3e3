// Running a test runner: its output is shown as it comes and counted at the end.

import { run } from '../../scripts/lib/exec.mjs';
import { verdict } from './tally.mjs';

/** Runs a program and returns the tier's tally, which `count` makes from the whole output. Lines that match `hidden` are not shown. */
export async function runTests(program, args, { count, log, hidden, ...options }) {
  const lines = [];
  let runnerFailed = false;
  try {
    await run(program, args, {
      log: `test-${log}`,
      ...options,
      onLine(line) {
        lines.push(line);
        if (!hidden?.test(line)) console.log(line);
      },
    });
  } catch (error) {
    runnerFailed = true;
    if (lines.length === 0) console.log(error.message);
  }
  return verdict(count(lines.join('\n')), { runnerFailed });
}
