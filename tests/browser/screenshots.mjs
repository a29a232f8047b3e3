// Takes the screenshots of README in the real product: `npm run screenshots`.

import { mkdir } from 'node:fs/promises';

import { chromium, expect } from '@playwright/test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { startStack } from '../../scripts/lib/stack.mjs';
import { TO_RUN, setUp } from '../../scripts/setup/index.mjs';
import { known } from '../support/known.mjs';
import config from './playwright.config.mjs';
import { takeListPictures } from './list-screenshots.mjs';
import { takePlacesPictures } from './places-screenshots.mjs';
import { controlOf } from './support/control.mjs';
import { Desktop } from './support/desktop.mjs';

const CHARLIE = 'Charlie Customer';
const folder = inRoot('docs', 'images');
const picture = (page, name) => page.screenshot({ path: `${folder}/${name}.png` });

await mkdir(folder, { recursive: true });
const { browser: found } = await setUp([...TO_RUN, 'Chromium']);
const stack = await startStack();
const browser = await chromium.launch({ ...config.use?.launchOptions, executablePath: found.chromium });
try {
  const sim = controlOf(stack.simulatorUrl);
  const open = async (identity, prepare) => {
    const { agents } = await sim.facts();
    const agent = known(agents.find((one) => one.identity === identity));
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, baseURL: stack.simulatorUrl });
    await prepare?.(page);
    await page.goto(agent.url);
    return new Desktop(page, agent).isUp();
  };

  const ada = await open('ada');
  await ada.open(CHARLIE);
  await ada.parkButton.hover();
  await picture(ada.page, 'park-button');
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await expect(ada.notifications).toBeVisible();
  await picture(ada.page, 'parked');

  await ada.goTo('Break');
  const ben = await open('ben');
  const customer = await browser.newPage({ viewport: { width: 1280, height: 720 }, baseURL: stack.simulatorUrl });
  await customer.goto('/customer?id=charlie');
  await customer.getByLabel('Message', { exact: true }).fill('I have found the number on the label: 4711.');
  await customer.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(ben.task(CHARLIE)).toBeVisible();
  await ben.accept(CHARLIE);
  await expect(ben.messages.last()).toHaveText(/4711\.$/);
  await picture(ben.page, 'woken');

  await ben.write('Thank you, I have it. It is on its way and arrives tomorrow.');
  await expect(customer.getByRole('log').getByRole('listitem').last()).toContainText('arrives tomorrow');
  await picture(customer, 'customer');

  await takeListPictures({ sim, open, picture });
  // The agents' desktops would ask for the rows that come next, and delete those of conversations that do not exist.
  for (const context of browser.contexts()) await context.close();
  await takePlacesPictures({ sim, open, picture });
} finally {
  await browser.close();
  await stack.stop();
}
