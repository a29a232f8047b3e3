// The list under load in the real Flex desktop: a burst of changes, and a first opening with thousands of rows over a slow line.

import { createHash } from 'node:crypto';

import { expect } from '@playwright/test';

import { List, mapOf, parkedItems } from '../tests/browser/support/list.mjs';
import { withDesktops } from './desktops.mjs';
import { burst, noteArrivals, openAndReadAll } from './list-page.mjs';
import { median, repeated } from './rounds.mjs';
import { within } from './within.mjs';

const TIMES = 3;
const LATENCY_MS = 100;
const WITH_LIST = { enabled: true, show_list: true };
const SHOWN = 1_000;
const CHANGES = 200;
const MANY = 5_000;

/** @typedef {import('./desktops.mjs').Desktops} Desktops */

/**
 * Yields figures.
 *
 * @param {import('./report.mjs').Tools} tools
 */
export function measureList({ browser, tell }) {
  return withDesktops(browser, async function* (desktops) {
    tell(`${CHANGES} changes at once in a list of ${SHOWN} rows`);
    const bursts = await repeated(TIMES, () => oneBurst(desktops));
    yield figure('burst_200_worst_frame_ms', median(bursts.map(({ longest }) => longest)));
    yield figure('burst_200_shown_ms', median(bursts.map(({ shown }) => shown)));
    tell(`all ${MANY} rows of a first opening, ${LATENCY_MS} ms a call`);
    yield figure('list_5000_slow_sync_all_ms', median(await repeated(TIMES, () => readAll(desktops))));
  });
}

/**
 * @param {string} name
 * @param {number} value
 */
const figure = (name, value) => ({ name, unit: 'ms', value });

/**
 * Returns items with keys that are spread like the SIDs of conversations.
 *
 * @param {number} count
 * @param {Parameters<typeof parkedItems>[1]} [options]
 */
export const spread = (count, options) =>
  Object.fromEntries(
    Object.entries(parkedItems(count, options)).map(([key, data]) => [
      `CH${createHash('md5').update(key).digest('hex')}`,
      data,
    ]),
  );

/**
 * Half of the changes are to known rows, those in sight among them, and half are new rows.
 *
 * @param {Desktops} desktops
 */
async function oneBurst(desktops) {
  const newest = Date.now();
  const half = CHANGES / 2;
  const known = spread(SHOWN, { newest });
  await desktops.begin(WITH_LIST);
  await desktops.sim.putItems(mapOf(desktops.agent), known);
  const changed = Object.entries(known)
    .slice(0, half)
    .map(([key, data]) => [key, { ...data, note: 'Has sent the number' }]);
  const added = spread(half, { newest: newest + half * 1_000, first: SHOWN });
  return desktops.with(
    async (desktop) => {
      await desktop.openFullList(SHOWN);
      await expect(new List(desktop).rows.first()).toContainText('Customer 0');
      const after = { count: (SHOWN + half).toLocaleString('en-US'), customer: `Customer ${SHOWN}` };
      const measured = within('the burst to be shown', desktop.page.evaluate(burst, after));
      await desktops.sim.putItems(mapOf(desktops.agent), { ...Object.fromEntries(changed), ...added });
      return measured;
    },
    { prepare: noteArrivals },
  );
}

/** @param {Desktops} desktops */
async function readAll(desktops) {
  await desktops.begin(WITH_LIST);
  await desktops.sim.putItems(mapOf(desktops.agent), spread(MANY));
  return desktops.with(({ page }) => within('all rows', page.evaluate(openAndReadAll, MANY.toLocaleString('en-US'))), {
    latency: LATENCY_MS,
  });
}
