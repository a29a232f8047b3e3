// Cases in parallel in one contact centre: each has a customer and an agent of its own, so that a fault hits only this case.

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
  TASK_EVENT,
  until,
} from '../functions/support.mjs';
import { inTurns } from '../support/in-turns.mjs';
import { CHANGED_REASON, PARKS } from './invariants.mjs';
import { callsOf } from './calls.mjs';
import { create, remove } from './rest.mjs';

/** The number of cases of one contact centre that call the Functions at the same time. With more, a slow machine would look like a fault. */
const AT_ONCE = 4;
/** The interval of polls. They are rare, because journal and world are long with many cases. */
const LOOK_EVERY_MS = 200;
/** The longest run of a Function: after this time nothing is under way. */
const FUNCTION_ENDS_WITHIN_MS = 10_000;
/** The time after which all leases and claims have expired. */
const PAST_LEASES_MS = 20_000;
/** The time after which every clock that watches waiting conversations has fired once. */
const WATCHED_MS = 61_000;
/** The Sync maps over which conversations are spread. */
const SHARDED_MAPS = ['Waiting', 'Notes'].flatMap((what) =>
  [0, 1, 2, 3].map((number) => `ParkInteraction${what}_${number}`),
);
/** The wait of an appointment that nothing in a test reaches. */
const FAR_AHEAD_MS = 20 * 24 * 60 * 60 * 1000;
/** The wait of an appointment that was brought forward. Nothing in a test reaches it either. */
const NEARER_MS = 10 * 24 * 60 * 60 * 1000;
/** The wait of an appointment that comes after all preparations. */
const SOON_MS = 150_000;
/** The longest wait of a conversation that is kept, in hours. Nothing in a test reaches its end. */
const LONGEST_WAIT_HOURS = 480;
/** The notice to the customer, and the fields for Flex Insights. */
const EXTRAS = { notices: 'Back soon', insights: '1,2,3,4' };
/** A slow clock: no offer times out because the machine is slow. */
const CLOCK_SPEED = 0.1;

const MEDIA = ['web', 'whatsapp', 'sms'];
const SUPERVISOR = 'supervisor';

/** Returns the calls of an operation without a fault. */
export async function cleanCalls(desk, operation) {
  const batch = await Batch.begin(desk, [{ operation }]);
  await batch.prepare();
  const { requests } = await batch.act();
  // The Functions remember Flex's configuration for a minute, so that most cases would not ask for it. Its failures are in the native tests.
  const calls = callsOf(requests.filter(({ host }) => host !== 'flex-api.twilio.com'));
  if (calls.length === 0) throw new Error(`${operation} made no remote call: nothing to check`);
  return calls;
}

export class Batch {
  desk;
  members;

  /**
   * Starts a contact centre with an agent and a customer in conversation for each of `cases`, and one supervisor.
   *
   * A case names its `operation`: `park`, `park until` a time, with a note, `park with extras`, a notice and figures for Flex Insights, `due`, the end of such a time, `keep`, `give`, `give to` another agent, `change` of time and reason, `end`, `wake`, `resume`, `settle`; `park again`, by an agent who has joined and not settled;
   * `restore`, after the task of a resume was canceled; `follow`, after that of a wake was; `check`, where no event came and a desktop requests it;
   * `reconcile`, where row and webhook are gone, `reconcile unheard`, where no webhook came for a message, and `reconcile all`, the
   * same as the first without saying which conversation.
   */
  static async begin(desk, cases) {
    const ids = cases.map((_, number) => String(number).padStart(3, '0'));
    desk.facts = await desk.control('POST', 'seed', {
      agents: [
        ...ids.map((id) => ({ identity: `agent-${id}`, fullName: `Agent ${id}` })),
        ...ids
          .filter((_, number) => cases[number].operation === 'give to')
          .map((id) => ({ identity: `other-${id}`, fullName: `Other ${id}` })),
        { identity: SUPERVISOR, fullName: 'Supervisor', roles: ['supervisor'], chatCapacity: ids.length },
      ],
      customers: ids.map((id, number) => ({
        id,
        name: `Customer ${id}`,
        channel: MEDIA[number % MEDIA.length],
        messages: ['Hello', 'How can I help you?', 'One moment'],
        assignedTo: `agent-${id}`,
      })),
    });
    await desk.control('POST', 'clock', { speed: CLOCK_SPEED });
    // The first operation that needs a map creates it. Created here, so that every case makes the same calls.
    const maps = `/v1/Services/${desk.facts.syncServiceSid}/Maps`;
    for (const UniqueName of SHARDED_MAPS) await create(desk, 'sync.twilio.com', maps, { UniqueName });
    const batch = new Batch(desk);
    const states = await batch.#statesOf(ids.map((id) => ({ id })));
    batch.members = cases.map((one, number) => memberOf(desk, one, ids[number], states[number]));
    return batch;
  }

