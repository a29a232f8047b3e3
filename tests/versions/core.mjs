// The plugin's core, as Wasm in this process: what it sends to the Functions, and what it makes of their answers.

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { SUPERVISOR_FOLDER } from '../../scripts/setup/wasm.mjs';

/**
 * A request of the plugin with its answer. The form has no token.
 *
 * @typedef {object} Exchange
 * @property {string} path
 * @property {Record<string, string>} form
 * @property {number} status
 * @property {any} reply any: JSON, or a text
 */

/**
 * The answer of the Functions to a form at a path.
 *
 * @callback Answering
 * @param {string} path
 * @param {URLSearchParams} form
 * @returns {Promise<{ status: number, reply: any }>} any: JSON, or a text
 */

/** The origin of the Functions, as the core under test knows it. */
const ORIGIN = 'https://functions.invalid';

/** The core that supervisors load: it has all that the agents' has. */
export class Core {
  #exports;
  /** @type {Answering} */
  #answering;

  /** @param {Record<string, any>} exports any: what the glue exports */
  constructor(exports) {
    this.#exports = exports;
    this.#answering = () => Promise.reject(new Error('nobody answers'));
  }

  static async load() {
    const [glue, { archive }] = await Promise.all(['glue', 'archive'].map(imported));
    const { instance } = await WebAssembly.instantiate(gunzipSync(Buffer.from(archive, 'base64')), glue.imports);
    glue.join(instance.exports);
    return new Core(glue);
  }

  /**
   * Starts the plugin with these flags.
   *
   * @param {object} flags
   */
  start(flags) {
    const features = { park_interaction: { enabled: true, show_list: true, ...flags } };
    this.#exports.start({ customData: { serverless_functions_domain: 'functions.invalid', features } });
  }

  /**
   * Carries out an operation. Returns its outcome, and what was exchanged with the Functions for it.
   *
   * @param {string} operation
   * @param {object} view
   * @param {Answering} answering
   */
  operate(operation, view, answering) {
    return this.#exchanging(answering, (signal) => this.#exports.operate(operation, view, ORIGIN, 'token', signal));
  }

  /**
   * Lists the agents of a supervisor.
   *
   * @param {string} workerSid
   * @param {Answering} answering
   */
  listAgents(workerSid, answering) {
    const setup = { workerSid, channelNames: {}, saved: undefined };
    const team = new this.#exports.Team(setup);
    return this.#exchanging(answering, (signal) => team.listAgents(ORIGIN, 'token', signal));
  }

  /**
   * Returns the rows that an agent's list shows for these items.
   *
   * @param {string} workerSid
   * @param {object[]} items
   * @returns {any[]} any: rows, see the type `Row` of the core
   */
  rows(workerSid, items) {
    const list = new this.#exports.List({ workerSid, autoAccept: false, channelNames: {}, saved: null });
    list.connection(true, 'connected');
    list.page(list.begin(), list.mapName(), items, true);
    return list.rows(0, items.length);
  }

  /**
   * @param {Answering} answering
   * @param {(signal: AbortSignal) => Promise<any>} act any: the outcome
   */
  async #exchanging(answering, act) {
    /** @type {Exchange[]} */
    const exchanges = [];
    const { fetch } = globalThis;
    this.#answering = answering;
    globalThis.fetch = async (request, ...rest) => {
      // Only the core makes a request before it fetches.
      if (!(request instanceof Request)) return fetch(request, ...rest);
      const form = new URLSearchParams(await request.text());
      const path = request.url.slice(ORIGIN.length);
      form.delete('Token');
      const { status, reply } = await this.#answering(path, form);
      exchanges.push({ path, form: Object.fromEntries(form), status, reply });
      return new Response(typeof reply === 'string' ? reply : JSON.stringify(reply), { status });
    };
    try {
      const outcome = await act(new AbortController().signal);
      return { outcome, exchanges };
    } finally {
      globalThis.fetch = fetch;
    }
  }
}

/**
 * Imports a generated file. It is a module in a folder whose package names no kind of module, so that Node takes it for a script there.
 *
 * @param {string} name
 * @returns {Promise<any>} any: what it exports
 */
async function imported(name) {
  const folder = mkdtempSync(join(tmpdir(), 'park-interaction-'));
  try {
    const copy = join(folder, `${name}.mjs`);
    copyFileSync(join(SUPERVISOR_FOLDER, `${name}.js`), copy);
    return await import(pathToFileURL(copy).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
