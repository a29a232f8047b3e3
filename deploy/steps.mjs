// Doing one step after the other, each with a line before and after.

import { onSignal } from '../scripts/lib/processes.mjs';
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
  let doing = '';
  onSignal(async () => print(interrupted({ begun, count, doing, dryRun })));
  /** @type {Step} */
  const step = async (name, run) => {
    begun += 1;
    doing = name;
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
    if (begun > 1 && !dryRun) print(`${doneBefore(begun)} Run the command again to go on from there.`);
    const code = exitCodeOf(error);
    // With that code, nothing was changed.
    return code === EXIT.wrongUse && begun > 1 ? EXIT.failed : code;
  }
  if (dryRun) print('Nothing was changed.');
  return EXIT.done;
}

/** @param {number} begun the number of the step that is not done */
const doneBefore = (begun) => (begun === 2 ? 'Step 1 is done.' : `Steps 1 to ${begun - 1} are done.`);

/**
 * Returns what is done and what goes on after Ctrl-C.
 *
 * @param {{ begun: number, count: number, doing: string, dryRun: boolean }} state
 */
export function interrupted({ begun, count, doing, dryRun }) {
  if (dryRun || begun === 0) return 'Interrupted: nothing was changed.';
  const before = begun > 1 ? ` ${doneBefore(begun)}` : '';
  return (
    `Interrupted in step ${begun} of ${count}, ${doing}.${before} What Twilio and the Functions have begun goes on by itself, ` +
    'such as routing to agents. Run the command again to go on from there.'
  );
}
