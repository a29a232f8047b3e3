#!/usr/bin/env node
// `npm test`: sets up what is missing, then runs every tier of tests, or those that are named.

import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp } from '../../scripts/setup/index.mjs';
import { sum } from './tally.mjs';
import { tiers } from './tiers.mjs';

onSignal();

const names = process.argv.slice(2);
const unknown = names.filter((name) => !tiers.some((tier) => tier.name === name));
if (unknown.length > 0) {
  console.error(`There is no tier ${unknown.join(', ')}. Usage: npm test -- [TIER]...\nThe tiers are:`);
  for (const { name, what } of tiers) console.error(`  ${name.padEnd(10)} ${what}`);
  process.exit(2);
}
const chosen = tiers.filter(({ name }) => names.length === 0 || names.includes(name));

let setup;
try {
  setup = await setUp(chosen.flatMap((tier) => tier.needs));
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}

const results = [];
for (const { name, what, run } of chosen) {
  console.log(`\n== ${name}: ${what}`);
  const began = performance.now();
  const tally = await attempt(run);
  results.push({ name, seconds: (performance.now() - began) / 1000, ...tally });
}

console.log('\n== summary');
for (const { name, seconds, passed, failed, why } of results) {
  const verdict = failed === 0 ? 'ok' : 'FAILED';
  console.log(
    `${name.padEnd(10)} ${verdict.padEnd(6)} ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s${why ? ` (${why})` : ''}`,
  );
}
const { passed, failed } = sum(results);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** A tier that cannot even run has failed, and the others still run. */
async function attempt(run) {
  try {
    return await run(setup);
  } catch (error) {
    console.log(error.message);
    return { passed: 0, failed: 1, why: 'it could not run' };
  }
}
