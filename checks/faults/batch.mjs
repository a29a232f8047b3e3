// Cases side by side in one contact centre: each has a customer and an agent of its own, so that a fault hits only it.

import { PARK, RESUME, SETTLE, until } from '../../tests/functions/support.mjs';

/** How many cases ask something of the Functions at the same time: with more, the machine's slowness would be the fault. */
const AT_ONCE = 6;
/** Journal and world are long with many cases, so they are not asked for all the time. */
const LOOK_EVERY_MS = 200;
/** No Function runs longer, so after this nothing is under way. */
const FUNCTION_ENDS_WITHIN_MS = 10_000;
/** All leases and claims are over after this. */
const PAST_LEASES_MS = 20_000;

const MEDIA = ['web', 'whatsapp', 'sms'];

export class Batch {
  #desk;
  members;

  /** A new contact centre with an agent and a customer, who are talking, for each of `cases`. */
  static async begin(desk, cases) {
    const ids = cases.map((_, number) => String(number).padStart(3, '0'));
    desk.facts = await desk.control('POST', 'seed', {
      agents: ids.map((id) => ({ identity: `agent-${id}`, fullName: `Agent ${id}` })),
      customers: ids.map((id, number) => ({
        id,
        name: `Customer ${id}`,
        channel: MEDIA[number % MEDIA.length],
        messages: ['Hello', 'How can I help you?', 'One moment'],
        assignedTo: `agent-${id}`,
      })),
    });
    const batch = new Batch(desk);
    const states = await batch.#look(ids.map((id) => ({ id })));
    batch.members = cases.map((one, number) => memberOf(desk, one, ids[number], states[number]));
    return batch;
  }

  constructor(desk) {
    this.#desk = desk;
  }

  /** Brings every case to where its operation begins. */
  async prepare() {
    const parked = this.members.filter(({ operation }) => operation !== 'park');
    await inTurns(parked, async (member) => {
      const { body } = await this.#park(member);
      if (body.outcome !== 'parked') throw new Error(`parking with no fault: ${JSON.stringify(body)}`);
    });
    // Resumed rather than woken: so the row is there, to be taken out when it is settled.
    const resumed = this.members.filter(({ operation }) => operation === 'settle');
    await inTurns(resumed, (member) => this.#resume(member));
    for (const member of resumed) await this.#accept(member);
    await this.#passLeases();
    await this.#desk.control('DELETE', 'journal');
  }

  /** Runs every case's operation, with its fault, and lets it end. Answers the journal of that. */
  async act() {
    const faults = this.members.map(({ fault }) => fault).filter(Boolean);
    for (const fault of faults) await this.#desk.fault(fault);
    const clicked = this.members.filter(({ operation }) => operation !== 'wake');
    await inTurns(clicked, async (member) => {
      member.answer = await this.#click(member);
    });
    await this.#write(this.members.filter(({ operation }) => operation === 'wake'));
    if (faults.length > 0) await this.#functionsEnded();
    await this.#desk.control('DELETE', 'faults');
    return this.#desk.control('GET', 'journal');
  }

  /** The customer of every case writes once more, long after. */
  async customersWrite() {
    await this.#passLeases();
    const before = await this.#look(this.members);
    await this.#desk.control('DELETE', 'journal');
    const armed = (_, number) => before[number].conversation.webhooks.length > 0;
    const heard = this.members.filter(armed);
    await inTurns(
      this.members.filter((member) => !heard.includes(member)),
      ({ id }) => this.#desk.writes(id),
    );
    await this.#write(heard);
  }

  /** Whoever is asked accepts, and their plugin settles. */
  async agentsAccept() {
    const states = await this.#look(this.members);
    const asked = this.members.filter((_, number) => states[number].offer);
    for (const member of asked) await this.#accept(member);
    await inTurns(asked, async (member) => {
      const { body } = await this.#settle(member);
      member.settled = body;
    });
  }

  /** Waits until `check` has nothing to say of any case, or until no Function can be running any more. Answers what it says. */
  async whatIsWrong(check) {
    const end = Date.now() + FUNCTION_ENDS_WITHIN_MS;
    const wrong = async () => {
      const states = await this.#look(this.members);
      const reasons = this.members.map((member, number) => check(member, states[number]));
      return (reasons.every((reason) => !reason) || Date.now() >= end) && reasons;
    };
    return until('the end of all Functions', wrong, { within: 2 * FUNCTION_ENDS_WITHIN_MS, every: LOOK_EVERY_MS });
  }

  #click(member) {
    const clicks = {
      park: () => this.#park(member),
      resume: () => this.#resume(member),
      settle: () => this.#settle(member),
    };
    return clicks[member.operation]();
  }

