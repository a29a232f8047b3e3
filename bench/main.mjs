#!/usr/bin/env node
// `npm run bench`: sets up what is missing, then measures, each figure beside its baseline where there is one.

import { onSignal } from '../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../scripts/setup/index.mjs';

onSignal();

/** What an owner may wait for all of it, the set-up left out. */
const LIMIT_MINUTES = 10;

/** Each part takes the browser's programs and `tell`, to which it says what it begins with, and yields its figures. */
const PARTS = {
  sizes: async () => (await import('./sizes.mjs')).measureSizes,
  functions: async () => (await import('./functions.mjs')).measureFunctions,
  cold: async () => (await import('./cold.mjs')).measureColdStart,
  browser: async () => (await import('./browser.mjs')).measureBrowser,
  growth: async () => (await import('./growth.mjs')).measureGrowth,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. Usage: npm run bench [-- ${Object.keys(PARTS).join(' ')}]`);
  process.exit(2);
}
try {
  const found = await setUp([...TO_RUN, 'Chromium']);
  process.exit(await measureAll(found));
} catch (error) {
  console.error(`\n${error.stack}`);
  process.exit(1);
}

/** Answers the exit code: a part that fails does not keep the others from being measured. */
async function measureAll({ browser }) {
  // It needs packages that the set-up may have had to provide first.
  const { line, machine, report } = await import('./report.mjs');
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`.padStart(5);
  const tell = (text) => console.log(`[${seconds()}] ${text}`);
  tell(`machine: ${machine()}`);

  let measuring;
  const late = setTimeout(() => {
    console.error(`\nMore than ${LIMIT_MINUTES} minutes have passed, and ${measuring} is not measured yet.`);
    process.exit(1);
  }, LIMIT_MINUTES * 60_000);
  const figures = [];
  const failed = [];
  for (const [name, load] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    measuring = name;
    try {
      const measure = await load();
      for await (const figure of measure({ browser, tell: (what) => tell(`${name}: ${what}`) })) {
        figures.push(figure);
        tell(line(figure));
      }
    } catch (error) {
      console.error(`\nThe part ${name} failed: ${error.stack}\n`);
      failed.push(name);
    }
  }
  clearTimeout(late);
  report(figures);
  tell(failed.length === 0 ? 'all is measured' : `not measured: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}
