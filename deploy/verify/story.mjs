// The trial's parts, in order. Each part leaves the stage with the agent in the conversation, as it found it.

import { asThrown } from '../../scripts/lib/errors.mjs';
import { decideStreams, isRefusal, readSinks, streamOf } from '../event-streams.mjs';
import { orUndefined } from '../lookup.mjs';
import { functionPaths } from '../paths.mjs';
import { newConversation } from './stage.mjs';
import { need, refusal, waitFor } from './waiting.mjs';

const QUIET_MS = 4000;
const PATIENCE_MS = 20_000;
/** Effects of the conversation's timer come within a minute, and are looked for less often. */
const TIMER_PATIENCE_MS = 100_000;
const TIMER_EVERY_MS = 2000;
const LONGEST_TIMER_MS = 75_000;
/** Longer than TaskRouter and the Functions need, and shorter than any timer. */
const AT_ONCE_MS = 20_000;
/** The time in which Twilio calls a webhook. */
const HEARD_WITHIN_MS = 10_000;
/** @type {any} Twilio documents capitals, the types of its client small letters */
const POST = 'POST';

/**
 * @typedef {import('./stage.mjs').Stage} Stage
 * @typedef {import('./report.mjs').See} See
 * @typedef {import('./cleanup.mjs').Cleanup} Cleanup
 * @typedef {import('../transport.mjs').Client} Client
 */

/**
 * Park, a message, accept, settle.
 *
 * @param {Stage} stage
 * @param {See} see
 */
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

/**
 * @param {Stage} stage
 * @param {See} see
 */
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

/**
 * A message is unheard and no agent accepts: the conversation's timer watches it, and desktops may ask.
 *
 * @param {Stage} stage
 * @param {See} see
 */
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
      return timer && timer.endsAt > first.endsAt ? timer : undefined;
    },
    TIMER_PATIENCE_MS,
    TIMER_EVERY_MS,
  );
  // The Functions set it again as soon as the webhook had notified them of its end. Both times are Twilio's.
  if (!again) return see('timerTold', 'not');
  see('timerTold', inTime(again.answer.endsAt - again.answer.periodMs - first.endsAt, AT_ONCE_MS));
}

/**
 * Resume, decline, a message, accept, settle; and again with a message during the resume.
 *
 * @param {Stage} stage
 * @param {See} see
 */
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

/**
 * A message during the offer to a named agent is not lost when that agent declines.
 *
 * @param {Stage} stage
 * @param {See} see
 */
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

/**
 * Returns a duration in the words of the report.
 *
 * @param {number} ms
 * @param {number} limitMs
 */
const inTime = (ms, limitMs) => (ms <= limitMs ? `within ${limitMs / 1000} s` : `after ${Math.round(ms / 1000)} s`);

/**
 * An invite by hand: its response, and when the list shows it.
 *
 * @param {Stage} stage
 * @param {See} see
 */
export async function inviteByHand(stage, see) {
  const { workerSid } = stage.agent;
  see('agentTwice', await refusal(() => stage.invites({ worker_sid: workerSid })));
  // Where it was taken, its task would block what follows.
  for (const task of await stage.openTasks()) {
    if (task.assignmentStatus !== 'assigned') await stage.answers('rejected');
  }
  await parksAgain(stage);
  see('stateStreamed', await streamed(stage));
  const before = await listed(stage);
  const invite = await stage.invites();
  see('inviteAnswer', invite.routing?.properties?.sid?.startsWith('WT') ? 'with it' : 'without it');
  see('inviteShows', before.refused ?? (await showsWithin(stage, before.tasks)));
  await stage.accepts();
  await settles(stage);
}

/**
 * Makes the parked conversation inactive through REST, which fires no webhook: only Event Streams reports it. Then the Functions make a
 * claim. Returns the report's word for it.
 *
 * @param {Stage} stage
 */
