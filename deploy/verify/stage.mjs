// The trial's own corner of the contact centre: a queue and a workflow that lead to its agent alone, a customer, and what they do.

import { loadCore } from '../core.mjs';
import { functionPaths } from '../paths.mjs';
import { need, waitFor } from './waiting.mjs';

const PATIENCE_MS = 20_000;
/** @type {any} Twilio takes a list with commas, the types of its client an array */
const OPEN = 'pending,reserved,assigned';
/** @type {any} as above */
const WRAPPING = 'wrapping';

/**
 * @typedef {import('../transport.mjs').Client} Client
 * @typedef {ReturnType<Client['taskrouter']['v1']['workspaces']>} Workspace
 * @typedef {ReturnType<ReturnType<Client['flexApi']['v1']['interaction']>['channels']>} Channel
 * @typedef {import('./cleanup.mjs').Cleanup} Cleanup
 * @typedef {import('./agent.mjs').Agent} Agent
 */

/**
 * A trial in an account.
 *
 * @typedef {object} Trial
 * @property {Client} client
 * @property {NodeJS.ProcessEnv} env
 * @property {(line: string) => void} print
 * @property {import('../transport.mjs').Halt} halt
 * @property {import('../account.mjs').Account} account
 * @property {string} workspaceSid
 * @property {string} syncSid
 * @property {string} domain that of the Functions
 * @property {string} name begins the names of all that the trial makes
 * @property {Workspace} workspace
 */

/**
 * A trial with its agent, and the queue and workflow that lead to them alone.
 *
 * @typedef {Trial & { agent: Agent, queue: { sid: string }, workflow: { sid: string } }} Setting
 */

/**
 * A task that has ended.
 *
 * @typedef {{ sid: string, at: Date }} Ended
 */

/**
 * Makes the queue and the workflow, and a first stage in it. All of it is gone after `cleanup.all()`.
 *
 * @param {Trial} trial
 * @param {Agent} agent
 * @param {Cleanup} cleanup
 */
export async function openStage(trial, agent, cleanup) {
  const { workspace, name } = trial;
  const targetWorkers = `contact_uri == "${agent.contactUri}"`;
  const queue = await workspace.taskQueues.create({ friendlyName: name, targetWorkers });
  cleanup.later(`the task queue ${queue.sid}`, () => workspace.taskQueues(queue.sid).remove());
  const workflow = await workspace.workflows.create({
    friendlyName: name,
    configuration: JSON.stringify({ task_routing: { default_filter: { queue: queue.sid } } }),
  });
  cleanup.later(`the workflow ${workflow.sid}`, () => workspace.workflows(workflow.sid).remove());
  return addStage({ ...trial, agent, queue, workflow }, cleanup);
}

/**
 * Makes another conversation with its interaction, whose task is offered to the same agent.
 *
 * @param {Setting} setting
 * @param {Cleanup} cleanup
 */
export async function addStage(setting, cleanup) {
  const { client, name, syncSid, workspaceSid, workflow } = setting;
  const conversationSid = await newConversation(client, name, cleanup);
  const waiting = client.sync.v1.services(syncSid).syncMaps(loadCore().waitingMapOf(conversationSid));
  cleanup.later('what waits for an agent', () => waiting.syncMapItems(conversationSid).remove());
  const interaction = await client.flexApi.v1.interaction.create({
    channel: { type: 'web', initiated_by: 'api', properties: { media_channel_sid: conversationSid } },
    routing: { properties: routing({ workspaceSid, name, workflowSid: workflow.sid }) },
  });
  const { channels } = client.flexApi.v1.interaction(interaction.sid);
  const [{ sid: channelSid }] = await channels.list({ limit: 1 });
  const sids = { conversationSid, interactionSid: interaction.sid, channelSid };
  const stage = new Stage(setting, sids, channels(channelSid));
  cleanup.later(`the interaction ${interaction.sid}`, () => stage.ends());
  return stage;
}

/**
 * Creates a conversation with a customer in it. Returns its SID.
 *
 * @param {Client} client
 * @param {string} name
 * @param {Cleanup} cleanup
 */
export async function newConversation(client, name, cleanup) {
  const attributes = JSON.stringify({ theirs: name });
  const { sid } = await client.conversations.v1.conversations.create({ friendlyName: name, attributes });
  cleanup.later(`the conversation ${sid}`, () => client.conversations.v1.conversations(sid).remove());
  await client.conversations.v1.conversations(sid).participants.create({ identity: `${name}-customer` });
  return sid;
}

