// The real Flex desktop of an agent, each time in a browser context of its own.

import { chromium, expect } from '@playwright/test';

import { startStack } from '../scripts/lib/stack.mjs';
import config from '../tests/browser/playwright.config.mjs';
import { controlOf } from '../tests/browser/support/control.mjs';
import { Desktop } from '../tests/browser/support/desktop.mjs';
import { List } from '../tests/browser/support/list.mjs';
import { leaveList, noteReady, openList } from './page.mjs';
import { within } from './within.mjs';

const AGENT = 'ada';
/** A machine may be busy, and thousands of rows take their time. */
const PATIENCE = { timeout: 60_000 };

/**
 * Yields what `measure` yields for desktops.
 *
 * @typedef {import('./report.mjs').Figure} Figure
 * @param {import('../scripts/setup/chromium.mjs').Browser} found
 * @param {(desktops: Desktops) => AsyncGenerator<Figure>} measure
 * @param {import('../scripts/lib/stack.mjs').StackOptions} [options]
 */
export async function* withDesktops(found, measure, options) {
  const stack = await startStack(options);
  try {
    const browser = await chromium.launch({ ...config.use?.launchOptions, executablePath: found.chromium });
    try {
      yield* measure(new Desktops(stack, browser));
    } finally {
      await browser.close();
    }
  } finally {
    await stack.stop();
  }
}

/** Desktops of one agent, one after the other. */
export class Desktops {
  #stack;
  #browser;
  /** @type {import('../scripts/lib/control.mjs').Agent | undefined} */
  #agent;

  /**
   * @param {import('../scripts/lib/stack.mjs').Stack} stack
   * @param {import('@playwright/test').Browser} browser
   */
  constructor(stack, browser) {
    this.#stack = stack;
    this.#browser = browser;
    this.sim = controlOf(stack.simulatorUrl);
  }

  /** The running product. */
  get stack() {
    return this.#stack;
  }

  /** The agent, whom `begin` finds. */
  get agent() {
    if (!this.#agent) throw new Error(`there is no agent ${AGENT}`);
    return this.#agent;
  }

  /**
   * Resets the contact centre, with these flags.
   *
   * @param {Record<string, boolean>} flags
   * @param {string} [identity] the agent whose desktops they are
   */
  async begin(flags, identity = AGENT) {
    await this.sim.reset();
    await this.sim.configure({ uiAttributes: { custom_data: { features: { park_interaction: flags } } } });
    const { agents } = await this.sim.facts();
    this.#agent = agents.find((agent) => agent.identity === identity);
  }

  /**
   * Lets `use` measure in a page that has just loaded. Every request to Twilio takes `latency` milliseconds, from the first one on.
   *
   * @template T
   * @param {(desktop: MeasuredDesktop) => Promise<T>} use
   * @param {{ latency?: number, prepare?: () => void }} [options] `prepare` runs in the page before Flex
   */
  async with(use, { latency = 0, prepare = noteReady } = {}) {
    const context = await this.#browser.newContext({
      baseURL: this.#stack.simulatorUrl,
      viewport: config.use?.viewport,
    });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE.timeout);
      await page.addInitScript(prepare);
      const measured = new MeasuredDesktop(page, this.agent);
      await this.sim.latency(latency);
      await page.goto(this.agent.url);
      return await use(measured);
    } finally {
      await this.sim.latency(0);
      await context.close();
    }
  }
}

/** The map by its name, and a map's items. */
const OF_THE_LIST = /\/Maps\/(ParkedInteractions_|MP\w+\/Items)/;

/** A desktop that counts. */
export class MeasuredDesktop extends Desktop {
  /** The number of WebSockets that the page has opened so far. */
  sockets = 0;
  /** The number of its requests to Sync for the list. Flex itself reads other maps. */
  askedForList = 0;

  /**
   * @param {import('@playwright/test').Page} page
   * @param {import('../scripts/lib/control.mjs').Agent} agent
   */
  constructor(page, agent) {
    super(page, agent);
    page.on('websocket', (socket) => {
      this.sockets += 1;
      socket.on('framesent', ({ payload }) => (this.askedForList += OF_THE_LIST.test(String(payload)) ? 1 : 0));
    });
  }

  /** Opens the list. Returns the time until its first rows, and the number of its nodes. */
  openList() {
    return within('the first rows of the list', this.page.evaluate(openList));
  }

  /**
   * Does the same after all rows have been read.
   *
   * @param {number} count
   */
  async openFullList(count) {
    await this.isUp();
    const { link } = new List(this);
    await expect(link).toHaveAccessibleName(new RegExp(`, ${count.toLocaleString('en-US')} `), PATIENCE);
    return this.openList();
  }

  /** Goes back to the tasks, and opens the list again. Returns the time, and the number of requests for the list. */
  async openListAgain() {
    await this.page.evaluate(leaveList);
    await expect(this.page.getByRole('table')).toHaveCount(0, PATIENCE);
    const before = this.askedForList;
    const { ms } = await this.openList();
    return { ms, asked: this.askedForList - before };
  }
}
