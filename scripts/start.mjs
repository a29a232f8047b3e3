#!/usr/bin/env node
// `npm start`: sets up what is missing, then runs the product on this machine until Ctrl-C.

import { WrongUse, didYouMean, readOrExit } from './lib/command-line.mjs';
import { messageOf } from './lib/errors.mjs';
import { openInBrowser } from './lib/open.mjs';
import { onSignal } from './lib/processes.mjs';
import { READINGS, readingsOf } from './lib/readings.mjs';
import { noteRunning } from './lib/running.mjs';
import { checkPort, startStack } from './lib/stack.mjs';
import { keepTokens } from './lib/tokens.mjs';
import { TO_RUN, setUp } from './setup/index.mjs';
import { debianPackages } from './setup/packages.mjs';
import { provideTls } from './setup/tls.mjs';

const HELP = `Usage: npm start -- [--no-open] [--no-build] [--port PORT] [--reading NAME=VALUE]... [--readings FILE]
  --no-open             do not open the first page in a browser
  --no-build            start what was built before, such as in the container: nothing is installed or compiled
  --port PORT           the port of the pages on 127.0.0.1 (default: a free one)
  --reading NAME=VALUE  how Twilio is taken to behave where that is unknown (see simulator/README.md)
  --readings FILE       the same from a JSON file: an object of names and values, or the report of npm run verify:account;
                        what was not asked stays the default
  --help                this text

Runs until Ctrl-C. The owner's commands work on it with --simulator, such as npm run parked -- list --simulator.

Exit codes:
  0  ended by Ctrl-C
  1  something could not be set up or started, or has ended by itself: the message says what
  2  the command line cannot be used`;

/** @type {import('./lib/command-line.mjs').Usage} */
const USAGE = {
  command: 'npm start --',
  help: HELP,
  example: 'npm start -- --port 8080 --no-open',
  docs: 'README.md#two-commands',
  options: {
    'no-open': { type: 'boolean' },
    'no-build': { type: 'boolean' },
    port: {
      type: 'string',
      expected: 'a number from 0 to 65535',
      accepts: (port) => /^\d{1,5}$/.test(port) && Number(port) <= 65535,
    },
    reading: {
      type: 'string',
      multiple: true,
      expected: 'NAME=VALUE, such as replay=exclusive',
      accepts: (setting) => /^[^=]+=./.test(setting),
    },
    readings: { type: 'string', expected: 'the name of a file' },
  },
};

/** Commands for a first look at the owner's side. */
const TO_TRY = [
  'npm run parked -- list --names --simulator',
  `npm run flex-config -- set reasons '["Waiting for parts"]' --simulator`,
  'npm run doctor -- --simulator',
];

/** @type {import('./lib/stack.mjs').Stack | undefined} */
let stack;
onSignal(
  async () => {
    console.log('\nEnding.');
    await stack?.stop();
  },
  { SIGINT: 0, SIGTERM: 0, SIGHUP: 0 },
);

const { open, build, port, readings } = readOrExit(process.argv.slice(2), USAGE, options);
try {
  await checkPort(port);
  if (build) await setUp(TO_RUN);
  else await provideTls({ packages: await debianPackages() });
  stack = await startStack({ port, readings, eventStreams: true });
  process.on('exit', noteRunning(stack));
  const pages = addresses(stack);
  console.log('\nThe contact centre is open. A browser on this machine opens its pages:');
  for (const { who, address } of pages) console.log(`  ${who.padEnd(26)} ${address}`);
  console.log(keepTokens(stack, console.log));
  if (build) {
    console.log("\nTry the owner's side in another terminal, best with something parked:");
    for (const command of TO_TRY) console.log(`  ${command}`);
  }
  console.log('\nCtrl-C ends it.\n');
  if (open) openInBrowser(pages[0].address);
  console.log(`ready: ${pages[0].address}`);
  fail(await stack.broken);
} catch (error) {
  fail(messageOf(error));
}

/** @param {{ values: import('./lib/command-line.mjs').Values }} read */
function options({ values }) {
  // Their types are those of the options.
  const { port = '0', readings: file, reading = [] } = /** @type {Record<string, any>} */ (values);
  try {
    return {
      open: !values['no-open'],
      build: !values['no-build'],
      port: Number(port),
      readings: { ...(file && readingsOf(file)), ...named(reading) },
    };
  } catch (error) {
    throw new WrongUse(messageOf(error));
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
    const names = Object.keys(READINGS);
    if (!Object.hasOwn(READINGS, name)) {
      throw new Error(`--reading ${setting}: there is no reading ${name}.${didYouMean(name, names)}`);
    }
    const { values } = READINGS[name];
    if (!values.includes(value)) throw new Error(`--reading ${setting}: expected one of ${values.join(', ')}.`);
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
