// Plays a story over the simulator, by a plugin and Functions.

import { known } from '../support/known.mjs';
import { until } from '../support/until.mjs';
import { CUSTOMER } from './stories.mjs';

/** @typedef {import('../functions/support.mjs').Desk} Desk */
/** @typedef {import('./stories.mjs').Step} Step */

/** The Function that lists agents, and returns the room of some. For the latter no core is needed: the shim asks. */
const TEAM = '/features/park-interaction/flex/team-lists';

/**
 * Sends a form to a Function, with the token of an agent.
 *
 * @param {Desk} desk
 * @param {string} agent
 * @param {string} path
 * @param {URLSearchParams | Record<string, string>} form
 */
export async function post(desk, agent, path, form) {
  const body = new URLSearchParams(form);
  body.set('Token', desk.agent(agent).token);
  const { status, body: reply } = await desk.call(path, undefined, { headers: {}, body });
  return { status, reply };
}

/**
 * Does what is no operation of a plugin.
 *
 * @param {Desk} desk
 * @param {Pick<Step, 'does' | 'agent'>} step
 */
export async function act(desk, { does, agent }) {
  if (does === 'writes') {
    await desk.writes(CUSTOMER);
    // Earlier messages are delivered too, when the webhook is armed.
    await until('a task', async () => (await desk.state(CUSTOMER)).openTasks[0]);
  } else {
    const { worker_sid: worker } = await desk.answerOffer(CUSTOMER, 'accepted');
    if (worker !== desk.agent(known(agent)).workerSid) throw new Error(`the offer was not for ${agent}`);
  }
}

/**
 * Carries out an operation of an agent's plugin. Returns its outcome with the exchanges.
 *
 * @param {Desk} desk
 * @param {import('./core.mjs').Core} core
 * @param {Step} step
 * @param {import('./core.mjs').Answering} [answering] in place of the Functions
 */
export async function operate(
  desk,
  core,
  { operation = '', agent = '', view },
  answering = (path, form) => post(desk, agent, path, form),
) {
  /** @param {string} identity */
  const worker = (identity) => desk.agent(identity).workerSid;
  if (operation === 'team') return core.listAgents(worker(agent), answering);
  if (operation === 'room') {
    const form = { roomOf: `${worker('ada')},${worker('ben')}` };
    return { outcome: {}, exchanges: [{ path: TEAM, form, ...(await answering(TEAM, new URLSearchParams(form))) }] };
  }
  const now = Math.floor(Date.now() / 1_000);
  const more = view?.({ now, worker });
  return core.operate(operation, { ...(await viewOf(desk, operation, agent)), ...more }, answering);
}

/**
 * Returns what an agent's plugin knows of the conversation.
 *
 * @param {Desk} desk
 * @param {string} operation
 * @param {string} agent
 */
async function viewOf(desk, operation, agent) {
  const { conversationSid, interactionSid, channelSid } = desk.customer(CUSTOMER);
  if (operation === 'access' || operation === 'prepare') return {};
  if (operation !== 'park' && operation !== 'settle') return { ConversationSid: conversationSid };
  const { conversation, openTasks } = await desk.state(CUSTOMER);
  const [{ sid: taskSid, attributes }] = openTasks;
  const task = {
    taskSid,
    status: 'accepted',
    channelType: 'web',
    queueName: 'Everyone',
    queueSid: desk.facts.queues.Everyone,
    attributes: {
      conversationSid,
      flexInteractionSid: interactionSid,
      flexInteractionChannelSid: channelSid,
      // Where only the answers of an earlier version are played, nothing was parked.
      originalRouting: operation === 'settle' ? (attributes.originalRouting ?? {}) : undefined,
    },
  };
  const lastMessageIndex = conversation.messages.at(-1).index;
  return { task, lastMessageIndex, lastMessage: ['One moment', true, false], agentName: desk.agent(agent).name };
}

/**
 * Waits until nothing runs, and returns what the Functions have left at Twilio.
 *
 * @param {Desk} desk
 */
export async function parkedState(desk) {
  await desk.functionsEnded({ within: 10_000, every: 20 });
  const { attributes, conversation, world } = await desk.state(CUSTOMER);
  const items = world.maps.flatMap(({ unique_name: map, items: all }) =>
    Object.values(all)
      .filter(({ key }) => key === conversation.sid)
      // The number of a map that holds conversations follows from the conversation's SID.
      .map(({ data, date_expires: expires }) => ({ map: map.replace(/_\d$/, '_{{shard}}'), data, expires })),
  );
  const webhooks = conversation.webhooks.map((/** @type {Record<string, any>} */ { target, configuration }) => ({
    target,
    configuration,
  }));
  items.sort((one, other) => (one.map < other.map ? -1 : 1));
  const seconds = conversation.timers?.inactive_after?.secs;
  return { attributes, webhooks, inactiveMinutes: seconds && Math.round(seconds / 60), items };
}
