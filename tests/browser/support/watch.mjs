// The conversations that wait for an agent, as the Functions put them into Sync and desktops ask about them.

import { expect } from '@playwright/test';

import { CHECK } from '../../functions/support.mjs';

/** The SID of a conversation by its number, and the map that it waits in. */
export function waiting(number) {
  const sid = `CH${number.toString(16).padStart(32, '0')}`;
  return { sid, map: `ParkInteractionWaiting_${number % 4}` };
}

/** Puts a conversation there, about which a desktop is to ask `afterMs` from now. Answers that time. */
export async function putWaiting(sim, number, afterMs) {
  const { sid, map } = waiting(number);
  const askAt = Date.now() + afterMs;
  await sim.putItems(map, { [sid]: { unheardSince: askAt - 60_000, askAt } });
  return askAt;
}

/** The questions of all desktops about a conversation: when each came, and with whose token. */
export async function questions(sim, number) {
  const { requests } = await sim.journal();
  const about = requests.map(({ at, path, form }) => ({ at: Date.parse(at), path, ...Object.fromEntries(form) }));
  return about.filter(({ path, conversationSid }) => path === CHECK && conversationSid === waiting(number).sid);
}

/** Waits until every desktop would have asked: they are spread over 8 s. */
export async function everyDesktopHadItsTurn(askAt) {
  await expect.poll(() => Date.now(), { timeout: 30_000 }).toBeGreaterThan(askAt + 9_000);
}
