// The simulator with Twilio's own client, and a small server in place of the Functions.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

import { startChild } from '../../scripts/lib/children.mjs';
import { control } from '../../scripts/lib/control.mjs';
import { inRoot, made } from '../../scripts/lib/paths.mjs';

export { until } from '../support/until.mjs';

/** The official client, of the Functions' version. */
export const twilio = createRequire(inRoot('functions', 'package.json'))('twilio');

/** A path that accepts signed requests only. */
export const PROTECTED = '/wake';

const OPENAPI = inRoot('node_modules', '@twilio', 'cli-core', 'src', 'services', 'twilio-api');

/** Starts the simulator and the server. `begin()` resets the contact centre for each test. */
export async function openSimulator(log) {
  const functions = await standInFunctions();
  const { key, cert } = made.tls();
  const child = startChild(
    'The simulator',
    made.simulator,
    [
      ...['--port', '0', '--tls-port', '0', '--functions-tls-port', '0'],
      ...['--tls-cert', cert, '--tls-key', key, '--openapi', OPENAPI],
      ...['--functions-url', functions.url, '--protected', PROTECTED],
    ],
    { log: `simulator-${log}` },
  );
  const address = (output) =>
    /^simulator: functions tls port (\d+)\nsimulator: tls port (\d+)\nsimulator: (http:\S+)$/m.exec(output) ??
    undefined;
  try {
    const [, functionsTlsPort, tlsPort, url] = await child.ready(address);
    process.env.SIMULATOR_TLS_PORT = tlsPort;
    return new Simulator(url, functionsTlsPort, functions, child);
  } catch (error) {
    functions.stop();
    throw error;
  }
}

class Simulator {
  #child;

  constructor(url, functionsTlsPort, functions, child) {
    this.url = url;
    this.functionsTlsPort = functionsTlsPort;
    this.functions = functions;
    this.#child = child;
  }

  async begin() {
    this.facts = await this.control('POST', 'seed', { readings: {} });
    this.client = twilio(this.facts.accountSid, this.facts.authToken, { autoRetry: false });
    this.functions.requests.length = 0;
    this.functions.answer = () => 200;
  }

  /** Fails if a request was unknown. */
  async end() {
    assert.deepEqual(await this.control('GET', 'unknown'), []);
  }

  async stop() {
    await this.#child.stop();
    this.functions.stop();
  }

  control(method, path, body) {
    return control(this.url, method, path, body);
  }

  /**
   * Sends a request to one of Twilio's hosts that the official client would not send.
   *
   * @param {string} method
   * @param {string} url
   * @param {{ form?: any, json?: unknown, auth?: string }} [sent] any: the fields of a form, right or wrong
   */
  async raw(method, url, { form, json, auth = `${this.facts.accountSid}:${this.facts.authToken}` } = {}) {
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(auth).toString('base64')}`,
        ...(json ? { 'content-type': 'application/json' } : {}),
      },
      body: json ? JSON.stringify(json) : form && new URLSearchParams(form),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  customer(id) {
    return this.facts.customers.find((customer) => customer.id === id);
  }

  agent(identity) {
    return this.facts.agents.find((agent) => agent.identity === identity);
  }

  /** Returns the client's handle of a seeded customer's conversation. */
  conversation(id) {
    return this.client.conversations.v1.conversations(this.customer(id).conversationSid);
  }

  /** Returns the client's handle of its interaction channel. */
  channel(id) {
    const { interactionSid, channelSid } = this.customer(id);
    return this.client.flexApi.v1.interaction(interactionSid).channels(channelSid);
  }

  get workspace() {
    return this.client.taskrouter.v1.workspaces(this.facts.workspaceSid);
  }

  get sync() {
    return this.client.sync.v1.services(this.facts.syncServiceSid);
  }
}

/**
 * Functions that note every request.
 *
 * @typedef {object} StandIn
 * @property {{ method?: string, path?: string, headers: import('node:http').IncomingHttpHeaders, body: string }[]} requests
 * @property {(request: any) => number | undefined} answer returns the status of the response, or undefined for no response
 * @property {string} url
 * @property {() => void} drop cuts the connections of requests without a response
 * @property {() => void} stop
 */

/** @returns {Promise<StandIn>} */
async function standInFunctions() {
  /** @type {StandIn['requests']} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const body = Buffer.concat(chunks).toString();
    const seen = { method: request.method, path: request.url, headers: request.headers, body };
    requests.push(seen);
    const status = self.answer(seen);
    if (status) response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve(undefined)));
  // It listens on TCP, so its address is an object.
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  /** @type {StandIn} */
  const self = {
    requests,
    answer: () => 200,
    url: `http://127.0.0.1:${port}`,
    drop: () => server.closeAllConnections(),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return self;
}

/** Asserts that Twilio refuses, with this status and code. */
export async function refused(request, status, code) {
  const error = await request.then(
    () => assert.fail(`expected ${status} ${code}, but it was done`),
    (reason) => reason,
  );
  assert.deepEqual([error.status, error.code], [status, code], error.message);
  assert.match(error.moreInfo, new RegExp(`/${code}$`));
}
