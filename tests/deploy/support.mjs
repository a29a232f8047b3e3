// The command line tools, run as processes against an account of the simulator.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import twilio from 'twilio';

import { functionPaths } from '../../deploy/paths.mjs';
import { control } from '../../scripts/lib/control.mjs';
import { inRoot, made, root } from '../../scripts/lib/paths.mjs';
import { startStack } from '../../scripts/lib/stack.mjs';
import { known } from '../support/known.mjs';

const LOOPBACK = ['--require', inRoot('scripts', 'loopback-hook.cjs')];
const SHORT_WAITS = ['--require', inRoot('tests', 'deploy', 'short-waits.cjs')];
/** The commands that wait for people, or for Twilio, in a way that no clock of the simulator shortens. */
const WAITING = ['rollback', 'undeploy'];
const COMMON = 'ui_attributes.common.json';

/**
 * Starts the simulator. `begin()` resets the account for each test.
 *
 * @param {import('../../scripts/lib/stack.mjs').StackOptions} [options]
 */
export async function openAccount(options) {
  return new Account(await startStack(options));
}

/**
 * @typedef {import('node:child_process').ChildProcess} ChildProcess
 * @typedef {{ env?: NodeJS.ProcessEnv, home?: string, waits?: boolean, onOutput?: (output: string, child: ChildProcess) => void,
 *   onStart?: (child: ChildProcess) => unknown }} RunOptions
 */

/** An account of the simulator, with the commands. */
export class Account {
  #stack;

  /** @param {import('../../scripts/lib/stack.mjs').Stack} stack */
  constructor(stack) {
    this.#stack = stack;
    /** A folder in place of `flex-config/`, whose files a deployment would change. */
    this.files = mkdtempSync(join(tmpdir(), 'park-interaction-'));
    this.facts = stack.facts;
    process.env.SIMULATOR_TLS_PORT = String(stack.tlsPort);
    this.client = twilio(this.facts.accountSid, this.facts.authToken);
  }

  async begin() {
    await this.control('DELETE', 'faults');
    rmSync(this.files, { recursive: true });
    mkdirSync(this.files);
    copyFileSync(inRoot('flex-config', COMMON), join(this.files, COMMON));
    this.facts = await this.control('POST', 'reset');
    await this.control('DELETE', 'journal');
    this.client = twilio(this.facts.accountSid, this.facts.authToken);
  }

  /**
   * Works with the contact centre that a test has seeded.
   *
   * @param {import('../../scripts/lib/control.mjs').Facts} facts
   */
  useSeeded(facts) {
    this.facts = facts;
    this.client = twilio(facts.accountSid, facts.authToken);
  }

  /**
   * Starts the Functions of another clone. Builds of its version run there.
   *
   * @param {{ version: string, home: string }} clone
   */
  async runsAlso({ version, home }) {
    const functions = await this.#stack.functionsBeside(join(home, 'functions'));
    await this.control('POST', 'runtimes', { [`/deployed/${version}/`]: functions.url });
    return functions;
  }

  /** Fails if a request was unknown to the simulator. */
  async end() {
    assert.deepEqual(await this.control('GET', 'unknown'), []);
  }

