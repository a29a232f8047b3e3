#!/usr/bin/env node
// `npm run check:bodies`: sends mutated HTTP bodies to the real Functions for as long as you like.

import { parseArgs } from 'node:util';

import { onSignal } from '../../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../../scripts/setup/index.mjs';

const USAGE = 'Usage: npm run check:bodies [-- --count N --seed S]';
const AT_ONCE = 200;

onSignal();

let options;
try {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  options = { count: wholeNumber('count', values.count), seed: wholeNumber('seed', values.seed) };
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exit(2);
}

try {
  await setUp(TO_RUN);
  // It needs packages that the set-up may have had to provide first.
  const { openDesk } = await import('../../functions/support.mjs');
  const { sendBodies } = await import('./run.mjs');
  const desk = await openDesk();
  await desk.begin();
  const wrong = [];
  for (let first = 0; first < options.count; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, options.count - first);
    wrong.push(...(await sendBodies(desk, { count, seed: options.seed, first })));
  }
  await desk.stop();
  for (const one of wrong) console.log(JSON.stringify(one));
  console.log(
    `bodies: ${options.count} sent with seed ${options.seed}, ${wrong.length} not answered as they should be`,
  );
  process.exit(wrong.length === 0 ? 0 : 1);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}

function wholeNumber(name, text) {
  if (!/^\d+$/.test(text)) throw new Error(`--${name}: expected a whole number, not ${text}.`);
  return Number(text);
}
