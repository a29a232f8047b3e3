// What is tried, in order. Each part leaves the stage with the agent in the conversation, as it found it.

import { orUndefined } from '../lookup.mjs';
import { functionPaths } from '../paths.mjs';
import { newConversation } from './stage.mjs';
import { need, refusal, waitFor } from './waiting.mjs';

const QUIET_MS = 4000;
const PATIENCE_MS = 20_000;
/** What comes by the conversation's timer comes within a minute, and is looked for less often. */
const TIMER_PATIENCE_MS = 100_000;
const TIMER_EVERY_MS = 2000;
const LONGEST_TIMER_MS = 75_000;
/** Longer than TaskRouter and the Functions need, and shorter than any timer. */
const AT_ONCE_MS = 20_000;
/** What Twilio takes at most to tell a webhook. */
const HEARD_WITHIN_MS = 10_000;

/** Park, a message, accept, settle. */
export async function parkAndWake(stage, see) {
  const { identity, givenContactUri } = stage.agent;
  const fits = givenContactUri === `client:${identity}`;
  see('contactUri', fits ? 'client: and the identity' : (givenContactUri ?? 'none'));
  const before = await stage.theirAttributes();
  const task = await stage.accepts();
  const outcome = await stage.parks();
  see('park', outcome);
  if (outcome !== 'parked') throw new Error(`Parking failed (${outcome}); nothing after it can be seen.`);
  see('armed', (await stage.parker()) === stage.agent.workerSid ? 'armed' : 'not armed');
  const ended = await waitFor(async () => {
    const { assignmentStatus } = await stage.workspace.tasks(task).fetch();
    return assignmentStatus === 'completed' ? assignmentStatus : undefined;
  }, PATIENCE_MS);
  if (ended) stage.ended = { sid: task, at: (await stage.workspace.tasks(task).fetch()).dateUpdated };
  see('taskAfterPark', ended?.answer ?? (await stage.workspace.tasks(task).fetch()).assignmentStatus);
  see('conversationAfterPark', (await stage.conversation.fetch()).state);
  see('leftParticipants', (await stage.listedAgents()).length === 0 ? 'not listed' : 'listed');
  see('taskLog', (await stage.parkerByLog()) === stage.agent.workerSid ? 'it shows it' : 'it does not');

  await stage.writes('unheard', { webhooks: false });
  see('restWithoutWebhooks', (await stage.taskShows(QUIET_MS)) ? 'a task' : 'no task');
  await stage.writes('by an agent', { author: identity });
  see('agentWrites', (await stage.taskShows(QUIET_MS)) ? 'a task' : 'no task');
  await wakes(stage, see);
  await waitsForAnAgent(stage, see);
  await stage.accepts();
  await settles(stage);
  see('settle', (await stage.conversation.webhooks.list()).length === 0 ? 'none' : 'some');
  see('timerAfterSettle', (await stage.timer()) ? 'a timer' : 'none');
  see('otherAttributes', (await stage.theirAttributes()) === before ? 'the same' : 'not the same');
}

async function wakes(stage, see) {
  const began = Date.now();
  const message = await stage.writes('heard');
  see('restParticipant', message.participantSid ? 'it does' : 'it does not');
  const woken = await stage.taskShows();
  see('wake', woken ? 'a task' : 'none');
  if (!woken) throw new Error('The conversation did not wake; nothing after that can be seen.');
  see('wakeInTime', inTime(Date.now() - began, 5000));
  const { originalRouting } = JSON.parse(woken.answer.attributes);
  const isTheirs = originalRouting?.workerSid === stage.agent.workerSid;
  see('originalRouting', isTheirs ? 'originalRouting.workerSid is theirs' : `${originalRouting?.workerSid}`);
}

/** A message is unheard and nobody accepts: the conversation's timer looks after it, and desktops may ask. */
async function waitsForAnAgent(stage, see) {
  const set = await stage.timer();
  see('timer', set && set.periodMs <= LONGEST_TIMER_MS ? 'it does' : 'it does not');
  see('check', await stage.calls('check'));
  const first = await stage.timer();
  if (!first) return;
  stage.print('  waiting a minute for the timer of the conversation');
  const again = await waitFor(
    async () => {
      const timer = await stage.timer();
      return timer?.endsAt > first.endsAt ? timer : undefined;
    },
    TIMER_PATIENCE_MS,
    TIMER_EVERY_MS,
  );
  // It was set anew as soon as the Functions had heard of its end. Both times are Twilio's.
  const lateMs = again && again.answer.endsAt - again.answer.periodMs - first.endsAt;
  see('timerTold', again ? inTime(lateMs, AT_ONCE_MS) : 'not');
}

