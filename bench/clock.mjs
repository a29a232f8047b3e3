// The agent's clock: the time from an agent's click to the result on the screen, in the real Flex desktop.
//
// The baseline is the documented order of the existing implementation, behind the same plugin: see `parkAsDocumented`.

import { rmSync } from 'node:fs';

import { expect } from '@playwright/test';

import { List } from '../tests/browser/support/list.mjs';
import { withDesktops } from './desktops.mjs';
import { functionsWithBaseline } from './operations.mjs';
import { freeHandsTime, parkAsDocumented, parkTime, resumeTime, selectTime } from './page.mjs';
import { median } from './rounds.mjs';
import { within } from './within.mjs';

const TIMES = 7;
const LATENCY_MS = 100;
/** Longer than a claim lasts. */
const LATER_MS = 60_000;
/** The time from the pointer's arrival on the button to the click, of a person who knows where it is. */
const POINTING_MS = 300;
/** The time from the opening of a task to the click on Park, at the least: the agent reads the last message. */
const READING_MS = 1_500;
const CUSTOMER = { id: 'charlie', name: 'Charlie Customer' };
const NEXT = { id: 'wanda', name: 'Wanda Walker' };
const FLAGS = { enabled: true, show_list: true };

/**
 * @typedef {import('./desktops.mjs').Desktops} Desktops
 * @typedef {import('./desktops.mjs').MeasuredDesktop} MeasuredDesktop
 * @typedef {import('./report.mjs').Figure} Figure
 */

/**
 * Yields figures.
 *
 * @param {import('./report.mjs').Tools} tools
 */
export async function* measureClock({ browser, tell }) {
  const functionsFolder = functionsWithBaseline();
  try {
    yield* withDesktops(
      browser,
      async function* (desktops) {
        yield* freed(desktops, tell);
        tell('a click on Park until the next customer can be answered');
        yield {
          ...figure('click_to_free_hands_ms', await times(() => freeHands(desktops))),
          // A click on the next task in Flex's own list: Flex cannot show it sooner.
          baseline: await times(() => select(desktops)),
        };
        tell('the same after a start of the Functions');
        yield figure('cold_click_to_freed_ms', await times(() => coldPark(desktops)));
        tell('a resume right after the park, and a minute later');
        const later = await times(() => resume(desktops, LATER_MS));
        yield { ...figure('resume_after_park_ms', await times(() => resume(desktops, 0))), baseline: later };
      },
      { functionsFolder },
    );
  } finally {
    rmSync(functionsFolder, { recursive: true });
  }
}

/**
 * @param {string} name
 * @param {number} value
 * @returns {Figure}
 */
const figure = (name, value) => ({ name, unit: 'ms', value });

/**
 * Returns the median of several runs. The first one warms up.
 *
 * @param {() => Promise<number>} run
 */
async function times(run) {
  /** @type {number[]} */
  const all = [];
  for (let time = 0; time <= TIMES; time += 1) {
    const ms = await run();
    if (time > 0) all.push(ms);
  }
  return median(all);
}

/**
 * Measures a click on Park until the task is gone, both sides by turns.
 *
 * @param {Desktops} desktops
 * @param {(what: string) => void} tell
 * @returns {AsyncGenerator<Figure>}
 */
async function* freed(desktops, tell) {
  for (const { name, latency } of [
    { name: 'click_to_freed_ms', latency: LATENCY_MS },
    { name: 'click_to_freed_0_ms', latency: 0 },
  ]) {
    tell(`a click on Park until the task is gone, ${latency} ms a call`);
    /** @type {Record<'ours' | 'keyboard' | 'baseline', number[]>} */
    const all = { ours: [], keyboard: [], baseline: [] };
    for (let time = 0; time <= TIMES; time += 1) {
      const runs = {
        ours: await park(desktops, { latency, isPointed: true }),
        keyboard: await park(desktops, { latency, isPointed: false }),
        baseline: await park(desktops, { latency, isPointed: true, documentedOrder: true }),
      };
      if (time === 0) continue;
      all.ours.push(runs.ours);
      all.keyboard.push(runs.keyboard);
      all.baseline.push(runs.baseline);
    }
    const baseline = median(all.baseline);
    yield { ...figure(name, median(all.ours)), baseline };
    yield { ...figure(`key_${name.slice('click_'.length)}`, median(all.keyboard)), baseline };
  }
}

/**
 * @param {Desktops} desktops
 * @param {{ latency: number, isPointed: boolean, documentedOrder?: boolean }} options
 */
async function park(desktops, { latency, isPointed, documentedOrder = false }) {
  await desktops.begin(FLAGS);
  return desktops.with(
    async (desktop) => {
      const { page } = await opened(desktop);
      await desktops.sim.latency(latency);
      if (isPointed) await point(desktop);
      return within('the agent to be freed', page.evaluate(parkTime, CUSTOMER.name));
    },
    documentedOrder ? { prepare: parkAsDocumented } : {},
  );
}

/** @param {Desktops} desktops */
async function freeHands(desktops) {
  await desktops.begin(FLAGS);
  return desktops.with(async (desktop) => {
    const { page } = await opened(desktop);
    await desktops.sim.latency(LATENCY_MS);
    await point(desktop);
    return within('the next customer', page.evaluate(freeHandsTime, NEXT.name));
  });
}

/** @param {Desktops} desktops */
async function select(desktops) {
  await desktops.begin(FLAGS);
  return desktops.with(async (desktop) => {
    const { page } = await opened(desktop);
    return within('the next customer', page.evaluate(selectTime, NEXT.name));
  });
}

/**
 * The Functions start before the agent opens the task.
 *
 * @param {Desktops} desktops
 */
async function coldPark(desktops) {
  await desktops.begin(FLAGS);
  await desktops.stack.restartFunctions();
  return desktops.with(async (desktop) => {
    const { page } = await opened(desktop);
    await page.waitForTimeout(READING_MS);
    await desktops.sim.latency(LATENCY_MS);
    await point(desktop);
    return within('the agent to be freed', page.evaluate(parkTime, CUSTOMER.name));
  });
}

/**
 * @param {Desktops} desktops
 * @param {number} afterMs
 */
async function resume(desktops, afterMs) {
  await desktops.begin(FLAGS);
  return desktops.with(async (desktop) => {
    const { page } = await opened(desktop);
    await page.evaluate(parkTime, CUSTOMER.name);
    await expect(desktop.notifications).toBeVisible();
    await desktops.sim.pass(afterMs);
    const list = await new List(desktop).open();
    const row = list.row(CUSTOMER.name);
    await expect(row).toBeVisible();
    const conversation = String(await row.getAttribute('data-conversation'));
    await desktops.sim.latency(LATENCY_MS);
    return within('the resumed task', page.evaluate(resumeTime, conversation));
  });
}

/** @param {MeasuredDesktop} desktop */
async function opened(desktop) {
  await desktop.isUp();
  await desktop.open(CUSTOMER.name);
  await expect(desktop.parkButton).toBeEnabled();
  return desktop;
}

/**
 * Moves the pointer to the button, as an agent does before a click.
 *
 * @param {MeasuredDesktop} desktop
 */
async function point({ parkButton, page }) {
  await parkButton.hover();
  await page.waitForTimeout(POINTING_MS);
}
