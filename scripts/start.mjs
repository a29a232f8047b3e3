#!/usr/bin/env node
// `npm start`: sets up what is missing, then runs the product on this machine until Ctrl-C.

import { parseArgs } from 'node:util';

import { messageOf } from './lib/errors.mjs';
import { openInBrowser } from './lib/open.mjs';
import { onSignal } from './lib/processes.mjs';
import { readingsOf } from './lib/readings.mjs';
import { startStack } from './lib/stack.mjs';
import { TO_RUN, setUp } from './setup/index.mjs';

const USAGE = `Usage: npm start -- [--no-open] [--port PORT] [--reading NAME=VALUE]... [--readings FILE]
  --no-open             do not open the first page in a browser
  --port PORT           the port of the pages on 127.0.0.1 (default: a free one)
  --reading NAME=VALUE  how Twilio is taken to behave where that is unknown (see simulator/README.md)
  --readings FILE       the same from a JSON file: an object of names and values, or the report of npm run verify:account;
                        what was not asked stays the default
  --help                this text`;

/** @type {import('./lib/stack.mjs').Stack | undefined} */
let stack;
onSignal(
  async () => {
    console.log('\nEnding.');
    await stack?.stop();
  },
  { SIGINT: 0, SIGTERM: 0, SIGHUP: 0 },
);

const { help, open, port, readings } = options(process.argv.slice(2));
if (help) {
  console.log(USAGE);
  process.exit(0);
}
try {
  await setUp(TO_RUN);
  stack = await startStack({ port, readings });
  const pages = addresses(stack);
  console.log('\nThe contact centre is open. Any browser on this machine opens its pages:');
  for (const { who, address } of pages) console.log(`  ${who.padEnd(26)} ${address}`);
  console.log('Ctrl-C ends it.\n');
  if (open) openInBrowser(pages[0].address);
  console.log(`ready: ${pages[0].address}`);
  fail(await stack.broken);
} catch (error) {
  fail(messageOf(error));
}

/** @param {string[]} args */
function options(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        'no-open': { type: 'boolean' },
        port: { type: 'string', default: '0' },
        reading: { type: 'string', multiple: true, default: [] },
        readings: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return { help: true };
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65535) {
      throw new Error(`--port ${values.port} is not a port: expected a number from 0 to 65535`);
    }
    const readings = { ...(values.readings && readingsOf(values.readings)), ...named(values.reading) };
    return { open: !values['no-open'], port: Number(values.port), readings };
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

/**
 * Reads settings such as `replay=exclusive`.
 *
 * @param {string[]} settings
 * @returns {Record<string, string>}
 */
function named(settings) {
  const pairs = settings.map((setting) => {
    const [name, value] = setting.split('=', 2);
    if (!value) throw new Error(`--reading ${setting} is not a reading: expected NAME=VALUE`);
    return [name, value];
  });
  return Object.fromEntries(pairs);
}

/**
 * Returns the pages with their addresses.
 *
 * @param {import('./lib/stack.mjs').Stack} stack
 */
function addresses({ simulatorUrl, facts }) {
  return [
    ...facts.agents.map(({ name, url }) => ({ who: `${name}'s desktop`, address: new URL(url, simulatorUrl).href })),
    { who: 'the customers', address: new URL('/customer', simulatorUrl).href },
  ];
}

/**
 * Ends this process, and with it all that it started.
 *
 * @param {string} message
 */
function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}
