#!/usr/bin/env node
// `npm run bench`: sets up what is missing, then measures, each figure beside its baseline where there is one.

import { onSignal } from '../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../scripts/setup/index.mjs';

onSignal();

const SECTIONS = {
  sizes: async () => (await import('./sizes.mjs')).measureSizes(),
  functions: async () => (await import('./functions.mjs')).measureFunctions(),
  growth: async () => (await import('./functions.mjs')).measureGrowth(),
  cold: async () => (await import('./cold.mjs')).measureColdStart(),
  browser: async (found) => (await import('./browser.mjs')).measureBrowser(found),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SECTIONS));
if (unknown.length > 0) {
  console.error(
    `There is no section ${unknown.join(', ')}. Usage: npm run bench [-- ${Object.keys(SECTIONS).join(' ')}]`,
  );
  process.exit(2);
}
try {
  const found = await setUp([...TO_RUN, 'Chromium']);
  // It needs packages that the set-up may have had to provide first.
  const { machine, report } = await import('./report.mjs');
  console.log(`machine: ${machine()}`);
  const figures = [];
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`measuring: ${name}`);
    figures.push(...(await measure(found)));
  }
  report(figures);
} catch (error) {
  console.error(`\n${error.stack}`);
  process.exit(1);
}
