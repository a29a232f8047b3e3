// The whole product on one machine: the simulator in place of Twilio, and the real Functions behind it.

import { randomInt } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, sep } from 'node:path';

import { startChild } from './children.mjs';
import { control } from './control.mjs';
import { asThrown } from './errors.mjs';
import { inRoot, made } from './paths.mjs';
import { startTwilioRun } from './twilio-run.mjs';

const OPENAPI = inRoot('node_modules', '@twilio', 'cli-core', 'src', 'services', 'twilio-api');

/**
 * @typedef {object} StackOptions
 * @property {number} [port] the simulator's port; a free one unless named
 * @property {NodeJS.ProcessEnv} [environment] adds to the Functions' environment
 * @property {string} [functionsFolder] holds other Functions beside or instead of ours
 * @property {boolean} [eventStreams] Event Streams has a sink for the Functions, as after a deployment
 * @property {Record<string, string>} [readings] the simulator's readings that are not the defaults, such as `{ replay: 'exclusive' }`
 */

/**
 * The running product.
 *
 * @typedef {object} Stack
 * @property {string} simulatorUrl
 * @property {number} tlsPort the simulator's TLS port, which stands for Twilio's hosts
 * @property {string} functionsUrl
 * @property {import('./control.mjs').Facts} facts
 * @property {Promise<string>} broken a sentence about a part that ended although nobody stopped it
 * @property {(folder: string) => Promise<{ url: string, stop: () => Promise<void> }>} functionsBeside starts the Functions of another
 *   folder beside those that run
 * @property {() => Promise<void>} restartFunctions stops the Functions and starts them again, so that they are cold
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the simulator and twilio-run on 127.0.0.1. Both end with this process, if not stopped before.
 *
 * @param {StackOptions} [options]
 * @returns {Promise<Stack>}
 */
export async function startStack({
  port = 0,
  environment = {},
  // Those of another version, see `tests/versions/main.mjs`.
  functionsFolder = process.env.FUNCTIONS_FOLDER ?? inRoot('functions'),
  eventStreams = false,
  readings = {},
} = {}) {
  if (!existsSync(made.simulator)) {
    throw new Error(
      `The simulator is not built: expected ${made.simulator}, which \`npm start\` and \`npm test\` make.`,
    );
  }
  const [tlsPort, functionsTlsPort, functionsPort] = await freePorts(3);
  const simulator = startSimulator({ port, tlsPort, functionsTlsPort, functionsPort, functionsFolder, readings });
  try {
    const simulatorUrl = await simulator.ready((output) => /^simulator: (http:\S+)$/m.exec(output)?.[1]);
    /** @type {import('./control.mjs').Facts} */
    const facts = eventStreams
      ? await control(simulatorUrl, 'POST', 'seed', { eventStreams })
      : await control(simulatorUrl, 'GET', 'facts');
    const startFunctions = (folder = functionsFolder, port = functionsPort) =>
      startTwilioRun({
        ...{ folder, port },
        // A port of their own: so the simulator knows which requests are theirs.
        tlsPort: functionsTlsPort,
        cert: made.tls().cert,
        environment: { ...functionsEnvironment(facts), ...environment },
      });
    let functions = await startFunctions();
    return {
      simulatorUrl,
      tlsPort,
      functionsUrl: functions.url,
      facts,
      broken: Promise.race([simulator.broken, functions.broken]),
      functionsBeside: async (folder) => startFunctions(folder, ...(await freePorts(1))),
      async restartFunctions() {
        await functions.stop();
        functions = await startFunctions();
      },
      async stop() {
        await Promise.all([functions.stop(), simulator.stop()]);
      },
    };
  } catch (error) {
    await simulator.stop();
    throw error;
  }
}

/**
 * @typedef {{ port: number, tlsPort: number, functionsTlsPort: number, functionsPort: number }} Ports
 * @param {Ports & { functionsFolder: string, readings: Record<string, string> }} options
 */