  constructor(desk) {
    this.desk = desk;
  }

  /** Brings every case to the state in which its operation begins. */
  async prepare() {
    await aFew(
      this.members.filter(({ operation }) => !PARKS.includes(operation)),
      (member) => this.#parked(member),
    );
    await this.#letCustomersWait();
    // Resumed rather than woken: so there is a row for the settle to remove.
    const joined = this.#of('settle', 'park again');
    await aFew(joined, (member) => this.resume(member));
    await this.#accept(joined);
    await aFew(this.#of('restore'), (member) => this.resume(member));
    await this.#deleteWebhooksAndRows(this.#of('reconcile', 'reconcile all'));
    await this.#writeUnheard(this.#of('reconcile unheard'));
    await this.#passLeases();
    await aFew(this.members, (member) => this.#signInAgain(member));
    // From now on the tasks exist that its requests may name.
    const states = await this.#statesOf(this.members);
    this.members.forEach((member, number) => {
      member.fault = member.faultFor?.(marksOf(member, states[number]));
    });
    await this.desk.control('DELETE', 'journal');
  }

  /** Runs every case's operation to its end, with its fault. Returns the journal of it. */
  async act() {
    const faulty = this.members.filter(({ fault }) => fault);
    for (const member of faulty) member.faultId = await this.desk.fault(member.fault);
    const called = this.members.filter(({ operation }) => !['wake', 'restore', 'follow', 'due'].includes(operation));
    await aFew(called, async (member) => {
      member.answer = await this.run(member);
    });
    await this.#write(this.#of('wake'));
    await this.#cancel(this.#of('restore', 'follow'));
    await this.#comeDue(this.#of('due'));
    // A called operation ends with its response.
    if (faulty.length > 0 && called.length < this.members.length) await this.#functionsEnded();
    const reports = await this.desk.control('GET', 'faults');
    for (const member of faulty) {
      const { seen, fault } = reports.find(({ id }) => id === member.faultId);
      member.wasHit = seen >= fault.nth;
    }
    await this.desk.control('DELETE', 'faults');
    return this.desk.control('GET', 'journal');
  }

  /** Runs `reconcile` again on the conversations whose operation was one, long after. */
  async reconcileAgain() {
    await this.#reconcileAgain(this.#of('reconcile', 'reconcile unheard', 'reconcile all'));
  }

  /** Lets the customer of every case write once more, long after. */
  async customersWrite(members = this.members) {
    await this.#passLeases();
    const before = await this.#statesOf(members);
    await this.desk.control('DELETE', 'journal');
    const heard = members.filter((_, number) => before[number].conversation.webhooks.length > 0);
    await aFew(
      members.filter((member) => !heard.includes(member)),
      ({ id }) => this.desk.writes(id),
    );
    await this.#write(heard);
  }

  /**
   * Lets every watcher of conversations with an unheard message act once more: their timers, and desktops that see an overdue
   * item.
   */
  async watchersActAgain() {
    await this.#pass(WATCHED_MS);
    await this.#functionsEnded();
    const states = await this.#statesOf(this.members);
    const waits = (_, number) =>
      states[number].waiting.length > 0 && states[number].openTasks.length + states[number].agents.length === 0;
    await aFew(this.members.filter(waits), (member) => this.check(member));
  }

  /** Cancels every open task without an event, and lets the clocks fire. */
  async cancelUnaccepted() {
    await this.#cancelUnheard(this.members);
    await this.watchersActAgain();
  }

  /** Lets every invited agent accept, and their plugin settle. */
  async agentsAccept() {
    const states = await this.#statesOf(this.members);
    const asked = this.members.filter((_, number) => states[number].offer);
    await this.#accept(asked);
    await aFew(asked, async (member) => {
      const { body } = await this.settle(member);
      member.settled = body;
    });
  }

  /** Waits until `check` returns no reason for any case, or until no Function can be running any more. Returns the reasons. */
  async whatIsWrong(check) {
    const end = Date.now() + FUNCTION_ENDS_WITHIN_MS;
    const wrong = async () => {
      const states = await this.#statesOf(this.members);
      const reasons = this.members.map((member, number) => check(member, states[number]));
      return (reasons.every((reason) => !reason) || Date.now() >= end) && reasons;
    };
    return until('the end of all Functions', wrong, { within: 2 * FUNCTION_ENDS_WITHIN_MS, every: LOOK_EVERY_MS });
  }

  /** Does `work` with every case, a few at a time. */
  each(work) {
    return aFew(this.members, work);
  }

  /** Runs one case's operation. Returns its response. An operation that Twilio starts has none. */
  run(member) {
    const { conversationSid } = member;
    const runs = {
      park: () => this.park(member),
      'park until': () => this.park(member),
      'park with extras': () => this.park(member),
      'park again': () => this.park(member),
      wake: () => this.wake(member),
      resume: () => this.resume(member),
      settle: () => this.settle(member),
      restore: () => this.#cancel([member]),
      follow: () => this.#cancel([member]),
      check: () => this.check(member),
      keep: () => this.keep(member),
      give: () => this.#click(GIVE, member),
      'give to': () => this.#giveTo(member),
      change: () => this.#change(member),
      end: () => this.#click(END, member),
      reconcile: () => this.desk.signed(RECONCILE, { conversationSid }),
      'reconcile unheard': () => this.desk.signed(RECONCILE, { conversationSid }),
      'reconcile all': () => this.#reconcileAll(),
    };
    return runs[member.operation]();
  }

  /** Parks, as the agent who has the task. */
  async park(
    { conversationSid, interactionSid, channelSid, ...member },
    { token = member.joinedBy?.token ?? member.token } = {},
  ) {
    const { openTasks, conversation } = member.joinedBy?.state ?? member.before;
    const [{ sid: taskSid }] = openTasks;
    const lastMessageIndex = conversation.messages.at(-1).index;
    const where = { conversationSid, interactionSid, channelSid, taskSid, lastMessageIndex };
    const appointment = await this.#appointmentOf(member);
    const extras = member.operation === 'park with extras' ? EXTRAS : {};
    return this.desk.call(PARK, { Token: token, ...where, ...appointment, ...extras, showList: true });
  }

  /** @param {Record<string, any>} member any: a case */
  async #appointmentOf({ operation }) {
    if (operation === 'keep') return { expiresAfterHours: LONGEST_WAIT_HOURS };
    const wait = { 'park until': FAR_AHEAD_MS, change: FAR_AHEAD_MS, due: SOON_MS }[operation];
    if (!wait) return {};
    const { now } = await this.desk.control('GET', 'clock');
    const until = Math.ceil((Date.parse(now) + wait) / 1000);
    return { until, reason: 'Order number', note: 'Sends it tonight' };
  }

  /** Lets the time of the appointments come. */
  async #comeDue(members) {
    if (members.length === 0) return;
    await this.#pass(SOON_MS);
    await this.#delivered(members, isTimer);
  }

