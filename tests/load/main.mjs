#!/usr/bin/env node
// `npm run check:load`: sets up what is missing, then parks and wakes many conversations at a steady rate. With `--appointments N`,
// N conversations come back at times within a minute instead.

import { parseArgs } from 'node:util';

import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';

const USAGE = 'Usage: npm run check:load [-- --conversations N --rate R --no-limits | --appointments N --rate R]';
/** The longest run, in minutes. */
const MINUTES = 30;

onSignal();

/** @type {{ appointments?: number, conversations: number, rate: number, limits: object | null, minutes: number }} */
let options;
try {
  const { values } = parseArgs({
    options: {
      conversations: { type: 'string', default: '2000' },
      appointments: { type: 'string' },
      rate: { type: 'string', default: '50' },
      'no-limits': { type: 'boolean', default: false },
    },
  });
  options = {
    appointments: values.appointments ? wholeNumber('appointments', values.appointments) : undefined,
    conversations: wholeNumber('conversations', values.conversations),
    rate: wholeNumber('rate', values.rate),
    limits: values['no-limits'] ? null : {},
    minutes: MINUTES,
  };
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exit(2);
}

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

function wholeNumber(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name}: expected a whole number of at least 1, not ${text}.`);
  return Number(text);
}
