// A contact centre in which each story has a customer and an agent of its own, and the actions of these people.

import {
  CHANGE,
  CHECK,
  END,
  GIVE,
  KEEP,
  PARK,
  RECONCILE,
  RESUME,
  SETTLE,
  stateOf,
  until,
} from '../functions/support.mjs';
import { create, update } from '../faults/rest.mjs';
import { inTurns } from '../support/in-turns.mjs';

const CONVERSATIONS = 'conversations.twilio.com';
const TELLS_WEBHOOKS = { 'x-twilio-webhook-enabled': 'true' };
const MEDIA = ['web', 'whatsapp', 'sms'];
const BOT = 'bot';
const SUPERVISOR = 'supervisor';
/** The number of steps at the same time. */
const AT_ONCE = 9;
/** The number of clicks before an agent gives up. */
const CLICKS = 4;
/** The longest run of a Function. */
const FUNCTIONS_END_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 10;
/** The life of a Flex token. */
const TOKENS_LIVE_MS = 8 * 60 * 60 * 1000;
/** The longest time that TaskRouter takes to offer a task. */
const A_MOMENT_MS = 500;
/** A clock so slow that time passes only by `advanceMs`. */
const CLOCK_SPEED = 0.1;
const OUTCOMES_OF_PARKING = ['parked', 'parkedAndWoken'];

/**
 * Returns true if the contact centre has a sink of Event Streams. In half of the rows of pairs it has none, because a sink reports again what the
 * other watchers lose; a reading of Event Streams alone needs one.
 */
function hasSink(readings) {
  const [first, ...others] = Object.keys(readings);
  return readings['sink-password'] === 'hidden' || (others.length === 0 && /^(stream-|json-array)/.test(first));
}

export class Centre {
  #desk;
  members;

  /** Starts a contact centre under `readings`, for `stories`. */
  static async open(desk, readings, stories) {
    await desk.control('DELETE', 'faults');
    const ids = stories.map((_, number) => String(number).padStart(2, '0'));
    desk.facts = await desk.control('POST', 'seed', {
      readings,
      eventStreams: hasSink(readings),
      offerSeconds: 86_400,
      agents: [
        ...ids.map((id) => ({ identity: `agent-${id}`, fullName: `Agent ${id}`, chatCapacity: 50 })),
        // Nobody offers a task to a supervisor without capacity.
        { identity: SUPERVISOR, fullName: 'Supervisor', roles: ['supervisor'], chatCapacity: 0 },
      ],
      customers: stories.map(({ lastWord }, number) => ({
        id: ids[number],
        name: `Customer ${ids[number]}`,
        channel: MEDIA[number % MEDIA.length],
        messages: [
          'Hello',
          'How can I help you?',
          'One moment',
          ...(lastWord === 'customer' ? [] : ['Take your time.']),
        ],
        assignedTo: `agent-${ids[number]}`,
      })),
    });
    await desk.control('POST', 'clock', { speed: CLOCK_SPEED });
    await desk.control('DELETE', 'journal');
    const centre = new Centre(desk);
    const world = await desk.world();
    centre.members = stories.map((story, number) => {
      const customer = desk.customer(ids[number]);
      const before = stateOf(world, customer);
      return { ...customer, story, before, agent: `agent-${ids[number]}`, unheard: false };
    });
    return centre;
  }

  constructor(desk) {
    this.#desk = desk;
  }

