// A contact centre that does not stop while its owner upgrades, rolls back and removes: agents park, accept and settle, and customers write
// at a steady rate.

import { functionPaths } from '../../deploy/paths.mjs';
import { stateOf } from '../functions/support.mjs';
import { firstOf, twoTasks } from '../faults/invariants.mjs';
import { whatIsWrong } from '../readings/judge.mjs';
import { Crowd } from '../load/crowd.mjs';

/** The pause between two rounds, in which every agent looks at their conversations. */
const ROUND_MS = 1_000;
/** For how long an agent talks before the park, so that customers are parked most of the time. */
const TALKS_MS = 3_000;
/** For how long something may look wrong: what a Function has begun may take its limit of ten seconds, and a clock a minute. */
const PATIENCE_MS = { lost: 20_000, unheard: 90_000 };

const PATHS = functionPaths();

/** The centre of one account. */
export class Centre {
  #account;
  #domain;
  #running = true;
  #turn = 0;
  /** Whether open desktops still settle. Some agents reload Flex once the plugin is gone. */
  hasPlugin = true;
  members;
  counts = { messages: 0, parks: 0, refusedParks: 0, accepted: 0, settled: 0 };

  /**
   * @param {import('../deploy/support.mjs').Account} account
   * @param {{ conversations: number, domain: string }} options
   */
  static async open(account, { conversations, domain }) {
    const centre = new Centre(account, domain);
    const desk = {
      control: (method, path, body) => account.control(method, path, body),
      world: () => account.control('GET', 'world'),
    };
    const crowd = await Crowd.gather(desk, conversations);
    account.useSeeded(desk.facts);
    centre.members = crowd.members.map((member, number) => ({
      ...member,
      story: {},
      number,
      busy: false,
      doneAt: 0,
      since: {},
      talksUntil: Date.now() + number * 100,
    }));
    return centre;
  }

  constructor(account, domain) {
    this.#account = account;
    this.#domain = domain;
  }

  /** Lets everybody work until `stop()`. `rate`: the number of customers' messages in a second. */
  async work(rate) {
    const customers = this.#everyMs(1_000 / rate, () => this.#nextWrites());
    const agents = this.#everyMs(ROUND_MS, () => this.#round());
    await Promise.all([customers, agents]);
  }

  stop() {
    this.#running = false;
  }

  /** Returns a condition that is true once every customer has written again. */
  everybodyWrites() {
    const end = this.counts.messages + this.members.length;
    return () => this.counts.messages >= end;
  }

  /** Returns the present state of every member. */
  async look() {
    const world = await this.#account.control('GET', 'world');
    for (const member of this.members) member.state = stateOf(world, member);
  }

  async #everyMs(ms, work) {
    while (this.#running) {
      const next = performance.now() + ms;
      await work();
      const left = next - performance.now();
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    }
  }

  async #nextWrites() {
    const member = this.members[(this.#turn += 1) % this.members.length];
    // Said before it is sent: the state that the next round reads may have it already.
    if (member.state && isAlone(member.state)) member.unheard = true;
    await this.#account.control('POST', `customers/${member.id}/messages`, { body: 'Here it is.' });
    this.counts.messages += 1;
  }

  async #round() {
    const began = performance.now();
    await this.look();
    for (const member of this.members) {
      // A state that was read while the agent did something is out of date.
      const isSettled = !member.busy && member.doneAt < began;
      this.#judge(member, isSettled);
      if (isSettled) this.#act(member);
    }
  }

  /** Notes what is wrong: two invites at once; other things where they last. */
  #judge(member, isSettled) {
    const { state } = member;
    if (!isAlone(state)) member.unheard = false;
    const found = firstOf([
      twoTasks(state) && { kind: 'double', reason: twoTasks(state) },
      isSettled && whatIsWrong({ member, state, step: undefined, when: 'minute', seed: 1 }),
    ]);
    if (found?.kind === 'double') member.wrong ??= found;
    for (const [kind, patience] of Object.entries(PATIENCE_MS)) {
      if (found?.kind !== kind) delete member.since[kind];
      else if (Date.now() - (member.since[kind] ??= Date.now()) > patience) member.wrong ??= found;
    }
  }

  /** Does what the agent of a conversation would do now. */
  #act(member) {
    const { state } = member;
    const act = firstOf([
      state.offer && (() => this.#accept(member)),
      state.agents.length === 1 && member.isOwed && (() => this.#settle(member)),
      state.agents.length === 1 &&
        state.openTasks.length === 1 &&
        Date.now() > member.talksUntil &&
        (() => this.#park(member)),
    ]);
    if (!act) return;
    member.busy = true;
    act().finally(() => {
      member.busy = false;
      member.doneAt = performance.now();
      member.talksUntil = Date.now() + TALKS_MS;
    });
  }

  async #accept(member) {
    await this.#account.control('POST', `reservations/${member.state.offer.sid}`, { status: 'accepted' });
    this.counts.accepted += 1;
    member.isOwed = true;
  }

  /** The desktops of every other conversation have been reloaded once the plugin is gone. */
  async #settle(member) {
    if (!this.hasPlugin && member.number % 2 === 0) return;
    const { conversationSid } = member;
    const { status } = await this.#call(PATHS.settle, { Token: this.#tokenIn(member), conversationSid });
    if (status !== 200) return;
    member.isOwed = false;
    this.counts.settled += 1;
  }

  async #park(member) {
    const { conversationSid, interactionSid, channelSid, state } = member;
    const { body } = await this.#call(PATHS.park, {
      ...{ Token: this.#tokenIn(member), conversationSid, interactionSid, channelSid },
      taskSid: state.openTasks[0].sid,
      lastMessageIndex: state.conversation.messages.at(-1).index,
      showList: true,
    });
    if (['parked', 'parkedAndWoken'].includes(body?.outcome)) this.counts.parks += 1;
    else this.counts.refusedParks += 1;
  }

  #tokenIn({ state }) {
    const { worker_sid: worker } = state.agents[0].routing;
    return this.#account.facts.agents.find(({ workerSid }) => workerSid === worker).token;
  }

  async #call(path, fields) {
    const response = await fetch(`https://${this.#domain}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, body: isJson ? await response.json() : undefined };
  }
}

/** Returns true if nobody is there, and nobody is asked. */
const isAlone = ({ agents, openTasks }) => agents.length === 0 && openTasks.length === 0;
