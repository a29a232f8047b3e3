// What agents wait for, in the real Flex desktop. The existing implementation cannot be run here, so there is no baseline.

import { chromium, expect } from '@playwright/test';

import { startStack } from '../scripts/lib/stack.mjs';
import config from '../tests/browser/playwright.config.mjs';
import { controlOf } from '../tests/browser/support/control.mjs';
import { Desktop } from '../tests/browser/support/desktop.mjs';
import { List, mapOf, parkedItems } from '../tests/browser/support/list.mjs';
import { median } from './rounds.mjs';

const TIMES = 5;
const LIST_TIMES = 3;
const SLOW_MS = 100;
const CHARLIE = 'Charlie Customer';
const figure = (name, value, unit = 'ms') => ({ name, unit, value });

/** Answers figures. */
export async function measureBrowser({ browser: found }) {
  const stack = await startStack();
  const browser = await chromium.launch({ ...config.use.launchOptions, executablePath: found.chromium });
  try {
    const bench = new Bench(stack, browser);
    return [
      ...(await bench.start()),
      ...(await bench.parkAndWake()),
      ...(await bench.list(100)),
      ...(await bench.list(1_000)),
      ...(await bench.list(5_000)),
      await bench.listOverSlowSync(),
    ];
  } finally {
    await browser.close();
    await stack.stop();
  }
}

class Bench {
  #sim;
  #stack;
  #browser;

  constructor(stack, browser) {
    this.#stack = stack;
    this.#browser = browser;
    this.#sim = controlOf(stack.simulatorUrl);
  }

