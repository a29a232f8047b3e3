// Event Streams: Twilio reports the ends of invites and the states of conversations to the Functions, at least once and for up to four
// hours. An account can have several sinks, so other products keep theirs.

import { createHash } from 'node:crypto';

import { asThrown } from '../scripts/lib/errors.mjs';
import { loadCore } from './core.mjs';
import { ownDomains } from './functions.mjs';
import { orUndefined } from './lookup.mjs';
import { explanation } from './outcome.mjs';
import { functionPaths as paths } from './paths.mjs';

/** The user in the destination of a sink. */
const USER = 'park-interaction';
/** The beginning of the description of a sink that a deployment has made. */
const NAME = 'Park Interaction,';
const KEY_MARK_LENGTH = 12;
/** The version of an event's schema that Twilio's documentation subscribes to. The Functions read fields that each version has. */
const SCHEMA_VERSION = 1;

/** @typedef {import('./transport.mjs').Client} Client */

/**
 * The address of the Function that takes events, and the types of these.
 *
 * @typedef {{ url: string, types: string[] }} Stream
 */

/**
 * A sink of Event Streams whose destination is the Function that takes events, at any domain.
 *
 * @typedef {object} Sink
 * @property {string} sid
 * @property {string} description
 * @property {string} status
 * @property {string} destination
 * @property {string} method
 * @property {boolean} isBatching
 * @property {{ sid: string, types: string[] }[]} subscriptions
 */

/**
 * Returns the stream of the Functions at `domain`, as the core has it.
 *
 * @param {string} domain
 * @returns {Stream}
 */
export const streamOf = (domain) => JSON.parse(loadCore().eventStreamsSink(domain));

/**
 * Chooses the sink to keep, and says what is missing. The key of a sink cannot be changed, so that one with another key is `surplus`. Twilio
 * may hide the password of a destination: the mark of the key stands in the description too. Without a `key`, any will do.
 *
 * @param {Sink[]} sinks
 * @param {Stream} ours
 * @param {string | undefined} key
 * @returns {{ kept?: Sink, missing: string[], surplus: Sink[] }} `missing`: the types to which no subscription of the kept sink subscribes
 */
export function decideStreams(sinks, { url, types }, key) {
  const own = sinks.filter(({ destination }) => isAt(destination, url));
  const usable = own.filter((sink) => isSound(sink) && isTaken(sink, url) && hasKey(sink, key));
  /** @param {Sink} sink */
  const missingIn = ({ subscriptions }) =>
    types.filter((type) => !subscriptions.some(({ types: subscribed }) => subscribed.includes(type)));
  const [kept] = usable.toSorted((a, b) => missingIn(a).length - missingIn(b).length);
  return { kept, missing: kept ? missingIn(kept) : types, surplus: own.filter((sink) => sink !== kept) };
}

/**
 * Returns the sinks that a deployment has made for Functions that are not there any more.
 *
 * @param {Sink[]} sinks
 * @param {string[]} domains those of our Functions, in all environments
 */
export const abandoned = (sinks, domains) =>
  sinks.filter((sink) => isDeployed(sink) && !domains.includes(new URL(sink.destination).host));

/**
 * Returns true for a sink that a deployment has made, whose destination has a password.
 *
 * @param {Sink} sink
 */
export const isDeployed = ({ description }) => description.startsWith(NAME);

/**
 * The step of a deployment that sets up Event Streams. Returns whether the events come, beside the line.
 *
 * @param {object} state
 * @param {Client} state.client
 * @param {(line: string) => void} state.print
 * @param {string} state.environment
 * @param {string} state.domain
 * @param {string} state.eventsKey
 * @param {string[]} state.functionPaths the paths of the deployed Functions
 * @param {boolean} state.isWanted
 * @returns {Promise<{ line: string, areThere: boolean }>}
 */
