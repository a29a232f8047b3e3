// TaskRouter's event callback: notifies the Functions when an invite's task has ended, so that a customer whose message no agent has
// seen is routed again at once. A workspace has one such address, and it may be in use.

import { orUndefined } from './lookup.mjs';
import { loadCore } from './core.mjs';
import { isGone } from './installation.mjs';
import { functionPaths } from './paths.mjs';

/** @typedef {import('./transport.mjs').Client} Client */

/** A workspace without a callback. */
const NONE = { eventCallbackUrl: '', eventsFilter: '' };

const LOST =
  '  What is lost: when an invite ends without an agent having joined, the customer is routed again up to a minute later.';

/**
 * Returns the address of TaskRouter's events for the Functions at `domain`, and their names, as the core has them.
 *
 * @typedef {{ url: string, events: string[] }} Callback
 * @param {string} domain
 * @returns {Callback}
 */
export const callbackOf = (domain) => JSON.parse(loadCore().taskEventCallback(domain));

/**
 * Decides the change of a workspace's callback.
 *
 * @param {{ current?: string, filter?: string }} workspace
 * @param {Callback} ours
 * @returns {{ change?: { eventCallbackUrl: string, eventsFilter: string }, foreign?: string }}
 */
export function decideCallback({ current, filter }, { url, events }) {
  if (current === url) {
    const heard = listed(filter);
    const missing = events.filter((event) => !heard.includes(event));
    // No filter means every event.
    if (heard.length === 0 || missing.length === 0) return {};
    return { change: { eventCallbackUrl: url, eventsFilter: [...heard, ...missing].join(',') } };
  }
  if (current && !isOurs(current)) return { foreign: current };
  return { change: { eventCallbackUrl: url, eventsFilter: events.join(',') } };
}

/**
 * Decides the change when the Functions are removed: only a callback that is exactly ours is removed.
 *
 * @param {{ current?: string }} workspace
 * @param {{ url: string }} ours
 * @returns {{ change?: { eventCallbackUrl: string, eventsFilter: string } }}
 */
export function decideCallbackRemoval({ current }, { url }) {
  return current === url ? { change: NONE } : {};
}

/**
 * The step of a deployment that sets the callback, or removes ours where it is not wanted.
 *
 * @param {object} state
 * @param {Client} state.client
 * @param {(line: string) => void} state.print
 * @param {string} state.workspaceSid
 * @param {string} state.domain
 * @param {string[]} state.functionPaths the paths of the deployed Functions
 * @param {boolean} state.isWanted
 * @param {boolean} state.isStreamed true if Event Streams reports the same events
 */
export async function setCallback(state) {
  const own = callbackOf(state.domain);
  if (!state.isWanted) return leaveOut(state);
  if (!state.functionPaths.includes(functionPaths().restore)) {
    return 'these Functions do not listen to TaskRouter: nothing to set';
  }
  const { change, foreign } = decideCallback(currentOf(await fetchWorkspace(state)), own);
  if (foreign && state.isStreamed) {
    state.print(`  TaskRouter's event callback is in use: ${foreign}. It was left alone.`);
    state.print('  Nothing is lost: Event Streams does it instead.');
    return 'left as it was';
  }
  if (foreign) {
    state.print(`  warning: TaskRouter's event callback is in use: ${foreign}. It was left alone.`);
    state.print(LOST);
    state.print(`  What to do: let that receiver pass on ${inWords(own.events)}`);
    state.print(`  to ${own.url}, with Twilio's signature (docs/operations.md).`);
    return 'left as it was';
  }
  if (!change) return `is set already: ${own.url}`;
  await workspace(state).update(change);
  return `set to ${own.url} for ${change.eventsFilter}`;
}

/**
 * Removes the callback if it is ours, of any environment.
 *
 * @param {{ client: Client, print: (line: string) => void, workspaceSid: string, isStreamed: boolean }} state
 */
async function leaveOut(state) {
  if (!state.isStreamed) state.print(`  warning: neither Event Streams nor the event callback is set up.\n${LOST}`);
  const { current } = currentOf(await fetchWorkspace(state));
  if (!current || !isOurs(current)) return 'left out, by --no-event-callback';
  await workspace(state).update(NONE);
  return 'removed, by --no-event-callback';
}

/**
 * The step of an undeployment that removes the callback.
 *
 * @param {{ client: Client, workspaceSid: string, domain?: string }} state
 */
export async function removeCallback(state) {
  const found = await orUndefined(fetchWorkspace(state));
  const { current } = currentOf(found);
  if (!current) return 'is not set';
  const { change } = state.domain ? decideCallbackRemoval({ current }, callbackOf(state.domain)) : {};
  if (!change && !(await isLeft(state.client, current))) return `calls ${current}: left as it is`;
  await workspace(state).update(NONE);
  return 'removed';
}

/**
 * Returns true if TaskRouter's events go to Functions of ours that are gone.
 *
 * @param {{ client: Client, workspaceSid: string }} state
 */
export async function callbackLeft(state) {
  const { current } = currentOf(await orUndefined(fetchWorkspace(state)));
  return current !== undefined && isLeft(state.client, current);
}

/**
 * @param {Client} client
 * @param {string} url
 */
const isLeft = async (client, url) => isOurs(url) && isGone(client, new URL(url).host);

/** @param {{ client: Client, workspaceSid: string }} state */
const workspace = ({ client, workspaceSid }) => client.taskrouter.v1.workspaces(workspaceSid);
/** @param {{ client: Client, workspaceSid: string }} state */
const fetchWorkspace = (state) => workspace(state).fetch();
/** @param {{ eventCallbackUrl: string, eventsFilter: string } | undefined} found */
const currentOf = (found) => ({ current: found?.eventCallbackUrl || undefined, filter: found?.eventsFilter });
/** @param {string[]} names */
const inWords = (names) => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
/** @param {string | undefined} filter */
const listed = (filter) =>
  (filter ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

/**
 * Returns true for the callback of our Functions in any environment.
 *
 * @param {string} url
 */
function isOurs(url) {
  const [, domain] = /^https:\/\/([a-z0-9-]+\.twil\.io)\//.exec(url) ?? [];
  return domain !== undefined && url === callbackOf(domain).url;
}