  /** From the plugin's bundle being there to the plugin being ready, and what it opens beside Flex's own sockets. */
  async start() {
    await this.#setFlags({ enabled: true, show_list: true });
    const times = [];
    const sockets = {};
    for (let time = 0; time < TIMES; time += 1) {
      await this.#withDesktop({}, async ({ page }, opened) => {
        times.push(await page.evaluate(sinceFetched));
        sockets.withList = opened.count;
      });
    }
    for (const [name, flags] of [
      ['withoutList', { enabled: true, show_list: false }],
      ['off', { enabled: false, show_list: false }],
    ]) {
      await this.#setFlags(flags);
      await this.#withDesktop({}, async (_, opened) => {
        sockets[name] = opened.count;
      });
    }
    const extra = Math.max(sockets.withList, sockets.withoutList) - sockets.off;
    return [figure('init_ms', median(times)), figure('extra_websockets', extra, 'WebSockets')];
  }

  /** From the click to the freed agent, and from the customer's message to the ringing task. */
  async parkAndWake() {
    const freed = [];
    const ringing = [];
    for (let time = 0; time < TIMES; time += 1) {
      await this.#sim.reset();
      await this.#withDesktop({}, async (desktop) => {
        await desktop.open(CHARLIE);
        await expect(desktop.parkButton).toBeEnabled();
        freed.push(await this.#until(desktop.page, () => desktop.parkButton.click(), CHARLIE, false));
        ringing.push(
          await this.#until(desktop.page, () => this.#sim.customerWrites('charlie', 'Here it is.'), CHARLIE, true),
        );
      });
    }
    return [figure('click_to_freed_ms', median(freed)), figure('message_to_ringing_ms', median(ringing))];
  }

  /** From the click on the link to the first rows on the screen, and how much of a page they are. */
  async list(count) {
    await this.#withRows(count);
    const first = [];
    const again = [];
    let nodes;
    for (let time = 0; time < LIST_TIMES; time += 1) {
      await this.#withDesktop({}, async ({ page }) => {
        await expect(new List({ page }).link).toHaveAccessibleName(
          new RegExp(`\\D${count.toLocaleString('en-US')}\\D`),
        );
        const before = await page.evaluate(countNodes);
        first.push(await page.evaluate(openList));
        nodes = (await page.evaluate(countNodes)) - before;
        await page.evaluate(() =>
          globalThis.Twilio.Flex.Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' }),
        );
        await expect(page.getByRole('table')).toHaveCount(0);
        const requests = await this.#syncRequests();
        again.push(await page.evaluate(openList));
        if ((await this.#syncRequests()) !== requests) throw new Error('opening the list again asked Sync again');
      });
    }
    const of = (what) => `list_${count}_${what}`;
    const figures = [figure(of('ms'), median(first)), figure(of('dom_nodes'), nodes, 'nodes')];
    return count === 1_000 ? [...figures, figure('list_reopen_ms', median(again))] : figures;
  }

  /** The same from the page's load, each call of Sync taking its time: to the first rows, while the rest is still read. */
  async listOverSlowSync() {
    await this.#withRows(1_000);
    const times = [];
    for (let time = 0; time < LIST_TIMES; time += 1) {
      await this.#withDesktop({ latency: SLOW_MS }, async ({ page }) => {
        times.push(await page.evaluate(openList));
      });
    }
    return figure('list_1000_slow_sync_ms', median(times));
  }

  async #withRows(count) {
    await this.#setFlags({ enabled: true, show_list: true });
    const { agents } = await this.#sim.facts();
    const { workerSid } = agents.find(({ identity }) => identity === 'ada');
    await this.#sim.putItems(mapOf({ workerSid }), parkedItems(count));
  }

  async #setFlags(flags) {
    await this.#sim.reset();
    await this.#sim.configure({ uiAttributes: { custom_data: { features: { park_interaction: flags } } } });
  }

  async #syncRequests() {
    const { requests } = await this.#sim.journal();
    return requests.filter(({ host }) => host.startsWith('sync') || host.startsWith('tsock')).length;
  }

  /** Ada's desktop, in a browser context of its own. */
  async #withDesktop({ latency = 0 }, use) {
    const { agents } = await this.#sim.facts();
    const agent = agents.find(({ identity }) => identity === 'ada');
    const context = await this.#browser.newContext({
      baseURL: this.#stack.simulatorUrl,
      viewport: config.use.viewport,
    });
    try {
      const page = await context.newPage();
      const opened = { count: 0 };
      page.on('websocket', () => (opened.count += 1));
      await this.#sim.latency(latency);
      await page.goto(agent.url);
      await use(await new Desktop(page, agent).isUp(), opened);
    } finally {
      await this.#sim.latency(0);
      await context.close();
    }
  }

  /** How long it takes until a task is or is not among the tasks, as the page itself sees it. */
  async #until(page, act, customer, there) {
    const seen = page.evaluate(watchTask, [customer, there]);
    const began = Date.now();
    await act();
    return (await seen) - began;
  }
}

// What follows runs in the page.

async function sinceFetched() {
  const marks = () => performance.getEntriesByName('park-interaction:ready');
  while (marks().length === 0) await new Promise(requestAnimationFrame);
  const [bundle] = performance.getEntriesByType('resource').filter(({ name }) => name.includes('park-interaction.js'));
  const [ready] = marks();
  return ready.startTime - bundle.responseEnd;
}

function countNodes() {
  return document.querySelectorAll('*').length;
}

/** Opens the list by its link, and waits until its first rows have been painted. */
async function openList() {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const button = document.querySelector('.Twilio-SideNav [aria-label^="Parked Interactions"]');
  const began = performance.now();
  button.click();
  while (document.querySelectorAll('[role=table] [role=cell]').length === 0) await painted();
  await painted();
  return performance.now() - began;
}

/** When a customer's task is there, or is not there any more. */
function watchTask([customer, there]) {
  const isThere = () =>
    [...document.querySelectorAll('[data-testid=task-item]')].some((item) => item.textContent.includes(customer));
  return new Promise((resolve) => {
    const look = () => (isThere() === there ? resolve(Date.now()) : requestAnimationFrame(look));
    look();
  });
}
