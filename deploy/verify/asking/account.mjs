// Asking what lists and the account's own settings show.

import { isDeployed, isRefusal, readSinks } from '../../event-streams.mjs';
import { formsOf } from '../../identity.mjs';

const WORKERS_LOOKED_AT = 20;

/**
 * @typedef {import('./index.mjs').Asking} Asking
 * @typedef {import('../stage.mjs').Stage} Stage
 */

/**
 * Asks the readings of lists and settings.
 *
 * @param {Asking} asking
 * @param {Stage} stage
 */
export async function askAccount(asking, { client, workspace, agent, account }) {
  await asking.about(['listed-attributes'], async () => {
    const listed = await workspace.workers.list({ limit: WORKERS_LOOKED_AT });
    const isShown = listed.some(({ attributes }) => attributes);
    asking.found('listed-attributes', isShown ? 'shown' : 'null');
  });
  await asking.about(['contact-uri'], () => askContactUri(asking, { workspace, agent }));
  await asking.about(['sink-password'], () => askSinkPassword(asking, client));
  await asking.about(['owner-timers'], async () => askOwnerTimers(asking, account));
}

/**
 * Reads a sink that a deployment has made with a password.
 *
 * @param {Asking} asking
 * @param {Stage['client']} client
 */
async function askSinkPassword(asking, client) {
  const sinks = await readSinks(client).catch((/** @type {unknown} */ error) => {
    if (isRefusal(error)) return [];
    throw error;
  });
  const sink = sinks.find(isDeployed);
  if (!sink) return asking.notAsked('sink-password', 'Event Streams has no sink of a deployment');
  asking.found('sink-password', new URL(sink.destination).password === '' ? 'hidden' : 'shown');
}

/**
 * The identity of somebody who is signed in is known. For others, a list shows what Flex wrote, but not the right case of letters.
 *
 * @param {Asking} asking
 * @param {Pick<Stage, 'workspace' | 'agent'>} stage
 */
async function askContactUri(asking, { workspace, agent }) {
  const { identity, givenContactUri: uri } = agent;
  if (!agent.isOurs) return asking.found('contact-uri', shapeFor(uri, [identity]) ?? 'fits no form of the identity');
  const listed = await workspace.workers.list({ limit: WORKERS_LOOKED_AT });
  /** @type {Set<string | undefined>} */
  const shapes = new Set();
  for (const { sid } of listed.filter((one) => one.sid !== agent.workerSid)) {
    const { friendlyName, attributes } = await workspace.workers(sid).fetch();
    const read = JSON.parse(attributes);
    const shape = shapeFor(read.contact_uri, formsOf(friendlyName, read.email));
    shapes.add(shape === 'other-case' ? undefined : shape);
  }
  const seen = [...shapes];
  if (seen.length === 1 && seen[0]) return asking.found('contact-uri', seen[0]);
  const found = seen.map((shape) => shape ?? 'one that does not fit the name').join(', ');
  const why = found ? `workers differ: ${found}` : 'there is no worker beside the trial’s own';
  asking.notAsked('contact-uri', `${why}; FLEX_TOKEN asks for one whose identity is known`);
}

/**
 * Returns the relation of a worker's contact_uri to their identity, which may be any of `forms`.
 *
 * @param {string | undefined} uri
 * @param {string[]} forms
 */
function shapeFor(uri, forms) {
  if (!uri) return 'missing';
  if (forms.some((form) => uri === `client:${form}`)) return 'client';
  if (forms.includes(uri)) return 'bare';
  /** @param {string} form */
  const isOneOf = (form) => uri.toLowerCase() === `client:${form}`.toLowerCase();
  return forms.some(isOneOf) ? 'other-case' : undefined;
}

/**
 * @param {Asking} asking
 * @param {Pick<Stage['account'], 'inactiveTimer' | 'closedTimer'>} account
 */
function askOwnerTimers(asking, { inactiveTimer, closedTimer }) {
  if (closedTimer) return asking.found('owner-timers', 'closed');
  if (inactiveTimer) return asking.found('owner-timers', 'inactive');
  asking.notAsked(
    'owner-timers',
    'the account sets none by itself; whether a flow does, shows only in a conversation of its own',
  );
}
