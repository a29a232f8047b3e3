// The trial's own corner of the contact centre: a queue and a workflow that lead to its agent alone, a customer, and what they do.

import { loadCore } from '../core.mjs';
import { functionPaths } from '../paths.mjs';
import { need, waitFor } from './waiting.mjs';

const PATIENCE_MS = 20_000;
const OPEN = 'pending,reserved,assigned';

/** Makes the queue and the workflow, and a first stage in it. All of it is gone after `cleanup.all()`. */
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

/** Another conversation with its interaction, whose task is offered to the same agent. */
export async function addStage({ agent, queue, workflow, ...trial }, cleanup) {
  const { client, name } = trial;
  const conversationSid = await newConversation(client, name, cleanup);
  const waiting = client.sync.v1.services(trial.syncSid).syncMaps(loadCore().waitingMapOf(conversationSid));
  cleanup.later('what waits for an agent', () => waiting.syncMapItems(conversationSid).remove());
  const interaction = await client.flexApi.v1.interaction.create({
    channel: { type: 'web', initiated_by: 'api', properties: { media_channel_sid: conversationSid } },
    routing: { properties: routing({ ...trial, workflowSid: workflow.sid }) },
  });
  const { channels } = client.flexApi.v1.interaction(interaction.sid);
  const [{ sid: channelSid }] = await channels.list({ limit: 1 });
  const parts = { ...trial, agent, queue, workflow, conversationSid, interactionSid: interaction.sid, channelSid };
  const stage = new Stage({ ...parts, channel: channels(channelSid) });
  cleanup.later(`the interaction ${interaction.sid}`, () => stage.ends());
  return stage;
}

/** A conversation with a customer in it. */
export async function newConversation(client, name, cleanup) {
  const attributes = JSON.stringify({ theirs: name });
  const { sid } = await client.conversations.v1.conversations.create({ friendlyName: name, attributes });
  cleanup.later(`the conversation ${sid}`, () => client.conversations.v1.conversations(sid).remove());
  await client.conversations.v1.conversations(sid).participants.create({ identity: `${name}-customer` });
  return sid;
}

function routing({ workspaceSid, workflowSid, name }) {
  return {
    workspace_sid: workspaceSid,
    workflow_sid: workflowSid,
    task_channel_unique_name: 'chat',
    attributes: { from: name, parkInteractionTrial: true },
  };
}

/** What happens there. */
class Stage {
  constructor(parts) {
    Object.assign(this, parts);
    this.conversation = this.client.conversations.v1.conversations(this.conversationSid);
  }

  /** The customer writes, or another author. Twilio tells webhooks of REST's messages only when asked to. */
  writes(body, { author = `${this.name}-customer`, webhooks = true } = {}) {
    const heard = webhooks ? { xTwilioWebhookEnabled: 'true' } : {};
    return this.conversation.messages.create({ author, body, ...heard });
  }

  /** Calls one of the deployed Functions as the agent's desktop would. Answers its outcome, or why it refused. */
  async calls(operation, fields = {}) {
    const { conversationSid, interactionSid, channelSid } = this;
    const own = { Token: this.agent.token, conversationSid, interactionSid, channelSid };
    const response = await fetch(`https://${this.domain}${functionPaths()[operation]}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...own, ...fields }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
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

  /** The open task, and how long it took to show. */
  async taskShows(withinMs = PATIENCE_MS) {
    return waitFor(async () => (await this.openTasks())[0], withinMs);
  }

  /** That the list of invites names a task which was not `among` them before, and how long it took. */
  async inviteShows(among, withinMs = PATIENCE_MS) {
    return waitFor(async () => (await this.invitedTasks()).find((task) => !among.includes(task)), withinMs);
  }

  /** The tasks that the channel's invites name. */
  async invitedTasks() {
    const invites = await this.channel.invites.list();
    return invites.map(({ routing: made }) => made?.properties?.sid).filter(Boolean);
  }

  /** The offer of the open task to the agent. */
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

  async answers(reservationStatus) {
    const { taskSid, sid } = await this.offer();
    await this.workspace.tasks(taskSid).reservations(sid).update({ reservationStatus });
    return taskSid;
  }

  /** The agent accepts, and is in the conversation. */
  async accepts() {
    const before = await this.agents();
    const isNew = ({ sid }) => before.every((known) => known.sid !== sid);
    const taskSid = await this.answers('accepted');
    await need('the agent in the channel', async () => (await this.agents()).find(isNew), PATIENCE_MS);
    return taskSid;
  }

  /** The agents who are in the channel. */
  async agents() {
    return (await this.listedAgents()).filter(({ status }) => status !== 'closed');
  }

  /** The agents whom the channel lists, perhaps some who have left. Twilio's client does not tell how they stand. */
  async listedAgents() {
    const { client, interactionSid, channelSid } = this;
    const uri = `https://flex-api.twilio.com/v1/Interactions/${interactionSid}/Channels/${channelSid}/Participants`;
    const { body } = await client.request({ method: 'get', uri, params: { PageSize: 1000 } });
    return body.participants.filter(({ type }) => type === 'agent');
  }

  /** An invite made by hand, as the Functions make theirs. */
  invites(more = {}) {
    const properties = { ...routing({ ...this, workflowSid: this.workflow.sid }), ...more };
    return this.channel.invites.create({ routing: { properties } });
  }

  /** Closes the interaction, and completes what its agent would still have to wrap up. */
  async ends() {
    const { status } = await this.channel.fetch();
    if (status !== 'closed') await this.channel.update({ status: 'closed', routing: { status: 'closed' } });
    const wrapping = await this.workspace.tasks.list({
      evaluateTaskAttributes: `flexInteractionChannelSid == "${this.channelSid}"`,
      assignmentStatus: 'wrapping',
    });
    for (const task of wrapping) {
      const { reservations } = this.workspace.tasks(task.sid);
      for (const { sid } of await reservations.list({ reservationStatus: 'wrapping' })) {
        await reservations(sid).update({ reservationStatus: 'completed' });
      }
    }
  }

  /** Who parked, by the address of the conversation's webhook; `null` where none says so. */
  async parker() {
    const webhooks = JSON.stringify(await this.conversation.webhooks.list());
    return JSON.parse(loadCore().placesOf(this.conversationSid, webhooks, this.domain)).workerSid;
  }

  /** Who parked, by TaskRouter's log of the parked task; `null` where that does not say so. */
  async parkerByLog() {
    const core = loadCore();
    const attributes = await this.theirAttributes();
    const events = await this.workspace.events.list(JSON.parse(core.logToRead(attributes)));
    const asAnswered = events.map(({ eventType, eventData }) => ({ event_type: eventType, event_data: eventData }));
    return JSON.parse(core.placesByLog(this.conversationSid, attributes, JSON.stringify(asAnswered))).workerSid;
  }

  /** When the conversation's timer ends, in milliseconds since 1970, and how long it is: it was set at the last change. */
  async timer() {
    const { timers, dateUpdated } = await this.conversation.fetch();
    const endsAt = Date.parse(timers?.date_inactive ?? '');
    return Number.isNaN(endsAt) ? undefined : { endsAt, periodMs: endsAt - dateUpdated };
  }

  async theirAttributes() {
    const { attributes } = await this.conversation.fetch();
    return attributes;
  }
}
