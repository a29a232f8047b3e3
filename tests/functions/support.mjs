// The Functions in Twilio's own runtime, over the simulator.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, afterEach, before, beforeEach } from 'node:test';

import { functionPaths } from '../../deploy/paths.mjs';
import { control } from '../../scripts/lib/control.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { startStack } from '../../scripts/lib/stack.mjs';
import { known } from '../support/known.mjs';
import { isIdle } from '../support/quiet.mjs';
import { until } from '../support/until.mjs';

export { until };

/** The core of the Functions under test. */
const core = createRequire(import.meta.url)(
  inRoot('functions', 'assets', 'features', 'park-interaction', 'core.private.js'),
);

/** The paths of all functions, by the names of their operations. */
export const PATHS = functionPaths(core);
export const {
  park: PARK,
  resume: RESUME,
  settle: SETTLE,
  check: CHECK,
  keep: KEEP,
  give: GIVE,
  change: CHANGE,
  end: END,
  wake: WAKE,
  restore: TASK_EVENT,
  reconcile: RECONCILE,
} = PATHS;

/**
 * @typedef {import('../../scripts/lib/control.mjs').Facts} Facts
 * @typedef {import('../../scripts/lib/control.mjs').World} World
 * @typedef {import('../../scripts/lib/stack.mjs').StackOptions} StackOptions
 * @typedef {Record<string, any>} Fields any: the parameters of a Function, right or wrong
 */

/**
 * A response of a Function.
 *
 * @typedef {{ status: number, headers: Headers, body: any }} Answer any: JSON, or a text
 */

/**
 * The official client, in the Functions' version.
 *
 * @type {import('twilio')}
 */
const twilio = createRequire(new URL('../../functions/package.json', import.meta.url))('twilio');

/**
 * Starts simulator and Functions. Each test begins with `begin()`, which resets the contact centre.
 *
 * @param {StackOptions} [options]
 */
export async function openDesk(options) {
  const desk = new Desk();
  await desk.open(options);
  return desk;
}

/**
 * Makes the desk of the calling suite: started before its tests, and reset for each of them.
 *
 * @param {StackOptions} [options]
 */
export function deskOfSuite(options) {
  const desk = new Desk();
  before(() => desk.open(options));
  after(() => desk.stop());
  beforeEach(() => desk.begin());
  afterEach(() => desk.end());
  return desk;
}

/** The running product, as a test calls it. */
export class Desk {
  /** @type {import('../../scripts/lib/stack.mjs').Stack | undefined} */
  #running;
  /** @type {Facts | undefined} */
  #facts;
  /**
   * By conversation, the index of the last message on the screen that parked it.
   *
   * @type {Map<string, number>}
   */
  #seen = new Map();

  /** @param {StackOptions} [options] */
  async open(options) {
    this.#running = await startStack(options);
    this.facts = this.#running.facts;
  }

  get #stack() {
    if (!this.#running) throw new Error('the desk is not open');
    return this.#running;
  }

