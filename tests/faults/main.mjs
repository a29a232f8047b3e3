#!/usr/bin/env node
// `npm run check:faults`: sets up what is missing, then runs every operation with every fault of every remote call.

import { parseArgs } from 'node:util';

import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';

onSignal();

const USAGE = `Usage: npm run check:faults [-- --all | --only PATTERN]
  --all           every call with every kind of fault; otherwise each call with one kind
  --only PATTERN  the faults whose line 'OPERATION, CALL, KIND', as printed for a lost one, contains or matches this
  --help          this text`;

const options = read();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
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

function read() {
  try {
    const { values } = parseArgs({
      options: { all: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.only) new RegExp(values.only);
    return values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}
