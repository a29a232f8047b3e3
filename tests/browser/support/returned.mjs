// Conversations that are back from parking, as the Functions leave their tasks.

import { rest } from './rest.mjs';

const HOUR_MS = 3_600_000;

/**
 * Makes the attribute `parked` of a task: a park two hours ago by `agent`, which a message has ended an hour before its time.
 *
 * @param {{ workerSid: string }} agent
 * @param {object} [changes]
 */
export function parkedBy({ workerSid }, changes = {}) {
  return {
    at: Date.now() - 2 * HOUR_MS - 5_000,
    workerSid,
    agentName: 'Ada Agent',
    reason: 'Waiting for the order number',
    note: 'Looks for it tonight',
    until: Math.ceil(Date.now() / HOUR_MS + 1) * HOUR_MS,
    kept: true,
    parks: 3,
    cause: 'message',
    ...changes,
  };
}

/**
 * Writes the attribute `parked` into the last task of a customer's conversation.
 *
 * @param {import('./control.mjs').Sim} sim
 * @param {Parameters<typeof rest>[0]} stack
 * @param {string} customer
 * @param {unknown} parked
 */
export async function setParked(sim, stack, customer, parked) {
  const task = (await sim.tasksOf(customer)).at(-1);
  const attributes = JSON.stringify({ ...task.attributes, parked });
  const { workspaceSid } = stack.facts;
  const url = `https://taskrouter.twilio.com/v1/Workspaces/${workspaceSid}/Tasks/${task.sid}`;
  await rest(stack, 'POST', url, { Attributes: attributes });
}
