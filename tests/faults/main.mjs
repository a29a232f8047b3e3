#!/usr/bin/env node
// `npm run check:faults`: sets up what is missing, then runs every operation with every fault of every remote call.

import { CHECK_EXIT_CODES, WrongUse, readOrExit } from '../../scripts/lib/command-line.mjs';
import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';

onSignal();

const options = readOrExit(
  process.argv.slice(2),
  {
    command: 'npm run check:faults --',
    help: `Usage: npm run check:faults [-- --all | --only PATTERN]
  --all           every call with every kind of fault; otherwise each call with one kind
  --only PATTERN  the faults whose line 'OPERATION, CALL, KIND', as printed for a lost one, contains or matches this
  --help          this text

${CHECK_EXIT_CODES}`,
    example: "npm run check:faults -- --only '^park, POST sync .*, 503$'",
    docs: 'docs/architecture.md#tests',
    options: { all: { type: 'boolean' }, only: { type: 'string', expected: 'a regular expression' } },
  },
  ({ values }) => {
    checkPattern(values.only);
    return values;
  },
);
try {
  await setUp(TO_RUN);
  // Imported late, because it needs packages that the set-up provides.
  const { checkFaults } = await import('./check.mjs');
  const { failed } = await checkFaults(options);
  process.exit(failed === 0 ? 0 : 1);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}

function checkPattern(pattern) {
  if (pattern === undefined) return;
  try {
    new RegExp(pattern);
  } catch (error) {
    throw new WrongUse(`--only ${pattern}: ${error.message}`);
  }
}