  /** Takes a step in every story, a few at a time. */
  async take(turn) {
    await inTurns(this.members, AT_ONCE, (member) => this.#step(member, member.story.steps[turn]));
    await this.#quiet();
  }

  /** Lets time pass: timers end, and open desktops ask for conversations that wait. */
  async pass(advanceMs) {
    await this.#desk.control('POST', 'clock', { advanceMs });
    await this.#quiet();
    if (advanceMs > TOKENS_LIVE_MS) await this.#logIn();
    const world = await this.#desk.world();
    const now = Date.parse(world.now);
    for (const member of this.members) {
      const { waiting } = stateIn(world, member);
      if (waiting.some(({ data }) => isDue(data, now))) await this.#call(CHECK, member, this.#token(member.agent));
    }
    await this.#quiet();
  }

  /** Logs every agent in again. */
  async #logIn() {
    for (const agent of this.#desk.facts.agents) {
      const { token } = await this.#desk.control('POST', 'tokens', {
        identity: agent.identity,
        lifeMs: TOKENS_LIVE_MS,
      });
      agent.token = token;
    }
  }

  /** Returns the present state of every story. */
  async look() {
    const world = await this.#desk.world();
    return this.members.map((member) => stateIn(world, member));
  }

  async #step(member, step) {
    const steps = {
      park: () => this.#park(member),
      resume: () => this.#clicks(() => this.#call(RESUME, member, this.#token(member.agent))),
      keep: () => this.#clicks(() => this.#keep(member)),
      give: () => this.#clicks(() => this.#call(GIVE, member, this.#token(member.agent))),
      'give to': () => this.#clicks(() => this.#giveTo(member)),
      move: () => this.#clicks(() => this.#move(member)),
      end: () => this.#clicks(() => this.#call(END, member, this.#token(member.agent))),
      settle: async () =>
        this.#clicks(async () => this.#call(SETTLE, member, this.#token(await this.#whoIsIn(member)))),
      writes: () => this.#writes(member),
      // An agent is owed once the time has come, and it comes within the next minute.
      'is due soon': () => (member.unheard = true),
      'writes early': () => this.#desk.writes(member.id),
      burst: () => Promise.all(Array.from({ length: 5 }, () => this.#writes(member))),
      accept: () => this.#accept(member),
      decline: () => this.#end(member, { declines: true }),
      cancel: () => this.#end(member),
      full: () => this.#desk.control('POST', `agents/${member.agent}`, { chatCapacity: 0 }),
      bot: () => this.#posts(member, BOT),
      'agent writes': () => this.#posts(member, member.agent),
      adapter: () => this.#adapterWrites(member),
      close: () => this.#close(member),
      reconcile: () => repeated(() => this.#desk.signed(RECONCILE, { conversationSid: member.conversationSid })),
    };
    await steps[step]?.();
  }

  async #park(member) {
    await this.#clicks(async () => {
      const { conversation, agents, openTasks } = await this.#state(member);
      if (agents.length === 0) return { outcome: OUTCOMES_OF_PARKING[0] };
      const { conversationSid, interactionSid, channelSid } = member;
      const lastMessageIndex = conversation.messages.at(-1).index;
      member.agent = this.#identityOf(agents[0]);
      return this.#ask(PARK, {
        ...{ Token: this.#token(member.agent), conversationSid, interactionSid, channelSid },
        ...{ taskSid: openTasks[0]?.sid, showList: true },
        ...(member.story.screen === 'empty' ? {} : { lastMessageIndex }),
        ...(await this.#appointmentOf(member)),
      });
    });
  }

  /** Returns what the story's parks agree on. The time is that of the first click. */
  async #appointmentOf(member) {
    const { appointment: { afterMs, ...words } = {}, sameAgentSeconds, expiresAfterHours } = member.story;
    if (afterMs && !member.until) {
      const { now } = await this.#desk.control('GET', 'clock');
      member.until = Math.ceil((Date.parse(now) + afterMs) / 1000);
    }
    return { until: member.until, ...words, sameAgentSeconds, expiresAfterHours };
  }

  #keep({ agent, conversationSid, story }) {
    const fields = { conversationSid, expiresAfterHours: story.keptForHours };
    return this.#ask(KEEP, { Token: this.#token(agent), ...fields });
  }

  /** Gives to the agent of the first story, who then has it. */
  async #giveTo(member) {
    const { identity, workerSid } = this.#desk.facts.agents[0];
    const Token = this.#token(SUPERVISOR);
    const answer = await this.#ask(GIVE, { Token, conversationSid: member.conversationSid, workerSid });
    if (answer.outcome === 'given') member.agent = identity;
    return answer;
  }

  /** Changes the time to the one after which the story goes on. The first click decides on it. */
  async #move(member) {
    const { now } = await this.#desk.control('GET', 'clock');
    member.movedTo ??= Math.ceil((Date.parse(now) + member.story.movedToMs) / 1000);
    const { agent, conversationSid, movedTo: until } = member;
    return this.#ask(CHANGE, { Token: this.#token(agent), conversationSid, until, reason: 'Order number' });
  }

  async #writes(member) {
    const { agents } = await this.#state(member);
    if (agents.length === 0) member.unheard = true;
    await this.#desk.writes(member.id);
  }

  async #adapterWrites(member) {
    member.unheard = true;
    await this.#posts(member, member.address);
  }

  /** Writes through REST, as other code of the account does. */
  #posts({ conversationSid }, Author) {
    const path = `/v1/Conversations/${conversationSid}/Messages`;
    return repeated(() => create(this.#desk, CONVERSATIONS, path, { Author, Body: 'By REST.' }, TELLS_WEBHOOKS));
  }

  #close(member) {
    const path = `/v1/Conversations/${member.conversationSid}`;
    return repeated(async () => {
      const { conversation } = await this.#state(member);
      if (conversation.state === 'closed') return;
      await update(this.#desk, CONVERSATIONS, path, { State: 'closed' }, TELLS_WEBHOOKS);
    });
  }

  async #accept(member) {
    const { offer, agents } = await until(`an offer for ${member.story.name}`, async () => {
      const state = await this.#state(member);
      if (state.offer || state.agents.length > 0 || state.openTasks.length === 0) return state;
      // TaskRouter needs a moment of real time.
      await this.#desk.control('POST', 'clock', { advanceMs: A_MOMENT_MS });
      return false;
    });
    if (!offer) return;
    await this.#desk.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
    if (agents.length === 0) member.unheard = false;
  }

  /** Ends the open task before an agent has joined. */
  async #end(member, { declines = false } = {}) {
    const { offer, openTasks, agents } = await this.#state(member);
    if (agents.length > 0 || openTasks.length === 0) return;
    if (declines && offer) await this.#desk.control('POST', `reservations/${offer.sid}`, { status: 'rejected' });
    const { openTasks: left } = await this.#state(member);
    if (left.length > 0) await this.#desk.control('POST', `tasks/${left[0].sid}`, { status: 'canceled' });
  }

  async #whoIsIn(member) {
    const { agents } = await this.#state(member);
    return agents.length > 0 ? this.#identityOf(agents[0]) : member.agent;
  }

  #identityOf({ routing }) {
    return this.#desk.facts.agents.find(({ workerSid }) => workerSid === routing.worker_sid).identity;
  }

  #token(identity) {
    return this.#desk.agent(identity).token;
  }

  #call(path, { conversationSid }, Token) {
    return this.#ask(path, { Token, conversationSid });
  }

  /** Calls a Function. A cut connection is the turn's fault in the request to the Function, and may be retried. */
  async #ask(path, fields) {
    try {
      const { status, body } = await this.#desk.call(path, fields);
      return { status, ...body };
    } catch (error) {
      if (error.cause?.code !== 'UND_ERR_SOCKET') throw error;
      return { status: 503 };
    }
  }

  /** Clicks again while the response allows a retry. */
  async #clicks(click) {
    for (let clicks = 0; clicks < CLICKS; clicks += 1) {
      const { status } = await click();
      if (![429, 502, 503, 504].includes(status)) return;
    }
  }

  async #state(member) {
    return stateIn(await this.#desk.world(), member);
  }

  #quiet() {
    return this.#desk.functionsEnded({ within: FUNCTIONS_END_WITHIN_MS, every: LOOK_EVERY_MS });
  }
}

/** Sends a request once more if it fails: the turn's fault may hit it instead of a Function's request. */
const repeated = (send) => send().catch(send);

const isDue = (data, now) => (typeof data === 'string' ? JSON.parse(data) : data).askAt <= now;

const stateIn = (world, member) => stateOf(world, withCurrentChannel(world, member));

/** Returns the member with the conversation's current channel: after Twilio has deleted one, another is created. */
function withCurrentChannel({ channels }, { conversationSid, channelSid }) {
  const newest = channels.findLast((channel) => channel.conversation_sid === conversationSid);
  return { conversationSid, channelSid: newest?.sid ?? channelSid };
}
