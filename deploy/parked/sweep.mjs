// Lets the Functions check all that is parked: as the owner, whose Auth Token signs the requests.

import { setTimeout as sleep } from 'node:timers/promises';

import twilio from 'twilio';

import { NotReady } from '../outcome.mjs';
import { functionPaths } from '../paths.mjs';
import { waitBeforeNext } from '../repeat.mjs';

/** A Function runs for ten seconds at most. */
const LIMIT_MS = 20_000;

/**
 * A changed conversation, or one that could not be changed.
 *
 * @typedef {{ conversationSid: string, outcome: string }} Changed
 */

/**
 * One response of the Function.
 *
 * @typedef {{ lookedAt: number, changed: Changed[], next?: string }} Page
 */

/**
 * Calls the Function until it has checked everything. Returns the number of conversations and rows that it checked, and all changes.
 *
 * @param {object} options
 * @param {string} options.domain
 * @param {string} options.authToken
 * @param {boolean} options.release
 * @param {(changed: Changed) => void} options.told gets each change as soon as it is known
 * @param {(lookedAt: number) => void} [options.looked] gets the number that was checked so far
 */
export async function sweep({ domain, authToken, release, told, looked = () => {} }) {
  const url = `https://${domain}${functionPaths().reconcile}`;
  /** @type {Changed[]} */
  const changed = [];
  let lookedAt = 0;
  /** @type {string | undefined} */
  let next;
  do {
    const fields = { ...(release && { release: 'true' }), ...(next && { next }) };
    const answer = await call(url, fields, authToken);
    lookedAt += answer.lookedAt;
    answer.changed.forEach(told);
    looked(lookedAt);
    changed.push(...answer.changed);
    next = answer.next;
  } while (next);
  return { lookedAt, changed };
}

/**
 * Lets the Function check one conversation. Returns the outcome, or the kind of a refusal.
 *
 * @param {object} options
 * @param {string} options.domain
 * @param {string} options.authToken
 * @param {boolean} options.release
 * @param {string} options.conversationSid
 * @returns {Promise<string>}
 */
export async function sweepOne({ domain, authToken, release, conversationSid }) {
  const url = `https://${domain}${functionPaths().reconcile}`;
  const fields = { conversationSid, ...(release && { release: 'true' }) };
  const answer = await ask(url, fields, authToken);
  const outcome = answer.body?.refusal?.kind ?? answer.body?.outcome;
  if (typeof outcome === 'string') return outcome;
  throw unlike(answer, url);
}

/**
 * Calls the Function once. Checking twice does no harm, so the request may be sent again like one that reads.
 *
 * @param {string} url
 * @param {Record<string, string>} fields
 * @param {string} authToken
 * @returns {Promise<Page>}
 */
async function call(url, fields, authToken) {
  const answer = await ask(url, fields, authToken);
  if (answer.body?.outcome === 'reconciled') return answer.body;
  throw unlike(answer, url);
}

/**
 * @param {string} url
 * @param {Record<string, string>} fields
 * @param {string} authToken
 * @returns {Promise<Answer>}
 */
async function ask(url, fields, authToken) {
  const signature = twilio.getExpectedTwilioSignature(authToken, url, fields);
  for (let attempt = 1; ; attempt += 1) {
    /** @type {Answer} */
    const answer = await post(url, fields, signature).catch(({ message }) => ({ message }));
    const wait = waitBeforeNext({ method: 'GET', status: answer.status, attempt });
    if (wait === undefined) return answer;
    await sleep(wait);
  }
}

/**
 * @typedef {{ status?: number, body?: any, message?: string }} Answer any: the JSON of the Function, or of whatever is there; without a
 *   status there was no response
 * @param {string} url
 * @param {Record<string, string>} fields
 * @param {string} signature
 * @returns {Promise<Answer>}
 */
async function post(url, fields, signature) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-twilio-signature': signature },
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, body: isJson ? JSON.parse(text) : undefined };
}

/**
 * Returns the error of a response that is not the Function's.
 *
 * @param {Answer} answer
 * @param {string} url
 */
function unlike({ status, body, message }, url) {
  /** @type {Record<string, string>} */
  const reasons = {
    403: 'the signature was refused. TWILIO_AUTH_TOKEN has to be the primary Auth Token of the account of the Functions.',
    404: 'there is no such function. Are the Functions of this version deployed there?',
  };
  const reason =
    body?.message ??
    reasons[/** @type {number} undefined finds none */ (status)] ??
    message ??
    `it answered ${status}.`;
  return new NotReady(`${url}: ${reason}`);
}
