// The waiting times of agents in the real Flex desktop. The existing implementation cannot be run here, so there is no baseline.

import { expect } from '@playwright/test';

import { mapOf, parkedItems } from '../tests/browser/support/list.mjs';
import { withDesktops } from './desktops.mjs';
import { initTime, parkTime, taskCame } from './page.mjs';
import { median, repeated } from './rounds.mjs';
import { within } from './within.mjs';

const TIMES = 5;
const LIST_TIMES = 3;
/** No conversation of the contact centre has these numbers: the plugin removes rows of conversations in which an agent is. */
const FIRST_ROW = 100_000;
const LATENCY_MS = 100;
/** The time after which a customer's message does not have to wait for anything of a park. */
const LATER_MS = 60_000;
/** The time without another WebSocket after which all count as open. */
const QUIET_MS = 3_000;
const CUSTOMER = { id: 'charlie', name: 'Charlie Customer' };
/** The list on, the list off, all off. */
const WITH_LIST = { enabled: true, show_list: true };
const WITHOUT_LIST = { enabled: true, show_list: false };
const OFF = { enabled: false, show_list: false };

/**
 * @typedef {import('./desktops.mjs').Desktops} Desktops
 * @typedef {import('./desktops.mjs').MeasuredDesktop} MeasuredDesktop
 * @typedef {import('./report.mjs').Figure} Figure
 * @typedef {{ enabled: boolean, show_list: boolean }} Flags
 */

/**
 * Yields figures.
 *
 * @param {import('./report.mjs').Tools} tools
 */
export function measureBrowser({ browser, tell }) {
  return withDesktops(browser, async function* (desktops) {
    tell('the WebSockets that the plugin opens');
    yield* sockets(desktops);
    tell(`the plugin's start; then a park and a customer's message, ${LATENCY_MS} ms a call`);
    yield* startParkAndWake(desktops);
    for (const count of [100, 1_000]) {
      tell(`the list with ${count} rows`);
      yield* list(desktops, count);
    }
    tell(`the list with 1000 rows, opened while it is read; ${LATENCY_MS} ms a call`);
    yield figure('list_1000_slow_sync_ms', await slowList(desktops, 1_000));
  });
}

/**
 * @param {string} name
 * @param {number} value
 * @param {string} [unit]
 * @returns {Figure}
 */
const figure = (name, value, unit = 'ms') => ({ name, unit, value });

/**
 * @param {Desktops} desktops
 * @returns {AsyncGenerator<Figure>}
 */
async function* sockets(desktops) {
  /** @param {Flags} flags */
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

/** @param {MeasuredDesktop} desktop */
async function allSockets(desktop) {
  let seen;
  do {
    seen = desktop.sockets;
    await desktop.page.waitForTimeout(QUIET_MS);
  } while (seen !== desktop.sockets);
  return seen;
}

/**
 * Measures the times from the loaded bundle to the ready plugin, and from the customer's message to the ringing task.
 *
 * @param {Desktops} desktops
 * @returns {AsyncGenerator<Figure>}
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
      await within('the agent to be freed', page.evaluate(parkTime, CUSTOMER.name));
      await expect(desktop.notifications).toBeVisible();
      await desktops.sim.pass(LATER_MS);
      const came = page.evaluate(taskCame, CUSTOMER.name);
      const began = Date.now();
      await desktops.sim.customerWrites(CUSTOMER.id, 'Here it is.');
      return { init, rang: (await within('the ringing task', came)) - began };
    });
  });
  yield figure('init_ms', median(runs.map(({ init }) => init)));
  yield figure('message_to_ringing_ms', median(runs.map(({ rang }) => rang)));
}

/**
 * Measures the time from the click on the link to the first rows on the screen, and the size of the view; then once more.
 *
 * @param {Desktops} desktops
 * @param {number} count
 * @returns {AsyncGenerator<Figure>}
 */
async function* list(desktops, count) {
  await withRows(desktops, count);
  const runs = await repeated(LIST_TIMES, () =>
    desktops.with(async (desktop) => ({
      first: await desktop.openFullList(count),
      again: await desktop.openListAgain(),
    })),
  );
  /** @param {string} what */
  const name = (what) => `list_${count}_${what}`;
  yield figure(name('ms'), median(runs.map(({ first }) => first.ms)));
  yield figure(name('dom_nodes'), median(runs.map(({ first }) => first.nodes)), 'nodes');
  if (count < 1_000) return;
  yield figure('list_reopen_ms', median(runs.map(({ again }) => again.ms)));
  yield figure('list_reopen_requests', Math.max(...runs.map(({ again }) => again.asked)), 'requests');
}

/**
 * Measures a click as soon as the link is there: Sync has not been read yet, or only just.
 *
 * @param {Desktops} desktops
 * @param {number} count
 */
async function slowList(desktops, count) {
  await withRows(desktops, count);
  const opened = await repeated(LIST_TIMES, () =>
    desktops.with((desktop) => desktop.openList(), { latency: LATENCY_MS }),
  );
  return median(opened.map(({ ms }) => ms));
}

/**
 * @param {Desktops} desktops
 * @param {number} count
 */
async function withRows(desktops, count) {
  await desktops.begin(WITH_LIST);
  await desktops.sim.putItems(mapOf(desktops.agent), parkedItems(count, { first: FIRST_ROW }));
}
