// Sends mutated bodies to the real Functions. Each has to be answered in time and to change nothing that it may not.

import { CHECK, PARK, RECONCILE, RESUME, SETTLE, TASK_EVENT, WAKE } from '../../functions/support.mjs';
import { mutated, randomFrom } from './bodies.mjs';

const ANSWERS_WITHIN_MS = 10_000;
/** The edge lets in what Twilio has signed; a body that is no form cannot be, so these are asked behind the edge. */
const SIGNED = [WAKE, TASK_EVENT, RECONCILE];
const OPEN = [PARK, RESUME, SETTLE, CHECK];

/** Sends `count` bodies. Returns the wrong answers: `{ number, path, type, body, why }`. */
export async function sendBodies(desk, { count, seed, first = 0 }) {
  const seeds = await requestsOf(desk);
  const wrong = [];
  for (let number = first; number < first + count; number += 1) {
    const random = randomFrom(seed + number * 7919);
    const { type, body } = mutated(seeds, random);
    const paths = [...OPEN, ...SIGNED];
    const path = paths[random(paths.length)];
    const why = await whatIsWrong(desk, path, type, body);
    if (why) wrong.push({ number, path, type, body: body.toString('latin1').slice(0, 300), why });
  }
  return wrong;
}

/** Returns valid requests of each kind. */
async function requestsOf(desk) {
  const { conversationSid } = desk.customer('charlie');
  const park = await desk.parkFields('charlie');
  const unpark = { Token: park.Token, conversationSid };
  const message = { EventType: 'onMessageAdded', ConversationSid: conversationSid, Author: 'x', Index: '3' };
  const task = { EventType: 'task.canceled', TaskAttributes: JSON.stringify({ conversationSid, originalRouting: {} }) };
  // A token that Flex has not issued: no request with it may change anything.
  return [
    { ...park, Token: 'made-up' },
    { ...unpark, Token: 'made-up' },
    message,
    task,
    { conversationSid, next: '{}' },
  ];
}

async function whatIsWrong(desk, path, type, body) {
  const began = Date.now();
  let status;
  try {
    const response = await fetch(`${desk.functionsUrl}${path}`, {
      method: 'POST',
      headers: type ? { 'content-type': type } : {},
      body,
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    await response.arrayBuffer();
    ({ status } = response);
  } catch (error) {
    return `no answer: ${error.message}`;
  }
  if (Date.now() - began > ANSWERS_WITHIN_MS) return `answered after ${Date.now() - began} ms`;
  return status >= 500 && `answered ${status}`;
}
