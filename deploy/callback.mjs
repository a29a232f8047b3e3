// TaskRouter's event callback: tells the Functions when a woken task is canceled, so that the row comes back into the list.
// A workspace has one such address, and it may be in use.

import { orUndefined } from './account.mjs';

/** Where TaskRouter's events go. */
export const EVENT_PATH = '/features/park-interaction/common/task-event';
const EVENT = 'task.canceled';

/**
 * What to do about the callback of a workspace, `{ current, events }`, when ours is `own`.
 *
 * @returns {{ change?: { eventCallbackUrl: string, eventsFilter: string }, foreign?: string }}
 */
export function decideCallback({ current, events }, own) {
  const heard = listed(events);
  if (current === own) {
    // No filter means every event.
    if (heard.length === 0 || heard.includes(EVENT)) return {};
    return { change: { eventCallbackUrl: own, eventsFilter: [...heard, EVENT].join(',') } };
  }
  if (current && !isOurs(current)) return { foreign: current };
  return { change: { eventCallbackUrl: own, eventsFilter: EVENT } };
}

/** What to do when the Functions go away: only what is exactly ours is taken out. */
export function decideCallbackRemoval({ current }, own) {
  return current === own ? { change: { eventCallbackUrl: '', eventsFilter: '' } } : {};
}

/** The step of a deployment. */
export async function setCallback(state) {
  if (!state.functionPaths.includes(EVENT_PATH)) return 'these Functions do not listen to TaskRouter: nothing to set';
  const own = `https://${state.domain}${EVENT_PATH}`;
  const { change, foreign } = decideCallback(currentOf(await fetchWorkspace(state)), own);
  if (foreign) {
    state.print(`  warning: TaskRouter's event callback is in use: ${foreign}. It was left alone.`);
    state.print(
      "  What is lost: when a woken task is canceled, its row returns to the agent's list only when the customer writes.",
    );
    state.print(`  What to do: let that receiver pass on ${EVENT} to ${own}, with Twilio's signature;`);
    state.print('  or call the function common/reconcile by a schedule of yours (docs/operations.md).');
    return 'left as it was';
  }
  if (!change) return `is set already: ${own}`;
  await workspace(state).update(change);
  return `set to ${own} for ${change.eventsFilter}`;
}

/** The step of an undeployment. */
export async function removeCallback(state) {
  const own = `https://${state.domain}${EVENT_PATH}`;
  const found = await orUndefined(fetchWorkspace(state));
  const { change } = decideCallbackRemoval(currentOf(found), own);
  if (!state.domain || !change) return 'is not ours: left as it is';
  await workspace(state).update(change);
  return 'removed';
}

const workspace = ({ client, workspaceSid }) => client.taskrouter.v1.workspaces(workspaceSid);
const fetchWorkspace = (state) => workspace(state).fetch();
const currentOf = (found) => ({ current: found?.eventCallbackUrl || undefined, events: found?.eventsFilter });
const listed = (events) =>
  (events ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

/** Whether it is that of Functions of ours, of whatever environment. */
function isOurs(url) {
  const [, path] = /^https:\/\/[a-z0-9-]+\.twil\.io(\/.*)$/.exec(url) ?? [];
  return path === EVENT_PATH;
}