  /** The contact centre since it was last reset, or seeded by a test. */
  get facts() {
    if (!this.#facts) throw new Error('the desk is not open');
    return this.#facts;
  }

  set facts(facts) {
    this.#facts = facts;
  }

  async begin() {
    await this.control('DELETE', 'faults');
    await this.control('DELETE', 'readings');
    await this.control('POST', 'latency', { ms: 0 });
    this.facts = await this.control('POST', 'reset');
    await this.control('DELETE', 'journal');
  }

  /** Lets the time pass for which the Functions remember whose token they have validated. */
  forgetCallers() {
    return this.control('POST', 'clock', { advanceMs: 61_000 });
  }

  /** Fails if a request was unknown to the simulator. */
  async end() {
    assert.deepEqual(await this.control('GET', 'unknown'), []);
  }

  /** The address at which the Functions run, behind the edge. */
  get functionsUrl() {
    return this.#stack.functionsUrl;
  }

  stop() {
    return this.#running?.stop();
  }

  /**
   * Calls a control endpoint of the simulator.
   *
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  control(method, path, body) {
    return control(this.#stack.simulatorUrl, method, path, body);
  }

  /**
   * Calls a function at its public address, as a page would.
   *
   * @param {string} path
   * @param {Fields | undefined} fields
   * @param {{ headers?: Record<string, string>, body?: BodyInit }} [sent]
   * @returns {Promise<Answer>}
   */
  async call(path, fields, { headers = { 'content-type': 'application/json' }, body = JSON.stringify(fields) } = {}) {
    const url = `${this.#stack.simulatorUrl}/__host/${this.facts.functionsDomain}${path}`;
    if (path === PARK) this.#seen.set(fields?.conversationSid, fields?.lastMessageIndex);
    const response = await fetch(url, { method: 'POST', headers, body });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /**
   * Returns Twilio's signature of a form to a function.
   *
   * @param {string} path
   * @param {Fields} fields
   */
  signature(path, fields) {
    return twilio.getExpectedTwilioSignature(
      this.facts.authToken,
      `https://${this.facts.functionsDomain}${path}`,
      fields,
    );
  }

  /**
   * Calls a function with a form that bears Twilio's signature.
   *
   * @param {string} path
   * @param {Fields} fields
   */
  signed(path, fields) {
    return this.call(path, undefined, {
      headers: { 'x-twilio-signature': this.signature(path, fields) },
      body: new URLSearchParams(fields),
    });
  }

  /** The port of Twilio's hosts, over TLS. */
  get tlsPort() {
    return this.#stack.tlsPort;
  }

  /** Twilio's own client, for actions of other code. */
  get client() {
    process.env.SIMULATOR_TLS_PORT = String(this.tlsPort);
    return twilio(this.facts.accountSid, this.facts.authToken);
  }

  /**
   * Returns a customer's conversation in that client.
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

  /** @param {string} identity */
  agent(identity) {
    return known(this.facts.agents.find((agent) => agent.identity === identity));
  }

  /** @param {string} id */
  customer(id) {
    return known(this.facts.customers.find((customer) => customer.id === id));
  }

  /** @returns {Promise<World>} */
  async world() {
    return this.control('GET', 'world');
  }

  /**
   * Returns all resources of one customer's conversation, and the whole world.
   *
   * @param {string} id
   */
  async state(id) {
    const world = await this.world();
    return { world, ...stateOf(world, this.customer(id)) };
  }

  /**
   * Returns the fields with which the plugin parks.
   *
   * @param {string} id
   * @param {Fields & { agent?: string }} [changes]
   */
  async parkFields(id, { agent = 'ada', ...changes } = {}) {
    const { conversation, openTasks } = await this.state(id);
    const { conversationSid, interactionSid, channelSid } = this.customer(id);
    return {
      Token: this.agent(agent).token,
      conversationSid,
      interactionSid,
      channelSid,
      taskSid: openTasks[0]?.sid,
      lastMessageIndex: conversation.messages.at(-1).index,
      showList: true,
      ...changes,
    };
  }

  /**
   * @param {string} id
   * @param {Fields & { agent?: string }} [changes]
   */
  async park(id, changes) {
    return this.call(PARK, await this.parkFields(id, changes));
  }

  /**
   * Parks, and fails if that is refused.
   *
   * @param {string} id
   * @param {Fields & { agent?: string }} [changes]
   */
  async parked(id, changes) {
    const { status, body } = await this.park(id, changes);
    assert.deepEqual([status, body.outcome], [200, 'parked'], JSON.stringify(body));
  }

  /**
   * @param {string} id
   * @param {string} agent
   */
  settle(id, agent) {
    const { conversationSid } = this.customer(id);
    return this.call(SETTLE, { Token: this.agent(agent).token, conversationSid });
  }

  /**
   * Requests a check of a waiting conversation, as an agent's desktop does.
   *
   * @param {string} id
   * @param {string} agent
   */
  check(id, agent) {
    const { conversationSid } = this.customer(id);
    return this.call(CHECK, { Token: this.agent(agent).token, conversationSid });
  }

  /**
   * Restarts the longest wait of a conversation.
   *
   * @param {string} id
   * @param {string} agent
   * @param {unknown} expiresAfterHours
   */
  keep(id, agent, expiresAfterHours) {
    const { conversationSid } = this.customer(id);
    return this.call(KEEP, { Token: this.agent(agent).token, conversationSid, expiresAfterHours });
  }

  /**
   * Gives a conversation to the queue, or to the agent whom `fields` name.
   *
   * @param {string} id
   * @param {string} agent
   * @param {Fields} [fields]
   */
  give(id, agent, fields = {}) {
    const { conversationSid } = this.customer(id);
    return this.call(GIVE, { Token: this.agent(agent).token, conversationSid, ...fields });
  }

  /**
   * Changes time or reason of a conversation.
   *
   * @param {string} id
   * @param {string} agent
   * @param {Fields} fields
   */
  change(id, agent, fields) {
    const { conversationSid } = this.customer(id);
    return this.call(CHANGE, { Token: this.agent(agent).token, conversationSid, ...fields });
  }

  /**
   * Ends a conversation.
   *
   * @param {string} id
   * @param {string} agent
   * @param {Fields} [fields]
   */
  close(id, agent, fields = {}) {
    const { conversationSid } = this.customer(id);
    return this.call(END, { Token: this.agent(agent).token, conversationSid, ...fields });
  }

  /**
   * @param {string} id
   * @param {string} agent
   * @param {Fields} [fields]
   */
  resume(id, agent, fields = {}) {
    const { conversationSid } = this.customer(id);
    return this.call(RESUME, { Token: this.agent(agent).token, conversationSid, ...fields });
  }

  /**
   * Sends a message of the customer.
   *
   * @param {string} id
   * @param {string} [body]
   */
  async writes(id, body = 'Here it is.') {
    return this.control('POST', `customers/${id}/messages`, { body });
  }

  /**
   * Waits until the webhooks of messages have responses, and returns those deliveries. Leaves out messages that the agent had
   * seen before the park: Twilio replays the last one to a new webhook.
   *
   * @param {string} id
   * @param {number} [count]
   * @returns {Promise<any[]>} any: deliveries of the journal, with the parameters of each event
   */
  async wakes(id, count = 1) {
    const { conversationSid } = this.customer(id);
    const seen = this.#seen.get(conversationSid) ?? -1;
    return until(`${count} deliveries for ${id}`, async () => {
      const { deliveries } = await this.control('GET', 'journal');
      /** @param {Record<string, string>} params */
      const isNew = ({ ConversationSid, EventType, Index }) =>
        ConversationSid === conversationSid && EventType === 'onMessageAdded' && !(Number(Index) <= seen);
      const own = deliveries.filter((/** @type {Fields} */ { params }) => isNew(params));
      return own.length >= count && own;
    });
  }

  /**
   * Waits until no request was in flight, no delivery was due and no Function was running in two successive polls. A Function may run on when its caller
   * waits no longer.
   *
   * @param {{ within: number, every: number }} limits in milliseconds
   */
  async functionsEnded({ within, every }) {
    /** @type {number | undefined} */
    let before;
    const wasIdleTwice = async () => {
      const activity = await this.control('GET', 'activity');
      const isQuiet = isIdle(activity) && activity.requests === before;
      before = activity.requests;
      return isQuiet;
    };
    await until('the end of all Functions', wasIdleTwice, { within, every });
  }

  /**
   * Accepts or rejects the open offer for a customer, as its worker.
   *
   * @param {string} id
   * @param {string} status
   */
  async answerOffer(id, status) {
    const reservation = await until(`an offer for ${id}`, async () => (await this.state(id)).offer);
    return this.control('POST', `reservations/${reservation.sid}`, { status });
  }

  /**
   * Sets a fault. Returns its id.
   *
   * @param {Fields} fault
   * @returns {Promise<number>}
   */
  async fault(fault) {
    const { id } = await this.control('POST', 'faults', fault);
    return id;
  }

  /**
   * Removes a fault; the requests that it held go on.
   *
   * @param {number} id
   */
  async unfault(id) {
    return this.control('DELETE', `faults/${id}`);
  }

  /**
   * Returns how many requests a fault has seen, and how many it holds now.
   *
   * @param {number} id
   */
  async faultReport(id) {
    /** @type {{ id: number, seen: number, held: number }[]} */
    const reports = await this.control('GET', 'faults');
    return known(reports.find((report) => report.id === id));
  }
}

/**
 * Returns all resources of one customer's conversation.
 *
 * @param {World} world
 * @param {{ conversationSid: string, channelSid: string }} customer
 */
export function stateOf(world, { conversationSid, channelSid }) {
  const conversation = world.conversations.find(({ sid }) => sid === conversationSid);
  // Twilio deletes a channel without activity for 180 days.
  const participants = world.channels.find(({ sid }) => sid === channelSid)?.participants ?? [];
  const tasks = world.tasks.filter(({ attributes }) => attributes.flexInteractionChannelSid === channelSid);
  const openTasks = tasks.filter(isOpen);
  return {
    conversation,
    participants,
    tasks,
    openTasks,
    attributes: JSON.parse(conversation.attributes),
    agents: participants.filter(
      (/** @type {Record<string, string>} */ { type, status }) => type === 'agent' && status !== 'closed',
    ),
    offer: world.reservations.find(
      ({ task_sid: task, reservation_status: status }) =>
        status === 'pending' && openTasks.some(({ sid }) => sid === task),
    ),
    rows: itemsOf(world, 'ParkedInteractions_', conversationSid),
    waiting: itemsOf(world, 'ParkInteractionWaiting_', conversationSid),
    notes: itemsOf(world, 'ParkInteractionNotes_', conversationSid),
  };
}

/**
 * Returns the items of a conversation in all Sync maps with names that begin with `prefix`.
 *
 * @param {World} world
 * @param {string} prefix
 * @param {string} conversationSid
 */
function itemsOf(world, prefix, conversationSid) {
  return world.maps
    .filter(({ unique_name: name }) => name?.startsWith(prefix))
    .flatMap(({ items }) => Object.values(items))
    .filter(({ key }) => key === conversationSid);
}

/**
 * Returns true for a task that waits for an agent or is assigned.
 *
 * @param {{ assignment_status: string }} task
 */
export function isOpen({ assignment_status: status }) {
  return ['pending', 'reserved', 'assigned'].includes(status);
}