/** Resume, decline, a message, accept, settle; and again with a message during the resume. */
export async function resumeAndDecline(stage, see) {
  await parksAgain(stage);
  see('resume', await stage.calls('resume'));
  const offer = await stage.offer();
  const offers = await stage.workspace.tasks(offer.taskSid).reservations.list();
  see('resumedTo', offers.length === 1 ? 'to them alone' : `to ${offers.length} workers`);
  await stage.answers('rejected');
  const gone = await waitFor(async () => {
    const open = await stage.openTasks();
    return open.some(({ sid }) => sid === offer.taskSid) ? undefined : true;
  }, PATIENCE_MS);
  const declined = await stage.workspace.tasks(offer.taskSid).fetch();
  see('declined', declined.assignmentStatus);
  see('canceledShows', gone && gone.ms <= 1500 ? 'within 1.5 s' : `after ${gone ? `${gone.ms} ms` : '20 s still'}`);
  see('afterDecline', (await stage.conversation.fetch()).state);
  await stage.writes('after the decline');
  const another = await stage.taskShows();
  see('wakeAfterDecline', another ? 'a task' : 'none');
  await stage.accepts();
  await settles(stage);
  await declinesWithAMessage(stage, see);
}

/** What the customer writes while an agent is asked by name is not lost when that agent declines. */
async function declinesWithAMessage(stage, see) {
  await parksAgain(stage);
  const outcome = await stage.calls('resume');
  if (outcome !== 'routed') throw new Error(`Resuming again failed: ${outcome}.`);
  const offer = await stage.offer();
  await stage.writes('during the resume');
  await stage.answers('rejected');
  const began = Date.now();
  const next = await waitFor(
    async () => (await stage.openTasks()).find(({ sid }) => sid !== offer.taskSid),
    TIMER_PATIENCE_MS,
  );
  see('routedAfterDecline', next ? 'a task' : 'none');
  if (!next) throw new Error('No task came of a message during a resume; nothing after that can be seen.');
  see('declineTold', inTime(Date.now() - began, AT_ONCE_MS));
  await stage.accepts();
  await settles(stage);
}

/** How long something took, as the report words it. */
const inTime = (ms, limitMs) => (ms <= limitMs ? `within ${limitMs / 1000} s` : `after ${Math.round(ms / 1000)} s`);

/** An invite by hand: what it answers, and when it shows. */
export async function inviteByHand(stage, see) {
  const { workerSid } = stage.agent;
  see('agentTwice', await refusal(() => stage.invites({ worker_sid: workerSid })));
  // Where it was taken, its task would stand in the way of what follows.
  for (const task of await stage.openTasks()) {
    if (task.assignmentStatus !== 'assigned') await stage.answers('rejected');
  }
  await parksAgain(stage);
  const before = await listed(stage);
  const invite = await stage.invites();
  see('inviteAnswer', invite.routing?.properties?.sid?.startsWith('WT') ? 'with it' : 'without it');
  see('inviteShows', before.refused ?? (await showsWithin(stage, before.tasks)));
  await stage.accepts();
  await settles(stage);
}

/** `{ tasks }` that the list of invites names, or how it was `refused`. */
async function listed(stage) {
  let tasks;
  const refused = await refusal(async () => (tasks = await stage.invitedTasks()));
  return tasks ? { tasks } : { refused };
}

async function showsWithin(stage, before) {
  const shown = await stage.inviteShows(before);
  return shown && shown.ms <= 3000 ? 'within 3 s' : `after ${shown ? `${shown.ms} ms` : '20 s not'}`;
}

/** Which messages are replayed to a new webhook. */
export async function replay(stage, see, cleanup) {
  see('replayAfter', await replayed(stage, 0, cleanup));
  see('replayInclusive', await replayed(stage, 1, cleanup));
}

/** Whether a new webhook is told of the second of two messages, or of both. */
export async function replayed(stage, replayAfter, cleanup) {
  const { client, name } = stage;
  const sid = await newConversation(client, name, cleanup);
  const conversation = client.conversations.v1.conversations(sid);
  const author = `${name}-customer`;
  for (const body of ['first', 'second']) await conversation.messages.create({ author, body });
  await tellFunctions(stage, sid, ['onMessageAdded'], { 'configuration.replayAfter': replayAfter });
  return (await haveHeard(stage, sid)) ? 'replayed' : 'not replayed';
}

