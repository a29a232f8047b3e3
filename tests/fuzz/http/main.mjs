#!/usr/bin/env node
// `npm run check:bodies`: sends mutated HTTP bodies to the real Functions for as long as you like.

import { CHECK_EXIT_CODES, readOrExit } from '../../../scripts/lib/command-line.mjs';
import { onSignal } from '../../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../../scripts/setup/index.mjs';

const AT_ONCE = 200;

onSignal();

const NUMBER = {
  type: /** @type {const} */ ('string'),
  expected: 'a whole number',
  accepts: (text) => /^\d+$/.test(text),
};

const options = readOrExit(
  process.argv.slice(2),
  {
    command: 'npm run check:bodies --',
    help: `Usage: npm run check:bodies [-- --count N --seed S]
  --count N  so many bodies (default: 20000)
  --seed S   the seed of the mutations (default: from the clock)
  --help     this text

${CHECK_EXIT_CODES}`,
    example: 'npm run check:bodies -- --count 1000 --seed 7',
    docs: 'tests/fuzz/README.md',
    options: { count: NUMBER, seed: NUMBER },
  },
  ({ values }) => ({ count: Number(values.count ?? 20_000), seed: Number(values.seed ?? Date.now() % 1_000_000) }),
);

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
