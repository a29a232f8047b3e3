// A contact centre with many conversations at once, and the actions of its agents and customers.

import { CHECK, PARK, RECONCILE, stateOf, TASK_EVENT, until } from '../functions/support.mjs';
import { quiet } from '../support/quiet.mjs';
import { atRate, pause, sleep } from './pace.mjs';

/** The number of conversations of each agent. */
const PER_AGENT = 20;
/** The time for which the plugin retries a post, and its longest pause between two posts, as in `src/plugin/call.rs`. */
const PATIENCE_MS = 8_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 4_000;
/** The statuses that the plugin retries, unless the refusal is final, as in `src/plugin/call.rs`. */
const TRANSIENT = [429, 502, 503, 504];
/** The number of clicks before an agent gives up. */
const CLICKS = 15;
/** The pause before the second click. It doubles with each click, up to a minute. */
const CLICKS_AGAIN_AFTER_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
/** The longest pause of the Functions: after this time without a request nothing is in flight. */
const QUIET_MS = 4_000;
/** The longest time until nothing is in flight. */
const QUIET_WITHIN_MS = 120_000;

/** Of this number of conversations in a row, one task is declined, one canceled, and one canceled without an event. */
const IN_A_ROW = 8;
/** The interval of the check that an agent is invited for every conversation again. */
const LOOK_EVERY_MS = 5_000;

const MEDIA = ['web', 'whatsapp', 'sms'];

export class Crowd {
  #desk;
  members;
  /** Counts retries of the plugin, and clicks that ended with a refusal. */
  retried = 0;
  refused = 0;

  /** Starts a contact centre with `count` customers in conversation with their agents. */
  static async gather(desk, count) {
    const name = (kind, number) => `${kind}-${String(number).padStart(4, '0')}`;
    const agents = Array.from({ length: Math.ceil(count / PER_AGENT) }, (_, number) => name('agent', number));
    desk.facts = await desk.control('POST', 'seed', {
      // Nobody accepts the new tasks, and their offers must not time out: this check is about load only.
      offerSeconds: 86_400,
      agents: agents.map((identity) => ({ identity, fullName: `Agent ${identity}`, chatCapacity: 2 * PER_AGENT })),
      customers: Array.from({ length: count }, (_, number) => ({
        id: name('customer', number),
        name: `Customer ${number}`,
        channel: MEDIA[number % MEDIA.length],
        messages: ['Hello', 'How can I help you?', 'One moment'],
        assignedTo: agents[number % agents.length],
      })),
    });
    const crowd = new Crowd(desk);
    const byIdentity = new Map(desk.facts.agents.map((agent) => [agent.identity, agent]));
    const states = await crowd.#states(desk.facts.customers);
    crowd.members = desk.facts.customers.map((customer, number) => ({
      ...customer,
      operation: 'park',
      fault: {},
      token: byIdentity.get(agents[number % agents.length]).token,
      before: states[number],
    }));
    return crowd;
  }

  constructor(desk) {
    this.#desk = desk;
  }

  /** Parks as an agent with the plugin does: clicks again after a refusal. */
  async park(member) {
    const began = performance.now();
    for (let clicks = 1; clicks <= CLICKS; clicks += 1) {
      member.answer = await this.#click(member);
      if (isParked(member)) {
        member.parkMs = performance.now() - began;
        return;
      }
      this.refused += 1;
      const wait = Math.min(CLICKS_AGAIN_AFTER_MS * 2 ** (clicks - 1), LONGEST_WAIT_MS);
      await pause(wait / 2, wait);
    }
  }

  /** Sends a message of the customer. */
  write(member) {
    return this.#desk.writes(member.id);
  }

  /** Reconciles all parked conversations page by page, as a scheduler does. */
  async reconcile() {
    let next;
    do {
      const { status, body } = await this.#desk.signed(RECONCILE, next ? { next } : {});
      if (status !== 200) return;
      ({ next } = body);
    } while (next);
  }