  /** Resumes, as the agent who parked or as the supervisor. */
  async resume({ token, conversationSid }, { asSupervisor = false } = {}) {
    const Token = asSupervisor ? await this.#newToken(SUPERVISOR) : token;
    return this.desk.call(RESUME, { Token, conversationSid });
  }

  /** Settles, as the plugin of the agent who has joined. */
  settle({ token, joinedBy, conversationSid }) {
    return this.desk.call(SETTLE, { Token: joinedBy?.token ?? token, conversationSid });
  }

  /** Restarts the longest wait, as the agent who parked. */
  keep({ token, conversationSid }) {
    const expiresAfterHours = LONGEST_WAIT_HOURS;
    return this.desk.call(KEEP, { Token: token, conversationSid, expiresAfterHours });
  }

  /** Gives or ends, as the agent who parked. */
  #click(path, { token, conversationSid }) {
    return this.desk.call(path, { Token: token, conversationSid });
  }

  /** Gives to another agent, as the supervisor. */
  #giveTo({ supervisorToken, conversationSid, otherSid }) {
    return this.desk.call(GIVE, {
      ...{ Token: supervisorToken, conversationSid, workerSid: otherSid },
      agentName: 'Supervisor',
    });
  }

  /** Brings the time forward, as the agent who parked. */
  #change({ token, conversationSid, changedUntil }) {
    const reason = CHANGED_REASON;
    return this.desk.call(CHANGE, { Token: token, conversationSid, until: changedUntil, reason });
  }

  /** Changes every conversation whose operation was a change once more, long after. */
  async changeAgain() {
    const changed = this.#of('give to', 'change');
    if (changed.length === 0) return;
    await this.#passLeases();
    await aFew(changed, async (member) => {
      member.supervisorToken = await this.#newToken(SUPERVISOR);
      member.answer = await this.run(member);
    });
  }

  /** Lets every agent end their conversation again, long after. */
  async endAgain() {
    await this.#passLeases();
    await aFew(this.members, async (member) => {
      member.answer = await this.#click(END, member);
    });
  }

  /** Requests a check, as an open desktop does. */
  check({ token, conversationSid }) {
    return this.desk.call(CHECK, { Token: token, conversationSid });
  }

  /** Accepts the offers of these conversations. */
  async #accept(members) {
    for (const { offer } of await this.#statesOf(members)) {
      await this.desk.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
    }
    const states = await this.#statesOf(members);
    members.forEach((member, number) => {
      const state = states[number];
      const { routing } = state.agents[0];
      const { identity, token } = this.desk.facts.agents.find(({ workerSid }) => workerSid === routing.worker_sid);
      member.joinedBy = { identity, token, state };
    });
  }

  /** Gives those who act for a member a new token. The Functions do not know it yet, so that every case validates it. */
  async #signInAgain(member) {
    member.token = await this.#newToken(member.identity);
    if (member.operation === 'give to') member.supervisorToken = await this.#newToken(SUPERVISOR);
    if (member.operation === 'change') {
      const { now } = await this.desk.control('GET', 'clock');
      member.changedUntil = Math.ceil((Date.parse(now) + NEARER_MS) / 1000);
    }
    const { joinedBy } = member;
    if (joinedBy?.identity === member.identity) joinedBy.token = member.token;
    else if (joinedBy) joinedBy.token = await this.#newToken(joinedBy.identity);
  }

  /** @param {string} identity */
  async #newToken(identity) {
    const { token } = await this.desk.control('POST', 'tokens', { identity });
    return token;
  }

  /** Sends a message of the customer, and waits for the response to the webhook if one is armed. */
  async wake(member) {
    const [{ conversation }] = await this.#statesOf([member]);
    await this.desk.writes(member.id);
    if (conversation.webhooks.length > 0) await this.#delivered([member], isMessage);
  }

  #passLeases() {
    return this.#pass(PAST_LEASES_MS);
  }

  #pass(advanceMs) {
    return this.desk.control('POST', 'clock', { advanceMs });
  }

  #of(...operations) {
    return this.members.filter(({ operation }) => operations.includes(operation));
  }

  async #parked(member) {
    const { body } = await this.park(member);
    if (body.outcome !== 'parked') throw new Error(`parking with no fault: ${JSON.stringify(body)}`);
  }

  /** Lets customers wait for longer than a minute, some of them for a task that has ended without an event. */
  async #letCustomersWait() {
    const [asked, unheard] = [this.#of('follow'), this.#of('check')];
    if (asked.length + unheard.length === 0) return;
    await this.#write([...asked, ...unheard]);
    const silence = unheard.length > 0 && (await this.#dropRequestsAbout(unheard));
    await this.#pass(WATCHED_MS);
    await this.#delivered(asked, isTimer);
    if (silence) await this.desk.unfault(silence);
    await this.#cancelUnheard(unheard);
  }

  /** Deletes webhooks and rows, as other code may. */
  async #deleteWebhooksAndRows(members) {
    const states = await this.#statesOf(members);
    for (const [number, { attributes }] of states.entries()) {
      const { workerSid, conversationSid } = members[number];
      const webhook = `/v1/Conversations/${conversationSid}/Webhooks/${attributes.webhookSid}`;
      await remove(this.desk, 'conversations.twilio.com', webhook);
      const map = `/v1/Services/${this.desk.facts.syncServiceSid}/Maps/ParkedInteractions_${workerSid}`;
      await remove(this.desk, 'sync.twilio.com', `${map}/Items/${conversationSid}`);
    }
  }

  /** Sends messages of customers while the Functions cannot be reached. */
  async #writeUnheard(members) {
    if (members.length === 0) return;
    const silence = await this.#dropRequestsAbout(members);
    await this.#write(members);
    await this.desk.unfault(silence);
  }

  /** Drops all requests to the Functions about these conversations. Returns the fault's id. */
  #dropRequestsAbout(members) {
    const mentions = members.flatMap(({ conversationSid, channelSid }) => [conversationSid, channelSid]);
    return this.desk.fault({ host: this.desk.facts.functionsDomain, mentions, kind: 'dropBefore', times: 0 });
  }

  async #reconcileAgain(members) {
    await this.#passLeases();
    await aFew(members, async (member) => {
      const { conversationSid } = member;
      const { status, body } = await this.desk.signed(RECONCILE, { conversationSid });
      member.reconciledAgain = true;
      if (status !== 200) throw new Error(`reconciling with no fault: ${JSON.stringify(body)}`);
    });
  }

  /** Calls again until the response is complete or a failure. */
  async #reconcileAll() {
    let answer = await this.desk.signed(RECONCILE, {});
    while (answer.body.next) answer = await this.desk.signed(RECONCILE, { next: answer.body.next });
    return answer;
  }

  /** Sends messages of customers whose webhooks are armed: a few at a time, since each one starts a Function. */
  async #write(members) {
    await this.#aFewAtATime(members, isMessage, ({ id }) => this.desk.writes(id));
  }

  /** Cancels the tasks that nobody has accepted; TaskRouter sends the event. */
  async #cancel(members) {
    const states = await this.#statesOf(members);
    const asked = members.filter((_, number) => states[number].openTasks.length > 0);
    const taskOf = (member) => states[members.indexOf(member)].openTasks[0].sid;
    await this.#aFewAtATime(asked, isTaskEvent, (member) =>
      this.desk.control('POST', `tasks/${taskOf(member)}`, { status: 'canceled' }),
    );
  }

  /** Cancels the tasks of the conversations without an agent. The events are lost. */
  async #cancelUnheard(members) {
    const states = await this.#statesOf(members);
    const alone = members.filter((_, number) => states[number].agents.length === 0);
    const host = this.desk.facts.functionsDomain;
    const loss = await this.desk.fault({ host, pathPattern: `^${TASK_EVENT}$`, kind: 'dropBefore', times: 0 });
    await this.#cancel(alone);
    await this.desk.unfault(loss);
  }

  async #aFewAtATime(members, isAwaited, work) {
    for (let first = 0; first < members.length; first += AT_ONCE) {
      const some = members.slice(first, first + AT_ONCE);
      await Promise.all(some.map(work));
      await this.#delivered(some, isAwaited);
    }
  }

  /** Waits until Twilio has called the Functions for each of these conversations. */
  async #delivered(members, isAwaited) {
    const all = async () => {
      const { deliveries } = await this.desk.control('GET', 'journal');
      return members.every((member) => deliveries.some(({ params }) => isAwaited(params, member)));
    };
    await until('the webhooks of all whom something has happened to', all, { every: LOOK_EVERY_MS });
  }

  #functionsEnded() {
    return this.desk.functionsEnded({ within: 2 * FUNCTION_ENDS_WITHIN_MS, every: LOOK_EVERY_MS });
  }

  async #statesOf(members) {
    const world = await this.desk.world();
    return members.map(({ id }) => stateOf(world, this.desk.customer(id)));
  }
}