/** @param {{ workspaceSid: string, workflowSid: string, name: string }} routing */
function routing({ workspaceSid, workflowSid, name }) {
  return {
    workspace_sid: workspaceSid,
    workflow_sid: workflowSid,
    task_channel_unique_name: 'chat',
    attributes: { from: name, parkInteractionTrial: true },
  };
}

/** A conversation with its interaction, and the acts of its customer and its agent. */
export class Stage {
  /**
   * The first task of the trial that has ended.
   *
   * @type {Ended | undefined}
   */
  ended;

  /**
   * @param {Setting} setting
   * @param {{ conversationSid: string, interactionSid: string, channelSid: string }} sids
   * @param {Channel} channel
   */
  constructor(setting, { conversationSid, interactionSid, channelSid }, channel) {
    this.setting = setting;
    this.client = setting.client;
    this.print = setting.print;
    this.halt = setting.halt;
    this.account = setting.account;
    this.workspaceSid = setting.workspaceSid;
    this.syncSid = setting.syncSid;
    this.domain = setting.domain;
    this.name = setting.name;
    this.workspace = setting.workspace;
    this.agent = setting.agent;
    this.queue = setting.queue;
    this.workflow = setting.workflow;
    this.conversationSid = conversationSid;
    this.interactionSid = interactionSid;
    this.channelSid = channelSid;
    this.channel = channel;
    this.conversation = this.client.conversations.v1.conversations(conversationSid);
  }

  /**
   * The customer writes, or another author. A message through REST fires webhooks on request only.
   *
   * @param {string} body
   * @param {{ author?: string, webhooks?: boolean }} [options]
   */
  writes(body, { author = `${this.name}-customer`, webhooks = true } = {}) {
    return this.conversation.messages.create({ author, body, ...(webhooks && { xTwilioWebhookEnabled: 'true' }) });
  }

