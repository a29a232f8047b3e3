// Records the animated picture of README in the real product: `npm run animation`.

import { writeFile } from 'node:fs/promises';

import { chromium, expect } from '@playwright/test';
import gifenc from 'gifenc';
import { PNG } from 'pngjs';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { startStack } from '../../scripts/lib/stack.mjs';
import { TO_RUN, setUp } from '../../scripts/setup/index.mjs';
import { known } from '../support/known.mjs';
import config from './playwright.config.mjs';
import { controlOf } from './support/control.mjs';
import { Desktop } from './support/desktop.mjs';
import { List, listOn } from './support/list.mjs';

const { GIFEncoder, applyPalette, quantize } = gifenc;
const CHARLIE = 'Charlie Customer';
const FILE = inRoot('docs', 'images', 'park-wake-resume.gif');
/** The duration of a picture, in milliseconds. */
const STANDS = 2_200;

class Film {
  #page;
  #gif = GIFEncoder();

  constructor(page) {
    this.#page = page;
  }

  /** Adds one picture, with a caption below. */
  async take(words) {
    await this.#page.evaluate(caption, words);
    const { data, width, height } = PNG.sync.read(await this.#page.screenshot({ animations: 'disabled' }));
    const palette = quantize(data, 256);
    this.#gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay: STANDS });
    await this.#page.evaluate(dismissNotifications);
  }

  async write(file) {
    this.#gif.finish();
    await writeFile(file, this.#gif.bytes());
    console.log(`${file}: ${this.#gif.bytes().length} bytes`);
  }
}

/** Runs in the page: dismisses notifications, which would cover the next picture. */
function dismissNotifications() {
  const { Notifications } = globalThis.Twilio.Flex;
  for (const id of ['ParkInteractionParked', 'ParkInteractionParkedUntil']) Notifications.dismissNotificationById(id);
}

/** Runs in the page: shows the caption. */
function caption(words) {
  const id = 'caption-of-the-film';
  const box = document.getElementById(id) ?? document.body.appendChild(document.createElement('p'));
  box.id = id;
  box.textContent = words;
  box.style.cssText =
    'position:fixed;left:65%;bottom:24px;transform:translateX(-50%);margin:0;padding:12px 24px;border-radius:8px;' +
    'background:#121c2d;color:#fff;font:600 22px/1.3 sans-serif;z-index:99999;white-space:nowrap';
}

const { browser: found } = await setUp([...TO_RUN, 'Chromium']);
const stack = await startStack();
const browser = await chromium.launch({ ...config.use?.launchOptions, executablePath: found.chromium });
try {
  const sim = controlOf(stack.simulatorUrl);
  await sim.configure(listOn);
  const { agents } = await sim.facts();
  const agent = known(agents.find(({ identity }) => identity === 'ada'));
  // A picture is 960 x 540: wide enough to read, small enough to load.
  const context = await browser.newContext({
    baseURL: stack.simulatorUrl,
    viewport: { width: 1280, height: 720 },
    deviceScaleFactor: 0.75,
  });
  const page = await context.newPage();
  await page.goto(agent.url);
  const ada = await new Desktop(page, agent).isUp();
  const film = new Film(page);

  await ada.open(CHARLIE);
  await ada.parkButton.hover();
  await film.take('Ada waits for an answer, and clicks Park');
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await film.take('She is free. The conversation waits for the customer');

  await sim.customerWrites('charlie', 'I have found the number on the label: 4711.');
  await expect(ada.task(CHARLIE)).toBeVisible();
  await film.take('The customer writes, and the conversation is routed again');
  await ada.accept(CHARLIE);
  await expect(ada.messages.last()).toHaveText(/4711\.$/);
  await film.take('Whoever accepts sees the whole history');

  await page.getByTestId('park-interaction-until').click();
  const dialog = page.getByRole('dialog', { name: 'Park until…' });
  await dialog.getByRole('radio', { name: /^tomorrow/i }).check();
  await dialog.getByRole('textbox', { name: 'Note' }).fill('Warehouse looks for 4711');
  await film.take('Now she waits for the warehouse: parked until tomorrow, with a note');
  await dialog.getByRole('button', { name: 'Park' }).click();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await expect(ada.notifications).toBeVisible();
  await film.take('It comes back then, or when the customer writes');
  const list = await new List(ada).open();
  const resume = list.button(CHARLIE);
  await resume.hover();
  await film.take('What she parked is in her list, and one click resumes it');
  await resume.click();
  await expect(ada.messages.last()).toHaveText(/4711\.$/);
  await page.evaluate(dismissNotifications);
  await film.take('Resumed: the note stands above the conversation');
  await film.write(FILE);
} finally {
  await browser.close();
  await stack.stop();
}
