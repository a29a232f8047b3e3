// What agents wait for, in the real Flex desktop. The existing implementation cannot be run here, so there is no baseline.

import { expect } from '@playwright/test';

import { mapOf, parkedItems } from '../tests/browser/support/list.mjs';
import { withDesktops } from './desktops.mjs';
import { initTime, parkTime, taskCame } from './page.mjs';
import { median, repeated } from './rounds.mjs';
import { within } from './within.mjs';

const TIMES = 5;
const LIST_TIMES = 3;
/** No conversation of the contact centre has these numbers: a row of one in which an agent is goes. */
const FIRST_ROW = 100_000;
const LATENCY_MS = 100;
/** After so long nothing is left of a park that the customer's message would have to wait for. */
const LATER_MS = 60_000;
/** After so long without another WebSocket, all are taken to be open. */
const QUIET_MS = 3_000;
const CUSTOMER = { id: 'charlie', name: 'Charlie Customer' };
/** The list on, the list off, all off. */
const WITH_LIST = { enabled: true, show_list: true };
const WITHOUT_LIST = { enabled: true, show_list: false };
const OFF = { enabled: false, show_list: false };

/** Yields figures. */
export function measureBrowser({ browser, tell }) {
  return withDesktops(browser, async function* (desktops) {
    tell('the WebSockets that the plugin opens');
    yield* sockets(desktops);
    tell(`the plugin's start; then a click on Park and a customer's message, ${LATENCY_MS} ms a call`);
    yield* startParkAndWake(desktops);
    for (const count of [100, 1_000]) {
      tell(`the list with ${count} rows`);
      yield* list(desktops, count);
    }
    tell(`the list with 1000 rows, opened while it is read; ${LATENCY_MS} ms a call`);
    yield figure('list_1000_slow_sync_ms', await slowList(desktops, 1_000));
  });
}

const figure = (name, value, unit = 'ms') => ({ name, unit, value });

async function* sockets(desktops) {
  const count = async (flags) => {
    await desktops.begin(flags);
    return desktops.with(async (desktop) => {
      await desktop.isUp();
      return allSockets(desktop);
    });
  };
  const own = await count(OFF);
  yield figure('extra_websockets', (await count(WITHOUT_LIST)) - own, 'WebSockets');
  yield figure('extra_websockets_with_list', (await count(WITH_LIST)) - own, 'WebSockets');
}

async function allSockets(desktop) {
  let seen;
  do {
    seen = desktop.sockets;
    await desktop.page.waitForTimeout(QUIET_MS);
  } while (seen !== desktop.sockets);
  return seen;
}

/**
 * From the plugin's bundle being there to the plugin being ready; from the click to the freed agent; from the customer's
 * message to the ringing task.
 */
async function* startParkAndWake(desktops) {
  const runs = await repeated(TIMES, async () => {
    await desktops.begin(WITH_LIST);
    return desktops.with(async (desktop) => {
      const { page } = await desktop.isUp();
      const init = await within('the plugin being ready', page.evaluate(initTime));
      await desktop.open(CUSTOMER.name);
      await expect(desktop.parkButton).toBeEnabled();
      await desktops.sim.latency(LATENCY_MS);
      const freed = await within('the agent to be freed', page.evaluate(parkTime, CUSTOMER.name));
      await expect(desktop.notifications).toBeVisible();
      await desktops.sim.pass(LATER_MS);
      const came = page.evaluate(taskCame, CUSTOMER.name);
      const began = Date.now();
      await desktops.sim.customerWrites(CUSTOMER.id, 'Here it is.');
      return { init, freed, rang: (await within('the ringing task', came)) - began };
    });
  });
  yield figure('init_ms', median(runs.map(({ init }) => init)));
  yield figure('click_to_freed_ms', median(runs.map(({ freed }) => freed)));
  yield figure('message_to_ringing_ms', median(runs.map(({ rang }) => rang)));
}

/** From the click on the link to the first rows on the screen, and of how much the view consists; then once more. */
async function* list(desktops, count) {
  await withRows(desktops, count);
  const runs = await repeated(LIST_TIMES, () =>
    desktops.with(async (desktop) => ({
      first: await desktop.openFullList(count),
      again: await desktop.openListAgain(),
    })),
  );
  const name = (what) => `list_${count}_${what}`;
  yield figure(name('ms'), median(runs.map(({ first }) => first.ms)));
  yield figure(name('dom_nodes'), median(runs.map(({ first }) => first.nodes)), 'nodes');
  if (count < 1_000) return;
  yield figure('list_reopen_ms', median(runs.map(({ again }) => again.ms)));
  yield figure('list_reopen_requests', Math.max(...runs.map(({ again }) => again.asked)), 'requests');
}

/** Clicked as soon as there is something to click on: Sync has been asked for nothing yet, or just now. */
async function slowList(desktops, count) {
  await withRows(desktops, count);
  const opened = await repeated(LIST_TIMES, () =>
    desktops.with((desktop) => desktop.openList(), { latency: LATENCY_MS }),
  );
  return median(opened.map(({ ms }) => ms));
}

async function withRows(desktops, count) {
  await desktops.begin(WITH_LIST);
  await desktops.sim.putItems(mapOf(desktops.agent), parkedItems(count, { first: FIRST_ROW }));
}
