#!/usr/bin/env node
// `npm run check:upgrade`: sets up what is missing, then upgrades, rolls back and removes while agents park and customers write.

import { CHECK_EXIT_CODES, readOrExit } from '../../scripts/lib/command-line.mjs';
import { inRoot, made } from '../../scripts/lib/paths.mjs';
import { onSignal, spawnGroup } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';
import { ORDERS } from './orders.mjs';

const COUNT = {
  type: /** @type {const} */ ('string'),
  expected: 'a whole number of at least 1',
  accepts: (text) => /^[1-9]\d*$/.test(text),
};
const NAMES = [...Object.keys(ORDERS), 'abandoned'];

onSignal();

const { order, conversations, rate } = readOrExit(
  process.argv.slice(2),
  {
    command: 'npm run check:upgrade --',
    help: `Usage: npm run check:upgrade [-- --order NAME --conversations N --rate R]
  --order NAME       runs this order alone: ${NAMES.join(', ')}. The last one removes the Functions although
                     conversations are parked, and must fail: it is not among those that run without this option
  --conversations N  so many customers (default: 24)
  --rate R           so many messages of customers in a second (default: 4)
  --help             this text

${CHECK_EXIT_CODES}`,
    example: "npm run check:upgrade -- --order 'there and back'",
    docs: 'docs/upgrade.md',
    options: { order: { type: 'string', known: NAMES }, conversations: COUNT, rate: COUNT },
  },
  ({ values }) => ({
    order: values.order === undefined ? undefined : String(values.order),
    conversations: Number(values.conversations ?? 24),
    rate: Number(values.rate ?? 4),
  }),
);

try {
  await setUp([...TO_RUN, 'Wasm for the owner', 'flex-config']);
  process.exit(await run({ order, conversations, rate }));
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}

/** Runs the check in a process that reaches the simulator as if it were Twilio. Returns its exit code. */
function run(how) {
  const hook = ['--require', inRoot('scripts', 'loopback-hook.cjs')];
  const child = spawnGroup(process.execPath, [...hook, inRoot('tests', 'upgrade', 'run.mjs'), JSON.stringify(how)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_EXTRA_CA_CERTS: made.tls().cert },
  });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve(code ?? 1)));
}
