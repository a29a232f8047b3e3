// Reading what `npm run doctor` checks. Nothing here changes anything.

import { flexConfig } from '../../flex-config/run.mjs';
import { messageOf } from '../../scripts/lib/errors.mjs';
import { loadCore } from '../core.mjs';
import { orUndefined } from '../lookup.mjs';
import { functionPaths } from '../paths.mjs';
import { inParts } from '../parked/read.mjs';

/** A Function runs for ten seconds at most. */
const LIMIT_MS = 15_000;

/** @typedef {import('../transport.mjs').Client} Client */

/**
 * Checks the flags in the account with `flex-config`.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Parameters<typeof import('./checks.mjs').checkConfiguration>[0]>}
 */
export async function inspectFlags(env) {
  /** @type {string[]} */
  const said = [];
  /** @type {string[]} */
  const warned = [];
  const code = await flexConfig(['check', '--account', '--json'], {
    env,
    say: (text) => said.push(text),
    warn: (text) => warned.push(text),
  });
  if (code !== 0) throw new Error(warned.join('\n'));
  return JSON.parse(said.join(''));
}

/**
 * Calls the Function that parks twice, without fields: it refuses that, and does nothing.
 *
 * @param {string} domain
 */
export async function reachFunctions(domain) {
  const url = `https://${domain}${functionPaths().park}`;
  return { domain, answers: [await call(url), await call(url)] };
}

/**
 * @param {string} url
 * @returns {Promise<{ status?: number, ms: number, message?: string }>}
 */
async function call(url) {
  const began = performance.now();
  try {
    const { status } = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(LIMIT_MS) });
    return { status, ms: performance.now() - began };
  } catch (error) {
    return { message: messageOf(error), ms: performance.now() - began };
  }
}

/**
 * Reads the workflows of parked conversations; all of the workspace where none is parked.
 *
 * @param {Client} client
 * @param {import('../parked/list.mjs').Place} place
 * @param {{ conversationSid: string, attributes: string, workflowSid: string | null }[]} found
 * @returns {Promise<import('./checks.mjs').Workflow[]>}
 */
export async function readWorkflows(client, { workspaceSid }, found) {
  const workspace = client.taskrouter.v1.workspaces(workspaceSid);
  const all = await workspace.workflows.list();
  const routed = found.filter(({ workflowSid }) => workflowSid);
  const sids = new Set(
    routed.length > 0 ? routed.map(({ workflowSid }) => String(workflowSid)) : all.map(({ sid }) => sid),
  );
  const queues = queueReader(workspace);
  return inParts([...sids], async (sid) => {
    const workflow = all.find((one) => one.sid === sid);
    if (!workflow) return { sid, queues: [] };
    const parked = routed.filter(({ workflowSid }) => workflowSid === sid);
    const text = loadCore().judgeWorkflow(workflow.configuration, JSON.stringify(parked));
    const judged = text === undefined ? undefined : JSON.parse(text);
    return { sid, name: workflow.friendlyName, judged, queues: await Promise.all((judged?.queues ?? []).map(queues)) };
  });
}

/**
 * Makes a function that reads a queue, and whether it has workers, each once.
 *
 * @param {ReturnType<Client['taskrouter']['v1']['workspaces']>} workspace
 */
function queueReader(workspace) {
  /** @type {Map<string, Promise<import('./checks.mjs').Workflow['queues'][number]>>} */
  const known = new Map();
  /** @param {string} sid */
  const read = async (sid) => {
    const queue = await orUndefined(workspace.taskQueues(sid).fetch());
    if (!queue) return { sid, hasStaff: false };
    // TaskRouter evaluates the expression of the queue.
    const staff = await workspace.workers.list({ targetWorkersExpression: queue.targetWorkers, limit: 1 });
    return { sid, name: queue.friendlyName, hasStaff: staff.length > 0 };
  };
  return (/** @type {string} */ sid) => {
    const found = known.get(sid) ?? read(sid);
    known.set(sid, found);
    return found;
  };
}
