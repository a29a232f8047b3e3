// TaskRouter's event callback: tells the Functions when an invite's task has ended, so that a customer whom nobody has heard is routed
// again at once. A workspace has one such address, and it may be in use.

import { orUndefined } from './lookup.mjs';
import { loadCore } from './core.mjs';

/** Where TaskRouter's events go for the Functions at `domain`, and which: `{ url, events }`. The core knows what it listens to. */
export const callbackOf = (domain) => JSON.parse(loadCore().taskEventCallback(domain));

/**
 * What to do about the callback of a workspace, `{ current, filter }`, when ours is `{ url, events }`.
 *
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

/** What to do when the Functions go away: only what is exactly ours is taken out. */
export function decideCallbackRemoval({ current }, { url }) {
  return current === url ? { change: { eventCallbackUrl: '', eventsFilter: '' } } : {};
}

/** The step of a deployment. */
export async function setCallback(state) {
  const own = callbackOf(state.domain);
  if (!state.functionPaths.includes(new URL(own.url).pathname)) {
    return 'these Functions do not listen to TaskRouter: nothing to set';
  }
  const { change, foreign } = decideCallback(currentOf(await fetchWorkspace(state)), own);
  if (foreign) {
    state.print(`  warning: TaskRouter's event callback is in use: ${foreign}. It was left alone.`);
    state.print(
      '  What is lost: when an invite ends without an agent having joined, the customer is routed again up to a minute later.',
    );
    state.print(`  What to do: let that receiver pass on ${inWords(own.events)}`);
    state.print(`  to ${own.url}, with Twilio's signature (docs/operations.md).`);
    return 'left as it was';
  }
  if (!change) return `is set already: ${own.url}`;
  await workspace(state).update(change);
  return `set to ${own.url} for ${change.eventsFilter}`;
}

/** The step of an undeployment. */
export async function removeCallback(state) {
  const found = await orUndefined(fetchWorkspace(state));
  const { change } = state.domain ? decideCallbackRemoval(currentOf(found), callbackOf(state.domain)) : {};
  if (!change) return 'is not ours: left as it is';
  await workspace(state).update(change);
  return 'removed';
}

const workspace = ({ client, workspaceSid }) => client.taskrouter.v1.workspaces(workspaceSid);
const fetchWorkspace = (state) => workspace(state).fetch();
const currentOf = (found) => ({ current: found?.eventCallbackUrl || undefined, filter: found?.eventsFilter });
const inWords = (names) => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
const listed = (filter) =>
  (filter ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

/** Whether it is that of Functions of ours, of whatever environment. */
function isOurs(url) {
  const [, domain] = /^https:\/\/([a-z0-9-]+\.twil\.io)\//.exec(url) ?? [];
  return domain !== undefined && url === callbackOf(domain).url;
}
