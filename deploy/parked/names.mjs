// Checking that the account has what a filter names.

import { didYouMean } from '../../scripts/lib/command-line.mjs';
import { orUndefined } from '../lookup.mjs';
import { WrongUse } from '../outcome.mjs';

const PAGE_SIZE = 1_000;
/** The most names that are listed. */
const LISTED = 20;

/**
 * Throws `WrongUse` where the account does not have the conversation, the agent or the queue of a choice.
 *
 * @param {import('../transport.mjs').Client} client
 * @param {import('./read.mjs').Place} place
 * @param {import('./list.mjs').Choice} choice
 */
export async function checkNames(client, { workspaceSid }, { conversation, agent, queue }) {
  const workspace = client.taskrouter.v1.workspaces(workspaceSid);
  if (conversation && !(await orUndefined(client.conversations.v1.conversations(conversation).fetch()))) {
    throw new WrongUse(`--conversation ${conversation}: there is no such conversation in the account.`);
  }
  if (agent) check('agent', agent, await workspace.workers.list({ pageSize: PAGE_SIZE }));
  if (queue) check('queue', queue, await workspace.taskQueues.list({ pageSize: PAGE_SIZE }));
}

/**
 * @param {string} what
 * @param {string} given
 * @param {{ sid: string, friendlyName: string }[]} known
 */
function check(what, given, known) {
  // In any letter case, as the filter takes it.
  const isGiven = (/** @type {string} */ text) => text.toLowerCase() === given.toLowerCase();
  if (known.some(({ sid, friendlyName }) => isGiven(sid) || isGiven(friendlyName))) return;
  const names = known.map(({ friendlyName }) => friendlyName).sort();
  const all = names.length > 0 && names.length <= LISTED ? ` There are: ${names.join(', ')}.` : '';
  throw new WrongUse(`--${what} ${given}: there is no such ${what} in the account.${didYouMean(given, names)}${all}`);
}
