// Running a test runner: its output is shown as it comes and counted at the end.

import { run } from '../../scripts/lib/exec.mjs';
import { verdict } from './tally.mjs';

/**
 * Runs a program and returns the tier's tally.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {object} options
 * @param {(output: string) => { passed: number, failed: number }} options.count makes the tally from the whole output
 * @param {string} options.log the name of the log file
 * @param {RegExp} [options.hidden] matches lines that are not shown
 * @param {NodeJS.ProcessEnv} [options.env] variables beside those of this process
 */
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
