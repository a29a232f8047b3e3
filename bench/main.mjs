#!/usr/bin/env node
// `npm run bench`: sets up what is missing, then measures. Prints each figure beside its baseline where there is one.

import { readOrExit } from '../scripts/lib/command-line.mjs';
import { asThrown } from '../scripts/lib/errors.mjs';
import { onSignal } from '../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../scripts/setup/index.mjs';

onSignal();

/** The longest time for all of it, without the set-up. */
const LIMIT_MINUTES = 15;

/**
 * By name: loads the function that yields the figures of a part.
 *
 * @typedef {import('./report.mjs').Figure} Figure
 * @typedef {(tools: import('./report.mjs').Tools) => Iterable<Figure> | AsyncIterable<Figure>} Measure
 * @type {Record<string, () => Promise<Measure>>}
 */
const PARTS = {
  sizes: async () => (await import('./sizes.mjs')).measureSizes,
  functions: async () => (await import('./functions.mjs')).measureFunctions,
  cold: async () => (await import('./cold.mjs')).measureColdStart,
  clock: async () => (await import('./clock.mjs')).measureClock,
  browser: async () => (await import('./browser.mjs')).measureBrowser,
  list: async () => (await import('./list.mjs')).measureList,
  team: async () => (await import('./team.mjs')).measureTeam,
  growth: async () => (await import('./growth.mjs')).measureGrowth,
};

const { words: wanted } = readOrExit(process.argv.slice(2), {
  command: 'npm run bench --',
  help: `Usage: npm run bench [-- PART...]
  PART    one of ${Object.keys(PARTS).join(', ')}; all of them unless one is named

Measures speed and size, beside the existing sequence of calls, for at most ${LIMIT_MINUTES} minutes.

Exit codes:
  0  measured
  1  a part could not be measured, or took too long
  2  the command line cannot be used`,
  example: 'npm run bench -- functions browser',
  docs: 'docs/performance.md',
  words: { what: 'part', most: Object.keys(PARTS).length, known: Object.keys(PARTS) },
});
try {
  const found = await setUp([...TO_RUN, 'Chromium']);
  process.exit(await measureAll(found));
} catch (error) {
  console.error(`\n${asThrown(error).stack}`);
  process.exit(1);
}

/**
 * Measures all wanted parts, also after one has failed. Returns the exit code.
 *
 * @param {{ browser: import('../scripts/setup/chromium.mjs').Browser }} found
 */
async function measureAll({ browser }) {
  // It imports packages that the set-up may have just installed.
  const { line, machine, report } = await import('./report.mjs');
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`.padStart(5);
  /** @param {string} text */
  const tell = (text) => console.log(`[${seconds()}] ${text}`);
  tell(`machine: ${machine()}`);

  let measuring = '';
  const late = setTimeout(() => {
    console.error(`\nMore than ${LIMIT_MINUTES} minutes have passed, and ${measuring} is not measured yet.`);
    process.exit(1);
  }, LIMIT_MINUTES * 60_000);
  /** @type {Figure[]} */
  const figures = [];
  /** @type {string[]} */
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
      console.error(`\nThe part ${name} failed: ${asThrown(error).stack}\n`);
      failed.push(name);
    }
  }
  clearTimeout(late);
  report(figures);
  tell(failed.length === 0 ? 'all is measured' : `not measured: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}
