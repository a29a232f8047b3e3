// Running a test runner: its output is shown as it comes and counted at the end.

import { run } from '../../scripts/lib/exec.mjs';
import { verdict } from './tally.mjs';

/** Runs a program. Answers the tier's tally; `count` makes it from the whole output. */
export async function runTests(program, args, { count, log, ...options }) {
  const lines = [];
  let runnerFailed = false;
  try {
    await run(program, args, {
      log: `test-${log}`,
      ...options,
      onLine(line) {
        lines.push(line);
        console.log(line);
      },
    });
  } catch (error) {
    runnerFailed = true;
    if (lines.length === 0) console.log(error.message);
  }
  return verdict(count(lines.join('\n')), { runnerFailed });
}
