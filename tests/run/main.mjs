#!/usr/bin/env node
// `npm test`: sets up what is missing, then runs every tier of tests, or what the command line chooses.

import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp } from '../../scripts/setup/index.mjs';
import { BadChoice, choose, usage } from './choice.mjs';
import { parts } from './parts.mjs';
import { sum } from './tally.mjs';
import { tiers } from './tiers.mjs';

onSignal();

const { help, chosen } = choice(process.argv.slice(2));
if (help) {
  console.log(usage(tiers));
  process.exit(0);
}

let setup;
try {
  setup = await setUp(chosen.flatMap((tier) => tier.needs));
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}

const results = [];
/** The tiers that mostly wait, until the one beside which they run is through. */
let beside = [];
for (const [index, tier] of chosen.entries()) {
  if (tier.waits && index < chosen.length - 1) {
    const lines = [];
    beside.push({ tier, lines, done: attempt(tier, (line) => lines.push(line)) });
    continue;
  }
  console.log(`\n${titleOf(tier)}`);
  results.push(await attempt(tier, console.log));
  for (const { tier, lines, done } of beside) {
    const result = await done;
    console.log([`\n${titleOf(tier)}`, ...lines].join('\n'));
    results.push(result);
  }
  beside = [];
}

console.log('\n== summary');
for (const { name, isSample, all, seconds, passed, failed, why } of results) {
  const verdict = failed === 0 ? 'ok' : 'FAILED';
  const remark = why ?? (isSample && `a sample: ${all} is all`);
  console.log(
    `${name.padEnd(10)} ${verdict.padEnd(6)} ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s${remark ? ` (${remark})` : ''}`,
  );
}
const { passed, failed } = sum(results);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function choice(args) {
  try {
    return choose(args, { tiers, parts });
  } catch (error) {
    if (!(error instanceof BadChoice)) throw error;
    console.error(`${error.message}\n\n${usage(tiers)}`);
    process.exit(2);
  }
}

function titleOf({ name, what, isSample }) {
  return `== ${name}: ${what}${isSample ? ', a sample' : ''}`;
}

/** Runs a tier. One that cannot run has failed, and the others still run. */
async function attempt({ name, run, isSample, all }, log) {
  const began = performance.now();
  const tally = await run(setup, log).catch((error) => {
    log(error.message);
    return { passed: 0, failed: 1, why: 'it could not run' };
  });
  return { name, isSample, all, seconds: (performance.now() - began) / 1000, ...tally };
}