  /** Customers write whose webhooks are armed: a few at a time, since each message is a Function's work. */
  async #write(members) {
    for (let first = 0; first < members.length; first += AT_ONCE) {
      const some = members.slice(first, first + AT_ONCE);
      await Promise.all(some.map(({ id }) => this.#desk.writes(id)));
      await this.#delivered(some);
    }
  }

  #park({ token, conversationSid, interactionSid, channelSid, taskSid, lastMessageIndex }) {
    const where = { conversationSid, interactionSid, channelSid, taskSid, lastMessageIndex };
    return this.#desk.call(PARK, { Token: token, ...where, showList: true });
  }

  #resume({ token, conversationSid, interactionSid, channelSid }) {
    return this.#desk.call(RESUME, { Token: token, conversationSid, interactionSid, channelSid });
  }

  #settle({ token, conversationSid, interactionSid, channelSid }) {
    return this.#desk.call(SETTLE, { Token: token, conversationSid, interactionSid, channelSid });
  }

  /** The workflow asks the agent whom the customer knows, and so does a resume. */
  async #accept(member) {
    const [{ offer }] = await this.#look([member]);
    if (offer?.worker_sid !== member.workerSid) throw new Error(`${member.id}: the task was not offered to the agent`);
    await this.#desk.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
  }

  async #delivered(members) {
    const awaited = members.map(({ conversationSid }) => conversationSid);
    const all = async () => {
      const { deliveries } = await this.#desk.control('GET', 'journal');
      return awaited.every((sid) => deliveries.some(({ params }) => params.ConversationSid === sid));
    };
    await until('the webhooks of all who wrote', all, { every: LOOK_EVERY_MS });
  }

  async #functionsEnded() {
    const end = Date.now() + FUNCTION_ENDS_WITHIN_MS;
    await until('the end of all Functions', () => Date.now() >= end);
  }

  #passLeases() {
    return this.#desk.control('POST', 'clock', { advanceMs: PAST_LEASES_MS });
  }

  async #look(members) {
    const world = await this.#desk.world();
    return members.map(({ id }) => stateOf(world, this.#desk.customer(id)));
  }
}

function memberOf(desk, { operation, faultFor }, id, state) {
  const customer = desk.customer(id);
  const { workerSid, token } = desk.agent(`agent-${id}`);
  const taskSid = state.openTasks[0].sid;
  const { conversationSid, interactionSid, channelSid, address } = customer;
  const marks = [conversationSid, channelSid, taskSid, workerSid, token, address];
  return {
    ...{ id, operation, workerSid, token, conversationSid, interactionSid, channelSid, taskSid },
    lastMessageIndex: state.conversation.messages.at(-1).index,
    before: state,
    fault: faultFor?.(marks),
  };
}

/** All that bears on one customer's conversation. */
function stateOf(world, { conversationSid, channelSid }) {
  const conversation = world.conversations.find(({ sid }) => sid === conversationSid);
  const { participants } = world.channels.find(({ sid }) => sid === channelSid);
  const tasks = world.tasks.filter(({ attributes }) => attributes.flexInteractionChannelSid === channelSid);
  const openTasks = tasks.filter(({ assignment_status: status }) =>
    ['pending', 'reserved', 'assigned'].includes(status),
  );
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
    rows: world.maps.flatMap(({ items }) => Object.values(items)).filter(({ key }) => key === conversationSid),
  };
}

/** Does `work` with all `members`, a few at a time. */
async function inTurns(members, work) {
  const waiting = [...members];
  const one = async () => {
    for (let member = waiting.shift(); member; member = waiting.shift()) await work(member);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}