function startSimulator({ port, tlsPort, functionsTlsPort, functionsPort, functionsFolder, readings }) {
  const { key, cert } = made.tls();
  const ports = ['--tls-port', String(tlsPort), '--functions-tls-port', String(functionsTlsPort)];
  const tls = [...ports, '--tls-cert', cert, '--tls-key', key];
  const read = Object.entries(readings).flatMap(([name, value]) => ['--reading', `${name}=${value}`]);
  const functions = ['--functions-url', `http://127.0.0.1:${functionsPort}`];
  const edge = protectedPaths(functionsFolder).flatMap((path) => ['--protected', path]);
  // Another version of Flex UI, see `scripts/check-flex.mjs`.
  const desktop = process.env.FLEX_DESKTOP ?? made.desktop;
  const plugin = process.env.PLUGIN_BUNDLE ?? made.plugin();
  const pages = ['--desktop', desktop, '--plugin', plugin];
  return startChild(
    'The simulator',
    made.simulator,
    ['--port', String(port), ...tls, ...functions, ...edge, ...pages, ...read, '--openapi', OPENAPI],
    { log: 'simulator' },
  );
}

/**
 * Returns the paths that Twilio's edge lets nobody call without a signature: every `*.protected.js` of these Functions.
 *
 * @param {string} folder
 */
const protectedPaths = (folder) =>
  readdirSync(join(folder, 'functions'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.protected.js'))
    .map(
      (file) =>
        `/${file
          .split(sep)
          .join('/')
          .replace(/\.protected\.js$/, '')}`,
    );

/**
 * The variables that Twilio's hosted runtime and the account's own `.env` would set for the Functions.
 *
 * @param {import('./control.mjs').Facts} facts
 */
function functionsEnvironment(facts) {
  return {
    ACCOUNT_SID: facts.accountSid,
    AUTH_TOKEN: facts.authToken,
    DOMAIN_NAME: facts.functionsDomain,
    TWILIO_FLEX_WORKSPACE_SID: facts.workspaceSid,
    TWILIO_FLEX_SYNC_SID: facts.syncServiceSid,
    PARK_INTERACTION_EVENTS_KEY: facts.eventsKey,
  };
}

/**
 * Throws where a port of this machine cannot be used: before the set-up, which takes its time.
 *
 * @param {number} port 0 for any free one
 */
export async function checkPort(port) {
  const server = createServer();
  try {
    await new Promise((resolve, reject) =>
      server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined)),
    );
  } catch (error) {
    /** @type {Record<string, string>} */
    const reasons = {
      EADDRINUSE: 'another program uses it',
      EACCES: 'this user may not use it (below 1024, only root may)',
    };
    const { code, message } = asThrown(error);
    throw new Error(
      `The port ${port} cannot be used: ${reasons[String(code)] ?? message}. Expected a free one.\n` +
        'Example: npm start -- --port 0, which takes any free port\nHelp: npm start -- --help, or README.md#two-commands',
      { cause: error },
    );
  } finally {
    await new Promise((resolve) => server.close(() => resolve(undefined)));
  }
}

/**
 * Where ports are taken from: below those that systems give to outgoing connections (from 32 768 on Linux, from 49 152 on others). One
 * of those may be given away between the check and the start of the program that shall listen there.
 */
const PORTS = { first: 15_000, end: 32_000 };
/** Far more than are needed: a machine uses a few of these ports. */
const MOST_TRIES = 100;

/**
 * Returns ports that are free now. Each program needs the other's port before either runs.
 *
 * @param {number} count
 */
export async function freePorts(count) {
  /** @type {import('node:net').Server[]} */
  const held = [];
  /** @type {number[]} */
  const ports = [];
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries === MOST_TRIES) throw new Error(`found no free port from ${PORTS.first} to ${PORTS.end - 1}`);
    const port = randomInt(PORTS.first, PORTS.end);
    const server = createServer();
    const isFree = await new Promise((resolve) =>
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)),
    );
    if (!isFree) continue;
    held.push(server);
    ports.push(port);
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
