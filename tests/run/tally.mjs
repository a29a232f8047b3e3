// Counting tests from what each test runner prints.

/** Counts from the line that `cargo test` and wasm-bindgen's test runner print at the end of each test program. */
export function tallyCargo(output) {
  return sum(
    [...output.matchAll(/^test result: .*? (\d+) passed; (\d+) failed;/gm)].map(([, passed, failed]) => ({
      passed: Number(passed),
      failed: Number(failed),
    })),
  );
}

/** Counts from the lines of the model checker: one for each scenario and each step that is broken on purpose. */
export function tallyModel(output) {
  const count = (pattern) => output.match(pattern)?.length ?? 0;
  return { passed: count(/^ok: /gm), failed: count(/^(?:BROKEN|NOT CAUGHT): /gm) };
}

/** Counts from the summary of `node --test`. A cancelled test did not pass; a skipped one or a to-do counts as neither. */
export function tallyNode(output) {
  const count = (what) => Number(new RegExp(`^(?:ℹ|#) ${what} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  return { passed: count('pass'), failed: count('fail') + count('cancelled') };
}

/** Counts from the statistics of Playwright's JSON report. A test that passed only when repeated did not pass. */
export function tallyPlaywright({ stats }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
}

/** Adds several tallies up. */
export function sum(tallies) {
  return tallies.reduce((all, { passed, failed }) => ({ passed: all.passed + passed, failed: all.failed + failed }), {
    passed: 0,
    failed: 0,
  });
}

/** Returns the tally to report: no test at all is a failure, and so is a runner that fails although no test did. */
export function verdict({ passed, failed }, { runnerFailed }) {
  if (failed > 0) return { passed, failed };
  if (runnerFailed) return { passed, failed: 1, why: 'the test runner itself failed' };
  if (passed === 0) return { passed, failed: 1, why: 'no test was executed' };
  return { passed, failed };
}