  /** Ends some of the new tasks unaccepted, `rate` a second. Returns them by how they ended. */
  async refuse(members, rate) {
    const [declined, canceled, unheardOf] = [0, 1, 2].map((kind) =>
      members.filter(({ state }, number) => number % IN_A_ROW === kind && state.openTasks.length > 0),
    );
    const host = this.#desk.facts.functionsDomain;
    const mentions = unheardOf.map(({ channelSid }) => channelSid);
    const loss = { host, pathPattern: `^${TASK_EVENT}$`, kind: 'dropBefore', times: 0, mentions };
    const fault = unheardOf.length > 0 && (await this.#desk.fault(loss));
    const cancel = ({ state }) => this.#desk.control('POST', `tasks/${state.openTasks[0].sid}`, { status: 'canceled' });
    await atRate(declined, rate, ({ state }) => state.offer && this.#decline(state.offer));
    await atRate([...canceled, ...unheardOf], rate, cancel);
    await this.quiet();
    if (fault) await this.#desk.unfault(fault);
    return { all: [...canceled, ...unheardOf], declined, canceled, unheardOf };
  }

  #decline({ sid }) {
    return this.#desk.control('POST', `reservations/${sid}`, { status: 'rejected' });
  }

  /** Waits until an agent is invited for each of these, `within` at most. Meanwhile timers run, and desktops request checks, `rate` a second. */
  async followed(members, rate, within) {
    const end = performance.now() + within;
    const areAsked = async () => {
      await this.look();
      await this.#desktopsAsk(rate);
      return performance.now() >= end || members.every(isAsked);
    };
    await until('all to be followed', areAsked, { within: 2 * within, every: LOOK_EVERY_MS });
    await this.quiet();
    await this.look();
  }

  /** Requests a check of each conversation whose item is due, as one desktop does. */
  async #desktopsAsk(rate) {
    const { now } = await this.#desk.control('GET', 'clock');
    const due = this.members.filter(({ state }) => state.waiting.some(({ data }) => data.askAt <= Date.parse(now)));
    await atRate(due, rate, ({ token, conversationSid }) => this.#desk.call(CHECK, { Token: token, conversationSid }));
  }

  /** Waits until no request has reached Twilio for a while. */
  quiet() {
    return quiet(this.#desk, { forMs: QUIET_MS, within: QUIET_WITHIN_MS });
  }

  /** Returns the state of every member's conversation. */
  async look() {
    const states = await this.#states(this.members);
    this.members.forEach((member, number) => (member.state = states[number]));
  }

  /** Clicks once: the plugin posts, and retries if that may help. */
  async #click(member) {
    const began = performance.now();
    for (let tried = 1; ; tried += 1) {
      const answer = await this.#post(member);
      const wait = Math.random() * Math.min(FIRST_BACKOFF_MS * 2 ** (tried - 1), LONGEST_BACKOFF_MS);
      const patient = tried === 1 || performance.now() - began + wait <= PATIENCE_MS;
      if (!isTransient(answer) || !patient) return answer;
      this.retried += 1;
      await sleep(wait);
    }
  }

  /** Posts a form as the plugin does, which needs no preflight. */
  #post({ token, conversationSid, interactionSid, channelSid, before, until }) {
    const fields = {
      ...{ Token: token, conversationSid, interactionSid, channelSid, taskSid: before.openTasks[0].sid },
      lastMessageIndex: String(before.conversation.messages.at(-1).index),
      showList: 'true',
      ...(until && { until: String(until) }),
    };
    return this.#desk.call(PARK, undefined, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields),
    });
  }

  async #states(members) {
    const world = await this.#desk.world();
    return members.map((member) => stateOf(world, member));
  }
}

/** Returns true if the agent has been shown that the conversation is parked. */
export const isParked = ({ answer }) => ['parked', 'parkedAndWoken'].includes(answer.body?.outcome);

/** Returns true if an agent is invited. */
export const isAsked = ({ state }) => state.openTasks.length > 0;

const isTransient = ({ status, body }) =>
  body?.refusal ? body.refusal.kind === 'twilioUnavailable' : TRANSIENT.includes(status);
