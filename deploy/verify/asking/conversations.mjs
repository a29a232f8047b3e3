// What conversations take, and what they tell the Functions.

import { newConversation } from '../stage.mjs';
import { haveHeard, replayed, tellFunctions } from '../story.mjs';
import { outcomeOf } from './outcome.mjs';

/** Longer than the dates of two things may differ that were done at once. */
const APART_MS = 3000;
const HOUR_MS = 3_600_000;
/** Far above the index of any message of the trial. */
const ALL_SEEN = 99;

/** What `askClosed` finds. */
export const CLOSED = ['closed-code', 'closed-invite-code', 'closed-status', 'closed-update'];

export async function askConversations(asking, stage) {
  await Promise.all([
    asking.about(['longest-timer', 'missing-webhook-code'], () => askLimits(asking, stage)),
    asking.about(['timers-count-from'], () => askCountFrom(asking, stage)),
    asking.about(['replay'], () => askReplay(asking, stage)),
  ]);
}

async function own(asking, { client, name }) {
  const sid = await newConversation(client, name, asking.cleanup);
  return client.conversations.v1.conversations(sid);
}

async function askLimits(asking, stage) {
  const conversation = await own(asking, stage);
  const lasts = async (hours) =>
    (await outcomeOf(() => conversation.update({ 'timers.inactive': `PT${hours}H` }))).taken;
  if (await lasts(720)) asking.found('longest-timer', 'any');
  else asking.found('longest-timer', (await lasts(168)) ? 'week' : 'less than a week');
  const { sid } = await tellFunctions(stage, (await conversation.fetch()).sid, ['onConversationStateUpdated']);
  await conversation.webhooks(sid).remove();
  const { taken, code } = await outcomeOf(() => conversation.webhooks(sid).fetch());
  asking.found('missing-webhook-code', taken ? 'it is there' : String(code));
}

/** A message, a timer and a change of the attributes, apart from each other: from which of them does the timer count? */
async function askCountFrom(asking, stage) {
  const conversation = await own(asking, stage);
  const pause = () => new Promise((resolve) => setTimeout(resolve, APART_MS + 500));
  const message = await conversation.messages.create({ author: `${stage.name}-customer`, body: 'first' });
  await pause();
  const set = await conversation.update({ 'timers.inactive': 'PT1H' });
  await pause();
  const changed = await conversation.update({ attributes: JSON.stringify({ theirs: 'changed' }) });
  const start = Date.parse(changed.timers?.date_inactive) - HOUR_MS;
  const times = { message: message.dateCreated, activity: set.dateUpdated, update: changed.dateUpdated };
  const near = Object.keys(times).find((name) => Math.abs(times[name] - start) < APART_MS / 2);
  asking.found('timers-count-from', near ?? 'none of these times');
}

async function askReplay(asking, stage) {
  const [later, same] = await Promise.all([0, 1].map((index) => replayed(stage, index, asking.cleanup)));
  const value = { 'replayed replayed': 'inclusive', 'replayed not replayed': 'exclusive' }[`${later} ${same}`];
  asking.found('replay', value ?? 'none');
}

export async function askMessages(asking, stage) {
  await Promise.all([
    asking.about(['adapter-participant'], async () => {
      const conversation = await own(asking, stage);
      const message = await conversation.messages.create({ author: `${stage.name}-customer`, body: 'first' });
      asking.found('adapter-participant', message.participantSid ? 'sent' : 'missing');
    }),
    asking.about(['message-index'], () => askIndex(asking, stage)),
    asking.about(['state-webhook'], () => askStateWebhook(asking, stage)),
  ]);
}

/**
 * A webhook whose address says that the message was seen makes the Functions do nothing, if they are told its index. Another, without
 * such an address, shows that they are told at all. The author is the agent, whom nobody routes.
 */
async function askIndex(asking, stage) {
  const { agent, workflow, queue, interactionSid, channelSid } = stage;
  const place = { interactionSid, channelSid, workflowSid: workflow.sid, queueSid: queue.sid };
  const seen = new URLSearchParams({ ...place, workerSid: agent.workerSid, taskChannel: 'chat', n: ALL_SEEN });
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

/** A change of state through REST that asks for webhooks. What the timer does, is asked apart. */
async function askStateWebhook(asking, stage) {
  const conversation = await own(asking, stage);
  const { sid } = await conversation.fetch();
  await tellFunctions(stage, sid, ['onConversationStateUpdated']);
  await conversation.update({ state: 'inactive', xTwilioWebhookEnabled: 'true' });
  asking.isToldOfStates = await haveHeard(stage, sid);
}

/** The stage's conversation is closed; then nothing may be done to it. */
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