export async function setEventStreams({ functionPaths, isWanted, ...state }) {
  const ours = streamOf(state.domain);
  if (isWanted && !functionPaths.includes(paths().event)) {
    return { line: 'these Functions do not know Event Streams: nothing to set', areThere: false };
  }
  try {
    if (isWanted) return { line: await establish(state, ours), areThere: true };
    const isRemoved = await removeOwn(state.client, state.domain);
    return { line: `${isRemoved ? 'removed' : 'left out'}, by --no-event-streams`, areThere: false };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (!isWanted) return { line: 'left out, by --no-event-streams', areThere: false };
    state.print(`  warning: Twilio refuses Event Streams: ${explanation(error)}`);
    state.print(
      "  What is lost: an event that TaskRouter's callback or a webhook loses is not repeated. Timers and open desktops find it out later.",
    );
    state.print('  What to do: use credentials that may manage Event Streams and run the command again, or leave it');
    state.print('  out with --no-event-streams and let a scheduler call reconcile (docs/operations.md#event-streams).');
    return { line: 'left out', areThere: false };
  }
}

/**
 * The step of an undeployment that removes our sink and its subscriptions.
 *
 * @param {{ client: Client, print: (line: string) => void, domain?: string }} state
 */
export async function removeEventStreams({ client, print, domain }) {
  try {
    return (await removeOwn(client, domain)) ? 'removed' : 'are not there';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    print(`  warning: Twilio refuses Event Streams: ${explanation(error)}`);
    return 'left as they are';
  }
}

/**
 * Returns the sinks that a deployment has made for Functions that are gone; none where Twilio refuses to list them.
 *
 * @param {Client} client
 */
export async function streamsLeft(client) {
  try {
    return abandoned(await readSinks(client), await ownDomains(client));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return [];
  }
}

/**
 * The step of a rollback: a sink whose Function the earlier version lacks would be repeated for hours, and is removed.
 *
 * @param {object} state
 * @param {Client} state.client
 * @param {(line: string) => void} state.print
 * @param {string} state.domain
 * @param {string[]} state.functionPaths
 * @param {boolean} state.isWanted false if the owner has left them out
 */
export async function fitEventStreams({ functionPaths, isWanted, ...state }) {
  const { url } = streamOf(state.domain);
  if (functionPaths.includes(paths().event)) return isWanted ? await lineOfKept(state.client, url) : 'are left out';
  return `${await removeEventStreams(state)}: this version does not take them`;
}

/**
 * Says whether the events still come after a rollback. An earlier one may have removed the sink.
 *
 * @param {Client} client
 * @param {string} url
 */
async function lineOfKept(client, url) {
  try {
    const isThere = (await readSinks(client)).some(({ destination }) => isAt(destination, url));
    if (isThere) return 'stay as they are: this version takes them';
    return 'are not there, though this version takes them: npm run deploy, from a clone of that version, sets them up';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return 'stay as they are: Twilio refuses to list them';
  }
}

/**
 * Reads the sinks whose destination is the Function that takes events, at any domain of Functions.
 *
 * @param {Client} client
 * @returns {Promise<Sink[]>}
 */
export async function readSinks(client) {
  const { sinks } = client.events.v1;
  const { event: path } = paths();
  const all = (await sinks.list()).filter(
    ({ sinkType, sinkConfiguration }) =>
      sinkType === 'webhook' && addressOf(sinkConfiguration?.destination)?.pathname === path,
  );
  return Promise.all(
    all.map(
      async ({ sid, description, status, sinkConfiguration: { destination, method, batch_events: batches } }) => ({
        ...{ sid, description: description ?? '', status, destination, method, isBatching: batches === true },
        subscriptions: await readSubscriptions(client, sid),
      }),
    ),
  );
}

/**
 * Returns true for an error with which Twilio refuses a request for good: the account or these credentials may not do it.
 *
 * @param {unknown} error
 */
export function isRefusal(error) {
  const { status = 0 } = asThrown(error);
  return status >= 400 && status < 500 && status !== 429;
}

/**
 * @param {Client} client
 * @param {string} sinkSid
 */
async function readSubscriptions(client, sinkSid) {
  const { subscriptions } = client.events.v1;
  const all = await subscriptions.list({ sinkSid });
  return Promise.all(
    all.map(async ({ sid }) => ({
      sid,
      types: (await subscriptions(sid).subscribedEvents.list()).map(({ type }) => type),
    })),
  );
}

/**
 * Creates what is missing, and then removes what is too much. Returns the line of the step.
 *
 * @param {{ client: Client, environment: string, domain: string, eventsKey: string }} state
 * @param {Stream} ours
 */
