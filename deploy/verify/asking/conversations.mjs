// Asking what conversations take, and which webhooks of theirs fire.

import { setTimeout as sleep } from 'node:timers/promises';

import { newConversation } from '../stage.mjs';
import { haveHeard, replayed, tellFunctions } from '../story.mjs';
import { outcomeOf } from './outcome.mjs';

/** More than the dates of two simultaneous changes may differ. */
const APART_MS = 3000;
const HOUR_MS = 3_600_000;
/** Far above the index of any message of the trial. */
const ALL_SEEN = 99;

/**
 * @typedef {import('./index.mjs').Asking} Asking
 * @typedef {import('../stage.mjs').Stage} Stage
 */

/** The readings that `askClosed` finds. */
export const CLOSED = ['closed-code', 'closed-invite-code', 'closed-status', 'closed-update'];

/**
 * Asks what needs conversations only.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
export async function askConversations(asking, stage) {
  await Promise.all([
    asking.about(['longest-timer', 'missing-webhook-code'], () => askLimits(asking, stage)),
    asking.about(['timers-count-from'], () => askCountFrom(asking, stage)),
    asking.about(['replay'], () => askReplay(asking, stage)),
  ]);
}

/**
 * Creates a conversation of its own.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function own(asking, { client, name }) {
  const sid = await newConversation(client, name, asking.cleanup);
  return client.conversations.v1.conversations(sid);
}

/**
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askLimits(asking, stage) {
  const conversation = await own(asking, stage);
  /** @param {number} hours */
  const lasts = async (hours) =>
    (await outcomeOf(() => conversation.update({ 'timers.inactive': `PT${hours}H` }))).taken;
  if (await lasts(720)) asking.found('longest-timer', 'any');
  else asking.found('longest-timer', (await lasts(168)) ? 'week' : 'less than a week');
  const { sid } = await tellFunctions(stage, (await conversation.fetch()).sid, ['onConversationStateUpdated']);
  await conversation.webhooks(sid).remove();
  const { taken, code } = await outcomeOf(() => conversation.webhooks(sid).fetch());
  asking.found('missing-webhook-code', taken ? 'it is there' : String(code));
}

/**
 * Sends a message, sets a timer and changes the attributes, apart from each other: the timer counts from one of these times.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askCountFrom(asking, stage) {
  const conversation = await own(asking, stage);
  const pause = () => sleep(APART_MS + 500);
  const message = await conversation.messages.create({ author: `${stage.name}-customer`, body: 'first' });
  await pause();
  const set = await conversation.update({ 'timers.inactive': 'PT1H' });
  await pause();
  const changed = await conversation.update({ attributes: JSON.stringify({ theirs: 'changed' }) });
  const start = Date.parse(changed.timers?.date_inactive) - HOUR_MS;
  /** @type {Record<string, Date>} */
  const times = { message: message.dateCreated, activity: set.dateUpdated, update: changed.dateUpdated };
  const near = Object.keys(times).find((name) => Math.abs(times[name].getTime() - start) < APART_MS / 2);
  asking.found('timers-count-from', near ?? 'none of these times');
}

/**
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askReplay(asking, stage) {
  const [later, same] = await Promise.all([0, 1].map((index) => replayed(stage, index, asking.cleanup)));
  /** @type {Record<string, string>} */
  const values = { 'replayed replayed': 'inclusive', 'replayed not replayed': 'exclusive' };
  asking.found('replay', values[`${later} ${same}`] ?? 'none');
}

/**
 * Asks what webhooks get. Returns true if a change of state through REST fires one; undefined where that is not known.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 * @returns {Promise<boolean | undefined>}
 */
export async function askMessages(asking, stage) {
  const [isToldOfStates] = await Promise.all([
    asking.about(['state-webhook'], () => askStateWebhook(asking, stage)),
    asking.about(['adapter-participant'], async () => {
      const conversation = await own(asking, stage);
      const message = await conversation.messages.create({ author: `${stage.name}-customer`, body: 'first' });
      asking.found('adapter-participant', message.participantSid ? 'sent' : 'missing');
    }),
    asking.about(['message-index'], () => askIndex(asking, stage)),
  ]);
  return isToldOfStates;
}

/**
 * A webhook whose address says that the message was seen makes the Functions do nothing, if it brings the index. Another, without
 * such an address, shows that webhooks fire at all. The author is the agent, whose messages wake nothing.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askIndex(asking, stage) {
  const { agent, workflow, queue, interactionSid, channelSid } = stage;
  const place = { interactionSid, channelSid, workflowSid: workflow.sid, queueSid: queue.sid };
  const seen = new URLSearchParams({ ...place, workerSid: agent.workerSid, taskChannel: 'chat', n: String(ALL_SEEN) });
  /** @param {string} [query] */
  const hear = async (query) => {
    const sid = (await (await own(asking, stage)).fetch()).sid;
    await tellFunctions(stage, sid, ['onMessageAdded'], {}, query);
    const { messages } = stage.client.conversations.v1.conversations(sid);
    await messages.create({ author: agent.identity, body: 'first', xTwilioWebhookEnabled: 'true' });
    return haveHeard(stage, sid);
  };
  const [always, withoutIndex] = await Promise.all([hear(), hear(`?${seen}`)]);
  if (always && withoutIndex) return asking.found('message-index', 'missing');
  const why = always
    ? 'a message by web chat brings it; whether one by SMS does, the trial does not try'
    : 'the Functions were told of no message';
  asking.notAsked('message-index', why);
}

/**
 * Changes the state through REST, with webhooks. The change by a timer is asked elsewhere.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
async function askStateWebhook(asking, stage) {
  const conversation = await own(asking, stage);
  const { sid } = await conversation.fetch();
  await tellFunctions(stage, sid, ['onConversationStateUpdated']);
  await conversation.update({ state: 'inactive', xTwilioWebhookEnabled: 'true' });
  return haveHeard(stage, sid);
}

/**
 * Closes the stage's conversation, and tries to change it.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
export async function askClosed(asking, stage) {
  await asking.about(CLOSED, async () => {
    const { conversation } = stage;
    await conversation.update({ state: 'closed' });
    const written = await outcomeOf(() => stage.writes('too late'));
    asking.found('closed-code', written.taken ? 'it is taken' : String(written.code));
    const invited = await outcomeOf(() => stage.invites());
    asking.found('closed-invite-code', invited.taken ? 'it is taken' : String(invited.code));
    const statuses = [...new Set([written.status, invited.status])];
    asking.found('closed-status', statuses.join(' and '));
    const changed = await outcomeOf(() => conversation.update({ attributes: '{}' }));
    asking.found('closed-update', changed.taken ? 'allowed' : 'refused');
  });
}
