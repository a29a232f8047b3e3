// `npm run flex-config` over the simulator, with folders of files made for each test.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeClient } from '../../flex-config/account.mjs';
import { flexConfig } from '../../flex-config/run.mjs';
import { openSimulator } from '../simulator/support.mjs';

const CONFIGURATION = 'https://flex-api.twilio.com/v1/Configuration';

/** Starts the simulator. Each test begins with `begin()`, and removes its folders with `end()`. */
export async function openAccount(log) {
  return new Account(await openSimulator(log));
}

class Account {
  #folders = [];

  constructor(simulator) {
    this.simulator = simulator;
  }

  async begin() {
    await this.simulator.begin();
    await this.forget();
  }

  async end() {
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true });
    await this.simulator.control('DELETE', 'faults');
    await this.simulator.end();
  }

  stop() {
    return this.simulator.stop();
  }

  get facts() {
    return this.simulator.facts;
  }

  get credentials() {
    return { TWILIO_ACCOUNT_SID: this.facts.accountSid, TWILIO_AUTH_TOKEN: this.facts.authToken };
  }

  /** Makes a folder with these files: `{ common: {…}, dev: 'text' }`. */
  folder(files) {
    const folder = mkdtempSync(join(tmpdir(), 'flex-config-'));
    this.#folders.push(folder);
    for (const [name, content] of Object.entries({ common: {}, ...files })) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      writeFileSync(join(folder, `ui_attributes.${name}.json`), text);
    }
    return folder;
  }

  /**
   * Runs a command line. `between(nth)` runs after each of its requests.
   *
   * @param {string} line
   * @param {{ files?: object, env?: NodeJS.ProcessEnv, between?: (nth: number) => unknown,
   *   confirm?: (question: string) => Promise<boolean> }} [options]
   */
  run(line, options) {
    return this.runWords(line.split(' '), options);
  }

  /**
   * Runs a command line whose words may have spaces.
   *
   * @param {string[]} words
   * @param {{ files?: object, env?: NodeJS.ProcessEnv, between?: (nth: number) => unknown,
   *   confirm?: (question: string) => Promise<boolean> }} [options]
   */
  async runWords(words, { files, env, between, confirm } = {}) {
    const said = [];
    const warned = [];
    const credentials = env ?? this.credentials;
    const code = await flexConfig([...words, ...(files ? ['--folder', this.folder(files)] : [])], {
      env: credentials,
      confirm,
      client: between && interrupted(makeClient(credentials), between),
      say: (text) => said.push(text),
      warn: (text) => warned.push(text),
    });
    return { code, said: said.join('\n'), warned: warned.join('\n') };
  }

  /** Returns the text of the Flex configuration, without the time of its last change. */
  async configuration() {
    const text = await this.#fetch(CONFIGURATION);
    return text.replace(/"date_updated":"[^"]*"/, '"date_updated":""');
  }

  /** Sets `ui_attributes` to a JSON text, as somebody else would. */
  async setUiAttributes(text) {
    await this.#fetch(CONFIGURATION, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"account_sid":"${this.facts.accountSid}","ui_attributes":${text}}`,
    });
    await this.forget();
  }

  #worker(identity) {
    return this.simulator.workspace.workers(this.simulator.agent(identity).workerSid);
  }

  /** Returns the text of a worker's attributes. */
  async attributes(identity) {
    return (await this.#worker(identity).fetch()).attributes;
  }

  async setAttributes(identity, attributes) {
    await this.#worker(identity).update({ attributes });
    await this.forget();
  }

  forget() {
    return this.simulator.control('DELETE', 'journal');
  }

  /** Returns the methods of all requests since the last change by this class. */
  async methods() {
    const { requests } = await this.simulator.control('GET', 'journal');
    return requests.map(({ method }) => method);
  }

  /**
   * @param {string} url
   * @param {RequestInit} [init]
   */
  async #fetch(url, { headers, ...rest } = {}) {
    const basic = Buffer.from(`${this.facts.accountSid}:${this.facts.authToken}`).toString('base64');
    const response = await fetch(url, { headers: { authorization: `Basic ${basic}`, ...headers }, ...rest });
    const text = await response.text();
    if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
    return text;
  }
}

/**
 * Returns a client that calls `between` after each request.
 *
 * @param {import('twilio').Twilio} client
 * @param {(nth: number) => unknown} between
 * @returns {import('twilio').Twilio}
 */
function interrupted(client, between) {
  let count = 0;
  /** @type {any} `flex-config` uses nothing else of it */
  const other = {
    async request(request) {
      const answer = await client.request(request);
      await between((count += 1));
      return answer;
    },
  };
  return other;
}
