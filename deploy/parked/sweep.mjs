// Lets the Functions look over all that is parked: as the owner, whose Auth Token signs the requests.

import { setTimeout as sleep } from 'node:timers/promises';

import twilio from 'twilio';

import { NotReady } from '../outcome.mjs';
import { functionPaths } from '../paths.mjs';
import { waitBeforeNext } from '../repeat.mjs';

/** A Function runs for ten seconds at most. */
const LIMIT_MS = 20_000;

/**
 * Calls the function until it is through. Answers how many conversations and rows it looked at, and what was changed: a list of
 * `conversationSid` and `outcome`. `told` gets each of them as soon as it is known.
 */
export async function sweep({ domain, authToken, release, told }) {
  const url = `https://${domain}${functionPaths().reconcile}`;
  const changed = [];
  let lookedAt = 0;
  let next;
  do {
    const fields = { ...(release && { release: 'true' }), ...(next && { next }) };
    const answer = await call(url, fields, authToken);
    lookedAt += answer.lookedAt;
    answer.changed.forEach(told);
    changed.push(...answer.changed);
    next = answer.next;
  } while (next);
  return { lookedAt, changed };
}

/** Looking over it twice is as good as once, so that a request may be sent again like one that reads. */
async function call(url, fields, authToken) {
  const signature = twilio.getExpectedTwilioSignature(authToken, url, fields);
  for (let attempt = 1; ; attempt += 1) {
    const answer = await post(url, fields, signature).catch(({ message }) => ({ message }));
    const wait = waitBeforeNext({ method: 'GET', status: answer.status, attempt });
    if (wait === undefined) return understood(answer, url);
    await sleep(wait);
  }
}

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

function understood({ status, body, message }, url) {
  if (body?.outcome === 'reconciled') return body;
  const reasons = {
    403: 'the signature was refused. TWILIO_AUTH_TOKEN has to be the primary Auth Token of the account of the Functions.',
    404: 'there is no such function. Are the Functions of this version deployed there?',
  };
  const reason = body?.message ?? reasons[status] ?? message ?? `it answered ${status}.`;
  throw new NotReady(`${url}: ${reason}`);
}
