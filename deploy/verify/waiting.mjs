// Waiting for a condition.

import { setTimeout as sleep } from 'node:timers/promises';

import { asThrown } from '../../scripts/lib/errors.mjs';
import { twilioCodeOf } from '../outcome.mjs';

const BETWEEN_MS = 250;

/**
 * Calls `ask` every `everyMs` until it returns something other than `undefined`. Returns that with the time that it took; `undefined`
 * when the time is over.
 *
 * @template T
 * @param {() => Promise<T | undefined>} ask
 * @param {number} withinMs
 * @param {number} [everyMs]
 * @returns {Promise<{ answer: T, ms: number } | undefined>}
 */
export async function waitFor(ask, withinMs, everyMs = BETWEEN_MS) {
  const began = Date.now();
  for (;;) {
    const answer = await ask();
    const ms = Date.now() - began;
    if (answer !== undefined) return { answer, ms };
    if (ms > withinMs) return undefined;
    await sleep(everyMs);
  }
}

/**
 * Waits like `waitFor`. Returns the result alone, and throws when the time is over.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T | undefined>} ask
 * @param {number} withinMs
 */
export async function need(what, ask, withinMs) {
  const found = await waitFor(ask, withinMs);
  if (!found) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
  return found.answer;
}

/**
 * Returns how an attempt was refused, in the words of the report.
 *
 * @param {() => Promise<unknown>} attempt
 */
export async function refusal(attempt) {
  try {
    await attempt();
    return 'taken';
  } catch (error) {
    const code = twilioCodeOf(error);
    if (code) return `error ${code}`;
    const { status } = asThrown(error);
    if (status) return `HTTP ${status}`;
    throw error;
  }
}