async function streamed(stage) {
  const { client, conversation, conversationSid, domain, syncSid } = stage;
  if (!(await hasSink(client, domain))) return 'no sink';
  const document = client.sync.v1.services(syncSid).documents(claimOf(conversationSid));
  const claim = async () => {
    const found = await orUndefined(document.fetch());
    return found && `${found.sid} ${found.revision}`;
  };
  // The claim of the park may still be there.
  const earlier = await claim();
  await conversation.update({ state: 'inactive' });
  const told = await waitFor(async () => {
    const latest = await claim();
    return latest === earlier ? undefined : latest;
  }, AT_ONCE_MS);
  await conversation.update({ state: 'active' });
  return told ? inTime(told.ms, AT_ONCE_MS) : 'not';
}

/**
 * @param {Client} client
 * @param {string} domain
 */
async function hasSink(client, domain) {
  try {
    return decideStreams(await readSinks(client), streamOf(domain), undefined).kept !== undefined;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/**
 * Returns the `tasks` that the list of invites names, or how it was `refused`.
 *
 * @param {Stage} stage
 * @returns {Promise<{ tasks: string[], refused?: string }>}
 */
async function listed(stage) {
  /** @type {string[] | undefined} */
  let tasks;
  const refused = await refusal(async () => (tasks = await stage.invitedTasks()));
  return tasks ? { tasks } : { tasks: [], refused };
}

/**
 * @param {Stage} stage
 * @param {string[]} before
 */
async function showsWithin(stage, before) {
  const shown = await stage.inviteShows(before);
  return shown && shown.ms <= 3000 ? 'within 3 s' : `after ${shown ? `${shown.ms} ms` : '20 s not'}`;
}

/**
 * Asks which messages are replayed to a new webhook.
 *
 * @param {Stage} stage
 * @param {See} see
 * @param {Cleanup} cleanup
 */
export async function replay(stage, see, cleanup) {
  see('replayAfter', await replayed(stage, 0, cleanup));
  see('replayInclusive', await replayed(stage, 1, cleanup));
}

/**
 * Arms a new webhook with `replayAfter` on a conversation with two messages. Returns the report's word for what it got.
 *
 * @param {Stage} stage
 * @param {number} replayAfter
 * @param {Cleanup} cleanup
 */
export async function replayed(stage, replayAfter, cleanup) {
  const { client, name } = stage;
  const sid = await newConversation(client, name, cleanup);
  const conversation = client.conversations.v1.conversations(sid);
  const author = `${name}-customer`;
  for (const body of ['first', 'second']) await conversation.messages.create({ author, body });
  await tellFunctions(stage, sid, ['onMessageAdded'], { 'configuration.replayAfter': replayAfter });
  return (await haveHeard(stage, sid)) ? 'replayed' : 'not replayed';
}

/**
 * Arms a webhook that calls our Functions.
 *
 * @param {Pick<Stage, 'client' | 'domain'>} stage
 * @param {string} conversationSid
 * @param {string[]} filters
 * @param {object} [more]
 * @param {string} [query]
 */
export function tellFunctions({ client, domain }, conversationSid, filters, more = {}, query = '') {
  return client.conversations.v1.conversations(conversationSid).webhooks.create({
    target: 'webhook',
    'configuration.url': `https://${domain}${functionPaths().wake}${query}`,
    'configuration.method': POST,
    'configuration.filters': filters,
    ...more,
  });
}

/**
 * Returns true if our Functions are called for a conversation: then they make a claim, a Sync document that is named after it.
 *
 * @param {Pick<Stage, 'client' | 'syncSid'>} stage
 * @param {string} conversationSid
 */
export async function haveHeard({ client, syncSid }, conversationSid, withinMs = HEARD_WITHIN_MS) {
  const claim = client.sync.v1.services(syncSid).documents(claimOf(conversationSid));
  return Boolean(await waitFor(() => orUndefined(claim.fetch()), withinMs));
}

/**
 * Returns the unique name of the Sync document that is the claim on a conversation.
 *
 * @param {string} conversationSid
 */
const claimOf = (conversationSid) => `ParkInteraction_${conversationSid}`;

/**
 * Limits and error codes, on resources that nobody else sees.
 *
 * @param {Stage} stage
 * @param {See} see
 * @param {Cleanup} cleanup
 */
export async function limits(stage, see, cleanup) {
  const { client, domain, name, syncSid } = stage;
  const sid = await newConversation(client, name, cleanup);
  const conversation = client.conversations.v1.conversations(sid);
  /** @param {number} bytes */
  const filled = (bytes) => JSON.stringify({ filler: 'x'.repeat(bytes - '{"filler":""}'.length) });
  see('attributes16', await refusal(() => conversation.update({ attributes: filled(16_000) })));
  see('attributes17', await refusal(() => conversation.update({ attributes: filled(17_000) })));

  const url = `https://${domain}${functionPaths().wake}`;
  /** @param {string} address */
  const arm = (address) =>
    conversation.webhooks.create({
      target: 'webhook',
      'configuration.url': address,
      'configuration.filters': ['onConversationStateUpdated'],
    });
  see('longUrl', await refusal(() => arm(`${url}?x=${'x'.repeat(513 - url.length - 3)}`)));
  const first = await arm(`${url}?number=1`);
  for (let number = 2; number <= 5; number += 1) await arm(`${url}?number=${number}`);
  see('sixthWebhook', await refusal(() => arm(`${url}?number=6`)));
  await conversation.webhooks(first.sid).remove();
  see('goneWebhook', await refusal(() => conversation.webhooks(first.sid).remove()));

  const service = client.sync.v1.services(syncSid);
  const document = await service.documents.create({ uniqueName: name, data: { number: 1 }, ttl: 600 });
  cleanup.later(`the Sync document ${document.sid}`, () => service.documents(document.sid).remove());
  see('takenDocument', await refusal(() => service.documents.create({ uniqueName: name, data: {} })));
  await service.documents(document.sid).update({ data: { number: 2 } });
  const stale = () => service.documents(document.sid).update({ data: { number: 3 }, ifMatch: document.revision });
  see('oldRevision', await httpRefusal(stale));

  const map = await service.syncMaps.create({ uniqueName: name, ttl: 600 });
  cleanup.later(`the Sync map ${map.sid}`, () => service.syncMaps(map.sid).remove());
  /**
   * @param {string} key
   * @param {object} data
   */
  const put = (key, data) => service.syncMaps(map.sid).syncMapItems.create({ key, data });
  await put('taken', {});
  see('takenKey', await refusal(() => put('taken', {})));
  see('largeItem', await refusal(() => put('large', { filler: 'x'.repeat(17_000) })));
}

/**
 * The end: an invite to a closed conversation is refused.
 *
 * @param {Stage} stage
 * @param {See} see
 */
export async function closed(stage, see) {
  await stage.conversation.update({ state: 'closed' });
  see('inviteToClosed', await refusal(() => stage.invites()));
}

/** @param {Stage} stage */
async function parksAgain(stage) {
  const outcome = await stage.parks();
  if (outcome !== 'parked') throw new Error(`Parking again failed: ${outcome}.`);
  await need(
    'the agent out of the channel',
    async () => ((await stage.openTasks()).length === 0 ? true : undefined),
    PATIENCE_MS,
  );
}

/** @param {Stage} stage */
async function settles(stage) {
  const outcome = await stage.calls('settle');
  // A wake that comes late finds the agent there and settles; then there is nothing left to do.
  if (outcome !== 'settled' && outcome !== 'ignored') throw new Error(`Settling failed: ${outcome}.`);
}

/** @param {() => Promise<unknown>} attempt */
async function httpRefusal(attempt) {
  try {
    await attempt();
    return 'taken';
  } catch (error) {
    return `HTTP ${asThrown(error).status}`;
  }
}
