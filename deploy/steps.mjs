// Doing one step after the other, each with a line before and after.

import { EXIT, exitCodeOf, explanation } from './outcome.mjs';

/**
 * A step returns the line that says what it did, or that line beside what it made for later steps.
 *
 * @typedef {string | { line: string }} Result
 */

/**
 * Does one step: prints its name and its line. Returns what the step returned.
 *
 * @typedef {<R extends Result>(name: string, run: () => R | Promise<R>) => Promise<R>} Step
 */

/**
 * Runs `work`, which does `count` steps in order. Returns the exit code: that of the first failure, after it has printed what to do
 * next.
 *
 * @param {number} count
 * @param {{ print: (line: string) => void, dryRun: boolean }} command
 * @param {(step: Step) => Promise<unknown>} work
 */
export async function inSteps(count, { print, dryRun }, work) {
  let begun = 0;
  /** @type {Step} */
  const step = async (name, run) => {
    begun += 1;
    print(`[${begun}/${count}] ${name}`);
    const result = await run();
    const line = typeof result === 'string' ? result : result.line;
    print(dryRun ? `  (dry run) ${line}` : `  ${line}`);
    return result;
  };
  try {
    await work(step);
    if (begun !== count) throw new Error(`did ${begun} steps, expected ${count}`);
  } catch (error) {
    print(`  FAILED: ${explanation(error)}`);
    if (begun > 1 && !dryRun) print(`Steps 1 to ${begun - 1} are done. Run the command again to go on from there.`);
    return exitCodeOf(error);
  }
  if (dryRun) print('Nothing was changed.');
  return EXIT.done;
}
