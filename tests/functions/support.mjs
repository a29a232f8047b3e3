// The Functions in Twilio's own runtime, over the simulator.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, afterEach, before, beforeEach } from 'node:test';

import { functionPaths } from '../../deploy/paths.mjs';
import { control } from '../../scripts/lib/control.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { startStack } from '../../scripts/lib/stack.mjs';
import { until } from '../support/until.mjs';

export { until };

/** The core as the Functions under test have it. */
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
  wake: WAKE,
  restore: TASK_EVENT,
  reconcile: RECONCILE,
} = PATHS;

/** The official client, as the Functions themselves have it. */
const twilio = createRequire(new URL('../../functions/package.json', import.meta.url))('twilio');

/** Starts everything. Each test begins with `begin()`, which gives it a contact centre as new. */
export async function openDesk(options) {
  const desk = new Desk();
  await desk.open(options);
  return desk;
}

/** The desk of the suite that asks: started before its tests, and with a contact centre as new for each of them. */
export function deskOfSuite(options) {
  const desk = new Desk();
  before(() => desk.open(options));
  after(() => desk.stop());
  beforeEach(() => desk.begin());
  afterEach(() => desk.end());
  return desk;
}

class Desk {
  #stack;
  /** By conversation, the index of the last message on the screen that parked it. */
  #seen = new Map();

  async open(options) {
    this.#stack = await startStack(options);
  }

  async begin() {
    await this.control('DELETE', 'faults');
    await this.control('DELETE', 'readings');
    await this.control('POST', 'latency', { ms: 0 });
    this.facts = await this.control('POST', 'reset');
    await this.control('DELETE', 'journal');
  }

  /** Nothing may have been asked of Twilio that Twilio does not know. */
  async end() {
    assert.deepEqual(await this.control('GET', 'unknown'), []);
  }

  /** Where the Functions run, behind the edge. */
  get functionsUrl() {
    return this.#stack.functionsUrl;
  }

  stop() {
    return this.#stack?.stop();
  }