  stop() {
    rmSync(this.files, { recursive: true });
    return this.#stack.stop();
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  control(method, path, body) {
    return control(this.#stack.simulatorUrl, method, path, body);
  }

  /**
   * Runs a command to its end. `env` adds to the credentials; `home` is the folder of another clone; `waits`: its
   * pauses are as long as an owner's.
   *
   * @param {string} command
   * @param {string[]} [args]
   * @param {RunOptions} [options]
   */
  async run(
    command,
    args = [],
    { env = {}, home = root, waits = false, onOutput = () => {}, onStart = () => {} } = {},
  ) {
    const own = {
      FLEX_CONFIG_FOLDER: this.files,
      TWILIO_ACCOUNT_SID: this.facts.accountSid,
      TWILIO_AUTH_TOKEN: this.facts.authToken,
      ...env,
    };
    const reach = { SIMULATOR_TLS_PORT: String(this.#stack.tlsPort), NODE_EXTRA_CA_CERTS: made.tls().cert };
    const child = spawn(
      process.execPath,
      [
        ...LOOPBACK,
        ...(WAITING.includes(command) && !waits ? SHORT_WAITS : []),
        join(home, 'deploy', 'main.mjs'),
        command,
        ...args,
      ],
      { env: { ...process.env, ...reach, ...own }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    void onStart(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        onOutput(output, child);
      });
    }
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    assert.ok(!output.includes(this.facts.authToken), 'a secret was printed');
    return { code, output };
  }

  /**
   * Runs a command that must succeed. Returns its output.
   *
   * @param {string} command
   * @param {string[]} [args]
   * @param {RunOptions} [options]
   */
  async succeeds(command, args, options) {
    const { code, output } = await this.run(command, args, options);
    assert.equal(code, 0, output);
    return output;
  }

  /** Returns the requests so far that could change something, but for Twilio's own to webhooks, as `METHOD host/path`. */
  async changes() {
    /** @type {{ requests: import('../../scripts/lib/control.mjs').JournalRequest[] }} */
    const { requests } = await this.control('GET', 'journal');
    return requests
      .filter(({ method, via }) => method !== 'GET' && via !== 'webhook')
      .map(({ method, host, path }) => `${method} ${host}${path}`);
  }

  /** @param {string} id */
  customer(id) {
    return known(this.facts.customers.find((customer) => customer.id === id));
  }

  /** @param {string} identity */
  agent(identity) {
    return known(this.facts.agents.find((agent) => agent.identity === identity));
  }

  /**
   * Returns a customer's conversation.
   *
   * @param {string} id
   */
  conversation(id) {
    return this.client.conversations.v1.conversations(this.customer(id).conversationSid);
  }

  /**
   * Replaces a conversation's attributes, as other code would.
   *
   * @param {string} id
   * @param {unknown} attributes
   */
  async setAttributes(id, attributes) {
    await this.conversation(id).update({ attributes: JSON.stringify(attributes) });
  }

  /**
   * Returns the agents in a customer's channel, and its open tasks.
   *
   * @param {string} id
   */
  async state(id) {
    const { interactionSid, channelSid } = this.customer(id);
    const { channels } = this.client.flexApi.v1.interaction(interactionSid);
    const participants = await channels(channelSid).participants.list();
    /** @type {import('../../scripts/lib/control.mjs').World} */
    const { tasks } = await this.control('GET', 'world');
    /** @param {any} task as in the world */
    const isOpen = ({ attributes, assignment_status: status }) =>
      attributes.flexInteractionChannelSid === channelSid && ['pending', 'reserved', 'assigned'].includes(status);
    return { agents: participants.filter(({ type }) => type === 'agent'), openTasks: tasks.filter(isOpen) };
  }

  /**
   * Parks a customer's conversation as Ada. Returns its SID.
   *
   * @param {string} id
   * @param {{ until?: number, reason?: string, note?: string }} [appointment]
   */
  async parks(id, appointment) {
    const { conversationSid, interactionSid, channelSid } = this.customer(id);
    const { openTasks } = await this.state(id);
    const [last] = await this.conversation(id).messages.list({ order: 'desc', limit: 1 });
    const body = {
      Token: this.agent('ada').token,
      ...{ conversationSid, interactionSid, channelSid, taskSid: openTasks[0].sid, showList: true },
      lastMessageIndex: last.index,
      ...appointment,
    };
    // As a desktop that is opened now.
    const { serverless_functions_domain: domain = this.facts.functionsDomain } = (await this.customData()) ?? {};
    const response = await fetch(`https://${domain}${functionPaths().park}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.text());
    return conversationSid;
  }

  /** Returns the names, versions and addresses of the active plugins. */
  async activePlugins() {
    const { pluginReleases, pluginConfigurations } = this.client.flexApi.v1;
    const release = await pluginReleases('active').fetch();
    const plugins = await pluginConfigurations(release.configurationSid).plugins.list();
    return plugins.map(({ uniqueName, version, pluginUrl }) => ({ uniqueName, version, pluginUrl }));
  }

  /** Returns the `custom_data` of Flex's configuration. */
  async customData() {
    const { uiAttributes } = await this.client.flexApi.v1.configuration().fetch();
    return uiAttributes.custom_data;
  }

  workspace() {
    return this.client.taskrouter.v1.workspaces(this.facts.workspaceSid);
  }
}
