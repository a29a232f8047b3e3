#!/usr/bin/env node
// `npm start`: sets up what is missing, then runs the product on this machine until Ctrl-C.

import { parseArgs } from 'node:util';

import { openInBrowser } from './lib/open.mjs';
import { onSignal } from './lib/processes.mjs';
import { startStack } from './lib/stack.mjs';
import { TO_RUN, setUp } from './setup/index.mjs';

const USAGE = `Usage: npm start -- [--no-open] [--port PORT]
  --no-open    do not open the first page in a browser
  --port PORT  the port of the pages on 127.0.0.1 (default: a free one)`;

let stack;
onSignal(
  async () => {
    console.log('\nEnding.');
    await stack?.stop();
  },
  { SIGINT: 0, SIGTERM: 0, SIGHUP: 0 },
);

const { open, port } = options(process.argv.slice(2));
try {
  await setUp(TO_RUN);
  stack = await startStack({ port });
  const pages = addresses(stack);
  console.log('\nThe contact centre is open. Any browser on this machine opens its pages:');
  for (const { who, address } of pages) console.log(`  ${who.padEnd(26)} ${address}`);
  console.log('Ctrl-C ends it.\n');
  if (open) openInBrowser(pages[0].address);
  console.log(`ready: ${pages[0].address}`);
  fail(await stack.broken);
} catch (error) {
  fail(error.message);
}

function options(args) {
  try {
    const { values } = parseArgs({
      args,
      options: { 'no-open': { type: 'boolean' }, port: { type: 'string', default: '0' } },
    });
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65535) {
      throw new Error(`--port ${values.port} is not a port: expected a number from 0 to 65535`);
    }
    return { open: !values['no-open'], port: Number(values.port) };
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function addresses({ simulatorUrl, facts }) {
  return [
    ...facts.agents.map(({ name, url }) => ({ who: `${name}'s desktop`, address: new URL(url, simulatorUrl).href })),
    { who: 'the customers', address: new URL('/customer', simulatorUrl).href },
  ];
}

/** Whatever still runs ends with this process. */
function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}