/** Returns true for a message that was unseen at the time of the park. Twilio sends the last older one to a new webhook too. */
const isMessage = ({ ConversationSid, EventType, Index }, { conversationSid, before }) =>
  ConversationSid === conversationSid &&
  EventType === 'onMessageAdded' &&
  Number(Index) > before.conversation.messages.at(-1).index;
const isTimer = ({ ConversationSid, EventType }, { conversationSid }) =>
  ConversationSid === conversationSid && EventType === 'onConversationStateUpdated';
const isTaskEvent = ({ TaskAttributes, EventType }, { conversationSid }) =>
  EventType === 'task.canceled' && TaskAttributes?.includes(conversationSid);

function memberOf(desk, { operation, faultFor }, id, before) {
  const { identity, workerSid, token } = desk.agent(`agent-${id}`);
  const { conversationSid, interactionSid, channelSid, address } = desk.customer(id);
  const otherSid = operation === 'give to' ? desk.agent(`other-${id}`).workerSid : undefined;
  return {
    ...{ id, operation, faultFor, identity, workerSid, otherSid, token, address },
    ...{ conversationSid, interactionSid, channelSid, before },
  };
}

/** Returns the words by which requests for one member differ from others. `reconcile all` names no conversation, and runs alone. */
function marksOf({ operation, conversationSid, channelSid, workerSid, token, address, ...more }, { tasks }) {
  if (operation === 'reconcile all') return [];
  const ofGift = operation === 'give to' ? [more.otherSid, more.supervisorToken] : [];
  return [conversationSid, channelSid, workerSid, token, address, ...ofGift, ...tasks.map(({ sid }) => sid)];
}

/** Does `work` with all `members`, a few at a time. */
const aFew = (members, work) => inTurns(members, AT_ONCE, work);
