#!/usr/bin/env node
// `npm run check:load`: sets up what is missing, then parks and wakes many conversations at a steady rate. With `--appointments N`,
// N conversations come back at times within a minute instead.

import { CHECK_EXIT_CODES, readOrExit } from '../../scripts/lib/command-line.mjs';
import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';

/** The longest run, in minutes. */
const MINUTES = 30;

onSignal();

const COUNT = {
  type: /** @type {const} */ ('string'),
  expected: 'a whole number of at least 1',
  accepts: (text) => /^[1-9]\d*$/.test(text),
};

const options = readOrExit(
  process.argv.slice(2),
  {
    command: 'npm run check:load --',
    help: `Usage: npm run check:load [-- --conversations N --rate R --no-limits | --appointments N --rate R]
  --conversations N  parks and wakes so many conversations (default: 2000)
  --rate R           so many a second (default: 50)
  --no-limits        without Twilio's limits
  --appointments N   so many conversations come back at times within a minute instead
  --help             this text

${CHECK_EXIT_CODES}`,
    example: 'npm run check:load -- --conversations 500 --rate 20',
    docs: 'docs/performance.md',
    options: { conversations: COUNT, appointments: COUNT, rate: COUNT, 'no-limits': { type: 'boolean' } },
  },
  ({ values }) => ({
    appointments: values.appointments === undefined ? undefined : Number(values.appointments),
    conversations: Number(values.conversations ?? 2000),
    rate: Number(values.rate ?? 50),
    limits: values['no-limits'] ? null : {},
    minutes: MINUTES,
  }),
);

try {
  await setUp(TO_RUN);
  // Imported late, because it needs packages that the set-up provides.
  const { checkLoad } = await import('./check.mjs');
  const { checkDue } = await import('./due.mjs');
  const { appointments, rate } = options;
  const { passed, failed } = await (appointments
    ? checkDue({ appointments, rate, withinMs: 60_000 })
    : checkLoad(options));
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
