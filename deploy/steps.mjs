// Doing one step after the other, each with a line before and after.

import { EXIT, explanation } from './outcome.mjs';

/**
 * Runs `steps`, each `{ name, run(state) }`, in order. `run` answers the line that says what came of it, and may put into `state`
 * what later steps need.
 *
 * Ends with the exit code of the first failure, after saying what to do next.
 */
export async function runSteps(steps, state) {
  const { print, dryRun } = state;
  for (const [index, { name, run }] of steps.entries()) {
    print(`[${index + 1}/${steps.length}] ${name}`);
    try {
      const line = await run(state);
      print(dryRun ? `  (dry run) ${line}` : `  ${line}`);
    } catch (error) {
      print(`  FAILED: ${explanation(error)}`);
      if (index > 0 && !dryRun) print(`Steps 1 to ${index} are done. Run the command again to go on from there.`);
      return Object.values(EXIT).includes(error.code) ? error.code : EXIT.failed;
    }
  }
  if (dryRun) print('Nothing was changed.');
  return EXIT.done;
}
