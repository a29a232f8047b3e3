// Items of conversations that wait for an agent: the Functions put them into Sync, and desktops request checks of them.

import { expect } from '@playwright/test';

import { CHECK } from '../../functions/support.mjs';

/**
 * Returns the SID of a conversation by its number, and the map of its waiting item.
 *
 * @param {number} number
 */
export function waiting(number) {
  const sid = `CH${number.toString(16).padStart(32, '0')}`;
  return { sid, map: `ParkInteractionWaiting_${number % 4}` };
}

/**
 * Puts a waiting item into the map, to be checked `afterMs` from now. Returns that time.
 *
 * @param {import('./control.mjs').Sim} sim
 * @param {number} number
 * @param {number} afterMs
 */
export async function putWaiting(sim, number, afterMs) {
  const { sid, map } = waiting(number);
  const askAt = Date.now() + afterMs;
  await sim.putItems(map, { [sid]: { unheardSince: askAt - 60_000, askAt } });
  return askAt;
}

/**
 * Returns the checks of a conversation by all desktops: when each came, and with whose token.
 *
 * @param {import('./control.mjs').Sim} sim
 * @param {number} number
 */
export async function requestedChecks(sim, number) {
  /** @type {{ requests: { at: string, path: string, form: [name: string, value: string][] }[] }} */
  const { requests } = await sim.journal();
  /** @type {{ at: number, path: string, Token?: string, conversationSid?: string }[]} */
  const about = requests.map(({ at, path, form }) => ({ at: Date.parse(at), path, ...Object.fromEntries(form) }));
  return about.filter(({ path, conversationSid }) => path === CHECK && conversationSid === waiting(number).sid);
}

/**
 * Waits until every desktop would have requested a check: their turns are spread over 8 s.
 *
 * @param {number} askAt
 */
export async function everyDesktopHadItsTurn(askAt) {
  await expect.poll(() => Date.now(), { timeout: 30_000 }).toBeGreaterThan(askAt + 9_000);
}