async function establish({ client, environment, domain, eventsKey }, ours) {
  const { sinks, subscriptions } = client.events.v1;
  const found = await readSinks(client);
  const { kept, missing, surplus } = decideStreams(found, ours, eventsKey);
  const description = `${NAME} ${environment}, key ${markOf(eventsKey)}`;
  const sinkSid = kept?.sid ?? (await sinks.create(newSink(description, ours.url, eventsKey))).sid;
  const [subscription] = kept?.subscriptions ?? [];
  if (!subscription) {
    const types = missing.map((type) => ({ type, schema_version: SCHEMA_VERSION }));
    await subscriptions.create({ description, sinkSid, types });
  } else {
    for (const type of missing) {
      await subscriptions(subscription.sid).subscribedEvents.create({ type, schemaVersion: SCHEMA_VERSION });
    }
  }
  const others = [...surplus, ...abandoned(found, [...(await ownDomains(client)), domain])];
  for (const sink of others) await removeSink(client, sink);
  const removed = others.length > 0 ? `; removed ${others.length} of an earlier deployment` : '';
  return missing.length > 0
    ? `set: ${ours.url} for ${missing.join(', ')}${removed}`
    : `are set already: ${ours.url}${removed}`;
}

/**
 * @param {string} description
 * @param {string} url
 * @param {string} key
 */
function newSink(description, url, key) {
  const destination = new URL(url);
  destination.username = USER;
  destination.password = key;
  const sinkConfiguration = { destination: destination.href, method: 'POST', batch_events: false };
  return { description, sinkType: /** @type {const} */ ('webhook'), sinkConfiguration };
}

/**
 * Removes the sinks of the Functions at `domain`, and those of Functions that are not there any more. Returns true if there were some.
 *
 * @param {Client} client
 * @param {string | undefined} domain
 */
async function removeOwn(client, domain) {
  const found = await readSinks(client);
  const domains = await ownDomains(client);
  const own = domain === undefined ? [] : found.filter(({ destination }) => isAt(destination, streamOf(domain).url));
  const all = [...own, ...abandoned(found, domain === undefined ? domains : [...domains, domain])];
  for (const sink of all) await removeSink(client, sink);
  return all.length > 0;
}

/**
 * Removes a sink. Twilio keeps one that a subscription names.
 *
 * @param {Client} client
 * @param {Sink} sink
 */
async function removeSink(client, { sid, subscriptions }) {
  // Somebody else may have removed one of them since they were listed. That is no refusal of Event Streams.
  for (const subscription of subscriptions) {
    await orUndefined(client.events.v1.subscriptions(subscription.sid).remove());
  }
  await orUndefined(client.events.v1.sinks(sid).remove());
}

/**
 * Returns true if a destination is `url`, whatever its user, password and query are.
 *
 * @param {string} destination
 * @param {string} url
 */
function isAt(destination, url) {
  const [one, other] = [new URL(destination), new URL(url)];
  return one.host === other.host && one.pathname === other.pathname;
}

/** @param {Sink} sink */
const isSound = ({ status, method, isBatching }) =>
  status !== 'failed' && method.toUpperCase() === 'POST' && !isBatching;

/**
 * Returns true if the Function takes what comes from this sink. It checks the signature over its own address, with our user or without one.
 *
 * @param {Sink} sink
 * @param {string} url
 */
function isTaken({ destination }, url) {
  const address = new URL(destination);
  // Twilio may hide both.
  const isOurUser = address.username === USER || address.username === '' || address.password === '';
  address.username = '';
  address.password = '';
  return isOurUser && address.href === url;
}

/**
 * @param {Sink} sink
 * @param {string | undefined} key
 */
const hasKey = ({ description, destination }, key) =>
  key === undefined || new URL(destination).password === key || description.endsWith(`key ${markOf(key)}`);

/**
 * Returns what identifies a key and does not reveal it.
 *
 * @param {string} key
 */
const markOf = (key) => createHash('sha256').update(key).digest('hex').slice(0, KEY_MARK_LENGTH);

/** @param {unknown} text */
function addressOf(text) {
  return typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
}