/** Arms a webhook that leads to our Functions. */
export function tellFunctions({ client, domain }, conversationSid, filters, more = {}, query = '') {
  return client.conversations.v1.conversations(conversationSid).webhooks.create({
    target: 'webhook',
    'configuration.url': `https://${domain}${functionPaths().wake}${query}`,
    'configuration.method': 'POST',
    'configuration.filters': filters,
    ...more,
  });
}

/** Whether our Functions hear of a conversation: then they make a claim, a Sync document that is named after it. */
export async function haveHeard({ client, syncSid }, conversationSid, withinMs = HEARD_WITHIN_MS) {
  const claim = client.sync.v1.services(syncSid).documents(`ParkInteraction_${conversationSid}`);
  return Boolean(await waitFor(() => orUndefined(claim.fetch()), withinMs));
}

/** Limits and error codes, on things that nobody else sees. */
export async function limits(stage, see, cleanup) {
  const { client, domain, name, syncSid } = stage;
  const sid = await newConversation(client, name, cleanup);
  const conversation = client.conversations.v1.conversations(sid);
  const filled = (bytes) => JSON.stringify({ filler: 'x'.repeat(bytes - '{"filler":""}'.length) });
  see('attributes16', await refusal(() => conversation.update({ attributes: filled(16_000) })));
  see('attributes17', await refusal(() => conversation.update({ attributes: filled(17_000) })));

  const url = `https://${domain}${functionPaths().wake}`;
  const arm = (address) =>
    conversation.webhooks.create({
      target: 'webhook',
      'configuration.url': address,
      'configuration.filters': ['onConversationStateUpdated'],
    });
  see('longUrl', await refusal(() => arm(`${url}?x=${'x'.repeat(513 - url.length - 3)}`)));
  const armed = [];
  for (let number = 1; number <= 5; number += 1) armed.push(await arm(`${url}?number=${number}`));
  see('sixthWebhook', await refusal(() => arm(`${url}?number=6`)));
  await conversation.webhooks(armed[0].sid).remove();
  see('goneWebhook', await refusal(() => conversation.webhooks(armed[0].sid).remove()));

  const service = client.sync.v1.services(syncSid);
  const document = await service.documents.create({ uniqueName: name, data: { number: 1 }, ttl: 600 });
  cleanup.later(`the Sync document ${document.sid}`, () => service.documents(document.sid).remove());
  see('takenDocument', await refusal(() => service.documents.create({ uniqueName: name, data: {} })));
  await service.documents(document.sid).update({ data: { number: 2 } });
  const stale = () => service.documents(document.sid).update({ data: { number: 3 }, ifMatch: document.revision });
  see('oldRevision', await httpRefusal(stale));

  const map = await service.syncMaps.create({ uniqueName: name, ttl: 600 });
  cleanup.later(`the Sync map ${map.sid}`, () => service.syncMaps(map.sid).remove());
  const put = (key, data) => service.syncMaps(map.sid).syncMapItems.create({ key, data });
  await put('taken', {});
  see('takenKey', await refusal(() => put('taken', {})));
  see('largeItem', await refusal(() => put('large', { filler: 'x'.repeat(17_000) })));
}

/** The end: a closed conversation takes nobody in. */
export async function closed(stage, see) {
  await stage.conversation.update({ state: 'closed' });
  see('inviteToClosed', await refusal(() => stage.invites()));
}

async function parksAgain(stage) {
  const outcome = await stage.parks();
  if (outcome !== 'parked') throw new Error(`Parking again failed: ${outcome}.`);
  await need(
    'the agent out of the channel',
    async () => ((await stage.openTasks()).length === 0 ? true : undefined),
    PATIENCE_MS,
  );
}

async function settles(stage) {
  const outcome = await stage.calls('settle');
  // A wake that comes late finds the agent there and settles; then there is nothing left to do.
  if (outcome !== 'settled' && outcome !== 'ignored') throw new Error(`Settling failed: ${outcome}.`);
}

async function httpRefusal(attempt) {
  try {
    await attempt();
    return 'taken';
  } catch (error) {
    return `HTTP ${error.status}`;
  }
}
