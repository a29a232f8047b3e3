// Parts of tiers: how the chosen tests of a tier are run. A tier that is not here runs as a whole only.

import { browserTests } from './browser.mjs';
import { nodeTestFiles, nodeTests } from './node.mjs';
import { nativeFiles, nativePart, wasmFiles, wasmPart } from './rust.mjs';
import { runTests } from './runner.mjs';
import { tallyModel } from './tally.mjs';

/**
 * By the name of the tier: `run({ files, name }, setup)` runs the tests in `files` whose name matches `name`, either of which may be
 * missing, and returns the tally. `files()` lists the files to choose from; the tests of a tier without it are not in files.
 */
export const parts = {
  scripts: nodePart('scripts'),
  native: { files: nativeFiles, run: nativePart },
  model: { run: modelPart },
  wasm: { files: wasmFiles, run: wasmPart },
  simulator: nodePart('simulator'),
  'flex-config': nodePart('flex-config'),
  functions: nodePart('functions'),
  deploy: nodePart('deploy'),
  faults: { run: faultsPart },
  readings: { run: readingsPart },
  browser: { files: () => nodeTestFiles('browser'), run: (part, { browser }) => browserTests(browser, part) },
};

function nodePart(folder) {
  return { files: () => nodeTestFiles(folder), run: (part) => nodeTests(folder, part) };
}

/** Scenarios whose name begins with `name`. */
function modelPart({ name }) {
  const command = ['run', '--silent', 'check:model', '--', '--only', name];
  return runTests('npm', command, { log: 'model-part', count: tallyModel });
}

// The checks need packages that the set-up may have to provide first.

async function faultsPart({ name }) {
  const { checkFaults } = await import('../faults/check.mjs');
  return checkFaults({ only: name });
}

async function readingsPart({ name }) {
  const { checkReadings } = await import('../readings/check.mjs');
  const { readingsOf } = await import('../readings/combinations.mjs');
  return checkReadings({ only: { readings: readingsOf(name), seed: 0 } });
}