  /**
   * Calls one of the deployed Functions as the agent's desktop would. Returns its outcome, or why it refused.
   *
   * @param {'park' | 'resume' | 'settle' | 'check'} operation
   * @param {object} [fields]
   * @returns {Promise<string>}
   */
  async calls(operation, fields = {}) {
    const { conversationSid, interactionSid, channelSid } = this;
    const own = { Token: this.agent.token, conversationSid, interactionSid, channelSid };
    const response = await fetch(`https://${this.domain}${functionPaths()[operation]}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...own, ...fields }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    /** @type {any} the Function's JSON, or that of whatever is there */
    const answer = await response.json().catch(() => ({}));
    return answer.refusal ? `${answer.refusal.kind}: ${answer.message}` : (answer.outcome ?? `HTTP ${response.status}`);
  }

  async parks() {
    const [last] = await this.conversation.messages.list({ order: 'desc', limit: 1 });
    const [task] = await this.openTasks();
    return this.calls('park', {
      taskSid: task?.sid,
      lastMessageIndex: last?.index ?? 0,
      showList: this.agent.isOurs,
    });
  }

  openTasks() {
    return this.workspace.tasks.list({
      evaluateTaskAttributes: `flexInteractionChannelSid == "${this.channelSid}"`,
      assignmentStatus: OPEN,
    });
  }

  /** Waits for the open task. */
  async taskShows(withinMs = PATIENCE_MS) {
    return waitFor(async () => (await this.openTasks())[0], withinMs);
  }

  /**
   * Waits until the list of invites names a task which was not `among` them before.
   *
   * @param {string[]} among
   */
  async inviteShows(among, withinMs = PATIENCE_MS) {
    return waitFor(async () => (await this.invitedTasks()).find((task) => !among.includes(task)), withinMs);
  }

  /**
   * Returns the SIDs of the tasks that the channel's invites name.
   *
   * @returns {Promise<string[]>}
   */
  async invitedTasks() {
    const invites = await this.channel.invites.list();
    return invites.map(({ routing: made }) => made?.properties?.sid).filter(Boolean);
  }

  /** Waits for the offer of the open task to the agent. */
  offer() {
    return need(
      'an offer to the agent',
      async () => {
        const [task] = await this.openTasks();
        const offers = task ? await this.workspace.tasks(task.sid).reservations.list() : [];
        return offers.find(
          (offer) => offer.workerSid === this.agent.workerSid && offer.reservationStatus === 'pending',
        );
      },
      PATIENCE_MS,
    );
  }

  /**
   * The agent accepts or rejects their offer. Returns the SID of its task.
   *
   * @param {'accepted' | 'rejected'} reservationStatus
   */
  async answers(reservationStatus) {
    const { taskSid, sid } = await this.offer();
    await this.workspace.tasks(taskSid).reservations(sid).update({ reservationStatus });
    return taskSid;
  }

  /** The agent accepts. Waits until they are in the conversation. Returns the SID of the task. */
  async accepts() {
    const before = await this.agents();
    /** @param {Participant} participant */
    const isNew = ({ sid }) => before.every((known) => known.sid !== sid);
    const taskSid = await this.answers('accepted');
    await need('the agent in the channel', async () => (await this.agents()).find(isNew), PATIENCE_MS);
    return taskSid;
  }

  /** Returns the agents who are in the channel. */
  async agents() {
    return (await this.listedAgents()).filter(({ status }) => status !== 'closed');
  }

  /**
   * Returns the agents whom the channel lists, perhaps some who have left. Twilio's client does not return their status.
   *
   * @typedef {{ sid: string, type: string, status: string }} Participant
   * @returns {Promise<Participant[]>}
   */
  async listedAgents() {
    const { client, interactionSid, channelSid } = this;
    const uri = `https://flex-api.twilio.com/v1/Interactions/${interactionSid}/Channels/${channelSid}/Participants`;
    const { body } = await client.request({ method: 'get', uri, params: { PageSize: 1000 } });
    /** @type {Participant[]} */
    const participants = body.participants;
    return participants.filter(({ type }) => type === 'agent');
  }

  /** Creates an invite, as the Functions create theirs. */
  invites(more = {}) {
    const { workspaceSid, name, workflow } = this;
    const properties = { ...routing({ workspaceSid, name, workflowSid: workflow.sid }), ...more };
    return this.channel.invites.create({ routing: { properties } });
  }

  /** Closes the interaction, and completes the tasks that its agent would still have to wrap up. */
  async ends() {
    const { status } = await this.channel.fetch();
    if (status !== 'closed') await this.channel.update({ status: 'closed', routing: { status: 'closed' } });
    const wrapping = await this.workspace.tasks.list({
      evaluateTaskAttributes: `flexInteractionChannelSid == "${this.channelSid}"`,
      assignmentStatus: WRAPPING,
    });
    for (const task of wrapping) {
      const { reservations } = this.workspace.tasks(task.sid);
      for (const { sid } of await reservations.list({ reservationStatus: 'wrapping' })) {
        await reservations(sid).update({ reservationStatus: 'completed' });
      }
    }
  }

  /** Returns the SID of the parking worker from the address of the conversation's webhook; `null` where there is none. */
  async parker() {
    const webhooks = JSON.stringify(await this.conversation.webhooks.list());
    /** @type {import('../core.mjs').Places} */
    const places = JSON.parse(loadCore().placesOf(this.conversationSid, webhooks, this.domain));
    return places.workerSid;
  }

  /** Returns the SID of the parking worker from TaskRouter's log of the parked task; `null` where the log does not show it. */
  async parkerByLog() {
    const core = loadCore();
    const attributes = await this.theirAttributes();
    const log = core.logToRead(attributes);
    if (log === undefined) throw new Error('the attributes name no task');
    const events = await this.workspace.events.list(JSON.parse(log));
    const asAnswered = events.map(({ eventType, eventData }) => ({ event_type: eventType, event_data: eventData }));
    /** @type {import('../core.mjs').Places} */
    const places = JSON.parse(core.placesByLog(this.conversationSid, attributes, JSON.stringify(asAnswered)));
    return places.workerSid;
  }

  /** Returns the end of the conversation's timer, in milliseconds since 1970, and its length: it was set at the last change. */
  async timer() {
    const { timers, dateUpdated } = await this.conversation.fetch();
    const endsAt = Date.parse(timers?.date_inactive ?? '');
    return Number.isNaN(endsAt) ? undefined : { endsAt, periodMs: endsAt - dateUpdated.getTime() };
  }

  async theirAttributes() {
    const { attributes } = await this.conversation.fetch();
    return attributes;
  }
}