  control(method, path, body) {
    return control(this.#stack.simulatorUrl, method, path, body);
  }

  /** Calls a function at its public address, as a page would. */
  async call(path, fields, { headers = { 'content-type': 'application/json' }, body = JSON.stringify(fields) } = {}) {
    const url = `${this.#stack.simulatorUrl}/__host/${this.facts.functionsDomain}${path}`;
    if (path === PARK) this.#seen.set(fields?.conversationSid, fields?.lastMessageIndex);
    const response = await fetch(url, { method: 'POST', headers, body });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** Twilio's signature of a form to a function. */
  signature(path, fields) {
    return twilio.getExpectedTwilioSignature(
      this.facts.authToken,
      `https://${this.facts.functionsDomain}${path}`,
      fields,
    );
  }

  /** Calls a function with a form that bears Twilio's signature. */
  signed(path, fields) {
    return this.call(path, undefined, {
      headers: { 'x-twilio-signature': this.signature(path, fields) },
      body: new URLSearchParams(fields),
    });
  }

  /** Where Twilio's hosts are, over TLS. */
  get tlsPort() {
    return this.#stack.tlsPort;
  }

  /** Twilio's own client, as somebody else's code would use it. */
  get client() {
    process.env.SIMULATOR_TLS_PORT = String(this.tlsPort);
    return twilio(this.facts.accountSid, this.facts.authToken);
  }

  /** A customer's conversation in that client. */
  conversation(id) {
    return this.client.conversations.v1.conversations(this.customer(id).conversationSid);
  }

  /** Replaces a conversation's attributes, as somebody else's code would. */
  async setAttributes(id, attributes) {
    await this.conversation(id).update({ attributes: JSON.stringify(attributes) });
  }

  agent(identity) {
    return this.facts.agents.find((agent) => agent.identity === identity);
  }

  customer(id) {
    return this.facts.customers.find((customer) => customer.id === id);
  }

  async world() {
    return this.control('GET', 'world');
  }

  /** All that bears on one customer's conversation, and the whole world. */
  async state(id) {
    const world = await this.world();
    return { world, ...stateOf(world, this.customer(id)) };
  }

  /** The fields with which the plugin asks to park. */
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

  async park(id, changes) {
    return this.call(PARK, await this.parkFields(id, changes));
  }

  async parked(id, changes) {
    const { status, body } = await this.park(id, changes);
    assert.deepEqual([status, body.outcome], [200, 'parked'], JSON.stringify(body));
  }

  settle(id, agent) {
    const { conversationSid } = this.customer(id);
    return this.call(SETTLE, { Token: this.agent(agent).token, conversationSid });
  }

  /** The desktop of an agent asks whether somebody is asked for a conversation that waits. */
  check(id, agent) {
    const { conversationSid } = this.customer(id);
    return this.call(CHECK, { Token: this.agent(agent).token, conversationSid });
  }

  resume(id, agent, fields = {}) {
    const { conversationSid } = this.customer(id);
    return this.call(RESUME, { Token: this.agent(agent).token, conversationSid, ...fields });
  }

  async writes(id, body = 'Here it is.') {
    return this.control('POST', `customers/${id}/messages`, { body });
  }

  /**
   * Waits until the webhooks that messages fire have been answered, and returns those deliveries. A message that the agent has
   * seen before they parked is none of them: Twilio tells a new webhook of the last one.
   */
  async wakes(id, count = 1) {
    const { conversationSid } = this.customer(id);
    const seen = this.#seen.get(conversationSid) ?? -1;
    return until(`${count} deliveries for ${id}`, async () => {
      const { deliveries } = await this.control('GET', 'journal');
      const isNew = ({ ConversationSid, EventType, Index }) =>
        ConversationSid === conversationSid && EventType === 'onMessageAdded' && !(Number(Index) <= seen);
      const own = deliveries.filter(({ params }) => isNew(params));
      return own.length >= count && own;
    });
  }

  /** Waits until nothing has been under way between two looks, one every so many milliseconds. */
  async functionsEnded({ within, every }) {
    let before;
    const isQuiet = async () => {
      const { requests, underWay } = await this.control('GET', 'activity');
      const quiet = underWay === 0 && requests === before;
      before = requests;
      return quiet;
    };
    await until('the end of all Functions', isQuiet, { within, every });
  }

  /** Answers the open offer for a customer as the worker whom it was made to. */
  async answerOffer(id, status) {
    const reservation = await until(`an offer for ${id}`, async () => (await this.state(id)).offer);
    return this.control('POST', `reservations/${reservation.sid}`, { status });
  }

  /** Lets something go wrong. Answers the fault's id. */
  async fault(fault) {
    const { id } = await this.control('POST', 'faults', fault);
    return id;
  }

  /** Lets a fault be over; what it held goes on. */
  async unfault(id) {
    return this.control('DELETE', `faults/${id}`);
  }

  /** How many requests a fault has seen, and how many it holds now. */
  async faultReport(id) {
    const reports = await this.control('GET', 'faults');
    return reports.find((report) => report.id === id);
  }
}

/** All that bears on one customer's conversation. */
export function stateOf(world, { conversationSid, channelSid }) {
  const conversation = world.conversations.find(({ sid }) => sid === conversationSid);
  // Twilio deletes a channel that was quiet for long.
  const participants = world.channels.find(({ sid }) => sid === channelSid)?.participants ?? [];
  const tasks = world.tasks.filter(({ attributes }) => attributes.flexInteractionChannelSid === channelSid);
  const openTasks = tasks.filter(isOpen);
  return {
    conversation,
    participants,
    tasks,
    openTasks,
    attributes: JSON.parse(conversation.attributes),
    agents: participants.filter(({ type, status }) => type === 'agent' && status !== 'closed'),
    offer: world.reservations.find(
      ({ task_sid: task, reservation_status: status }) =>
        status === 'pending' && openTasks.some(({ sid }) => sid === task),
    ),
    rows: itemsOf(world, 'ParkedInteractions_', conversationSid),
    waiting: itemsOf(world, 'ParkInteractionWaiting_', conversationSid),
  };
}

/** The items for a conversation in all Sync maps whose name begins so. */
function itemsOf(world, prefix, conversationSid) {
  return world.maps
    .filter(({ unique_name: name }) => name?.startsWith(prefix))
    .flatMap(({ items }) => Object.values(items))
    .filter(({ key }) => key === conversationSid);
}

/** Whether a task waits for an agent or is being done. */
export function isOpen({ assignment_status: status }) {
  return ['pending', 'reserved', 'assigned'].includes(status);
}
