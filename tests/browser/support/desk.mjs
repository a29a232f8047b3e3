// What happens in a desktop's page besides what it shows.

import { expect } from '@playwright/test';

/** The time for which a notification waits for a task that may still come to the agent, in milliseconds. */
const PATIENCE_MS = 3_000;

/** @typedef {{ page: import('@playwright/test').Page }} Desktop */

/**
 * Notes from now on each notification that is shown, the timers of notifications that wait, and the resumes under way.
 *
 * @param {Desktop} desktop
 */
export const noteNotifications = ({ page }) =>
  page.evaluate((patienceMs) => {
    /** @type {any} Flex is there */
    const window = globalThis;
    const { Actions, Notifications } = window.Twilio.Flex;
    const { setTimeout: begin, clearTimeout: end } = window;
    const show = Notifications.showNotification.bind(Notifications);
    const invoke = Actions.invokeAction.bind(Actions);
    /** @type {Set<unknown>} */
    const waiting = new Set();
    Actions.invokeAction = (/** @type {string} */ name, /** @type {unknown[]} */ ...rest) => {
      const invoked = invoke(name, ...rest);
      if (name === 'UnparkInteraction') {
        waiting.add(invoked);
        const end = () => waiting.delete(invoked);
        invoked.then(end, end);
      }
      return invoked;
    };
    window.noted = { shown: [], waiting };
    Notifications.showNotification = (/** @type {string} */ id, /** @type {unknown[]} */ ...rest) => {
      window.noted.shown.push(id);
      return show(id, ...rest);
    };
    window.setTimeout = (/** @type {Function} */ work, /** @type {number} */ ms, /** @type {unknown[]} */ ...rest) => {
      const timer = begin(() => {
        waiting.delete(timer);
        work(...rest);
      }, ms);
      if (ms === patienceMs) waiting.add(timer);
      return timer;
    };
    window.clearTimeout = (/** @type {unknown} */ timer) => {
      waiting.delete(timer);
      end(timer);
    };
  }, PATIENCE_MS);

/**
 * Returns the ids of the notifications that were shown, once no resume is under way and no notification waits.
 *
 * @param {Desktop} desktop
 * @returns {Promise<string[]>}
 */
export async function notedNotifications({ page }) {
  const waiting = () => page.evaluate(() => /** @type {any} see above */ (globalThis).noted.waiting.size);
  await expect.poll(waiting, { timeout: 30_000 }).toBe(0);
  return page.evaluate(() => /** @type {any} see above */ (globalThis).noted.shown);
}
