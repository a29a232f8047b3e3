// The fixtures of all browser tests: one running product, a newly seeded contact centre for each test, desktops whose errors fail
// the test.

import { test as base, expect } from '@playwright/test';

import { startStack } from '../../../scripts/lib/stack.mjs';
import { known } from '../../support/known.mjs';
import { controlOf } from './control.mjs';
import { Desktop } from './desktop.mjs';

export { expect };

/**
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {import('@playwright/test').BrowserContextOptions} ContextOptions
 * @typedef {import('./control.mjs').Sim} Sim
 * @typedef {{ stack: import('../../../scripts/lib/stack.mjs').Stack }} WorkerFixtures
 */

/**
 * @typedef {object} TestFixtures
 * @property {Sim} sim
 * @property {{ add: (trouble: string) => void, expect: (pattern: RegExp) => void }} troubles
 * @property {(options?: ContextOptions) => Promise<Page>} newPage
 * @property {(identity: string, options?: ContextOptions & { prepare?: (page: Page) => unknown }) => Promise<Desktop>} desktop
 */

/**
 * @typedef {import('@playwright/test').PlaywrightTestArgs & import('@playwright/test').PlaywrightTestOptions} TestArgs
 * @typedef {import('@playwright/test').PlaywrightWorkerArgs & import('@playwright/test').PlaywrightWorkerOptions} WorkerArgs
 * @type {import('@playwright/test').Fixtures<TestFixtures, WorkerFixtures, TestArgs, WorkerArgs>}
 */
const fixtures = {
  stack: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const stack = await startStack();
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  /** The control endpoints of a newly seeded contact centre. */
  sim: async ({ stack }, use) => {
    const sim = controlOf(stack.simulatorUrl);
    await sim.reset();
    await use(sim);
    expect(await sim.unknown(), 'requests that the simulator does not know').toEqual([]);
  },

  /** Collects errors of the pages. A test that provokes one expects it with `troubles.expect(/…/)`. */
  // eslint-disable-next-line no-empty-pattern -- as above
  troubles: async ({}, use) => {
    /** @type {string[]} */
    const seen = [];
    // Flex tells the customer that the agent types, which may reach Twilio when the agent has left.
    const expected = [/Failed to send typing indicator/];
    await use({ add: (trouble) => seen.push(trouble), expect: (pattern) => expected.push(pattern) });
    const left = seen.filter((trouble) => !expected.some((pattern) => pattern.test(trouble)));
    expect(left, 'console errors, page errors and requests to elsewhere').toEqual([]);
  },

  /** Opens an empty page for the product's origin; each in a browser context of its own. */
  newPage: async ({ browser, stack, sim, troubles }, use) => {
    /** @type {import('@playwright/test').BrowserContext[]} */
    const contexts = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL: stack.simulatorUrl, ...options });
      contexts.push(context);
      const page = await context.newPage();
      watch(page, stack.simulatorUrl, troubles);
      return page;
    });
    // The pages close first, so that nothing they do reaches the next test's world.
    await Promise.all(contexts.map((context) => context.close()));
    await sim.facts();
  },

  /** Opens an agent's desktop. `prepare` may change the page before Flex loads. */
  desktop: async ({ newPage, sim }, use) => {
    await use(async (identity, { prepare, ...options } = {}) => {
      const { agents } = await sim.facts();
      const agent = known(agents.find((one) => one.identity === identity));
      const page = await newPage(options);
      await prepare?.(page);
      await page.goto(agent.url);
      return new Desktop(page, agent).isUp();
    });
  },
};

export const test = base.extend(fixtures);

/**
 * Notes errors of a page, and requests to other hosts.
 *
 * @param {Page} page
 * @param {string} origin
 * @param {TestFixtures['troubles']} troubles
 */
function watch(page, origin, troubles) {
  const own = new URL(origin).host;
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.add(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.add(`page error: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && host !== own) troubles.add(`left the machine: ${request.url()}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== own) troubles.add(`left the machine: ${socket.url()}`);
  });
}
