#!/usr/bin/env node
// `npm run check:faults`: sets up what is missing, then lets every remote call of the Functions go wrong.

import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';

onSignal();

const options = process.argv.slice(2);
const unknown = options.filter((option) => option !== '--all');
if (unknown.length > 0) {
  console.error(`There is no option ${unknown.join(', ')}. Usage: npm run check:faults [-- --all]`);
  process.exit(2);
}
try {
  await setUp(TO_RUN);
  // It needs packages that the set-up may have had to provide first.
  const { checkFaults } = await import('./check.mjs');
  const { failed } = await checkFaults({ all: options.includes('--all') });
  process.exit(failed === 0 ? 0 : 1);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
