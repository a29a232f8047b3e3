// Takes screenshots of the list of parked conversations, one of each state.

import { expect } from '@playwright/test';

import { known } from '../support/known.mjs';
import { List, listOn, mapOf } from './support/list.mjs';
import { breakSync } from './support/sync.mjs';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Customers whose rows differ: channels, long and missing names, rows without an end, appointments, last messages. `dueIn`, `wroteAgo`
 * and `endsIn` are in minutes.
 */
const CUSTOMERS = [
  {
    customerName: 'Nora Nowak',
    customerAddress: 'customer-nora',
    channelType: 'web',
    minutes: 3,
    lastLine: 'Which colour is the box?',
    lastLineBy: 'agent',
  },
  {
    customerName: 'Wanda Walker',
    customerAddress: 'whatsapp:+15550401001',
    channelType: 'whatsapp',
    minutes: 12,
    dueIn: 180,
    reason: 'Waiting for the order number',
    note: 'Looks for it tonight',
    lastLine: 'I will look for it in the cellar.',
    lastLineBy: 'customer',
    wroteAgo: 1_280,
  },
  {
    customerName: 'Sam Sender',
    customerAddress: '+15550301002',
    channelType: 'sms',
    minutes: 47,
    stays: true,
    dueIn: 3_000,
    isKept: true,
    reason: 'Call back',
  },
  {
    customerAddress: 'messenger:104857600',
    channelType: 'messenger',
    minutes: 95,
    lastLineBy: 'customer',
    wroteAgo: 1_500,
  },
  {
    customerName: 'Maximiliane-Theodora von Hohenstein-Wolfenbüttel',
    customerAddress: 'maximiliane-theodora.von-hohenstein@customers.example',
    channelType: 'email',
    minutes: 260,
  },
  {
    customerName: 'Charlie Customer',
    customerAddress: 'customer-charlie',
    channelType: 'web',
    minutes: 20 * 24 * 60,
    stays: true,
    endsIn: 300,
    lastLine: 'Thank you, I will ask my sister.',
    lastLineBy: 'customer',
  },
];

const items = () =>
  Object.fromEntries(
    CUSTOMERS.map(({ minutes, stays, dueIn, isKept, wroteAgo, endsIn, ...customer }, index) => {
      const parkedAt = Date.now() - minutes * MINUTE;
      const dueAt = dueIn && Date.now() + dueIn * MINUTE;
      const data = {
        ...customer,
        parkedAt,
        ...(dueAt && { dueAt }),
        ...(isKept && { keptUntil: dueAt }),
        ...(wroteAgo && { customerWroteAt: Date.now() - wroteAgo * MINUTE }),
        ...(endsIn && { expiryAt: Date.now() + endsIn * MINUTE }),
        ...(!stays && { expiresAt: parkedAt + DAY }),
      };
      return [`CH${String(index).padStart(32, '0')}`, data];
    }),
  );

/** Takes the screenshots. `sim` controls the simulator, `open` opens an agent's desktop, `picture` saves a screenshot of a page. */
export async function takeListPictures({ sim, open, picture }) {
  await sim.reset();
  await sim.configure(listOn);

  /** @type {import('./support/sync.mjs').Broken | undefined} */
  let sync;
  const unread = await open('ada', async (page) => (sync = await breakSync(page)));
  await new List(unread).open();
  await picture(unread.page, 'list-loading');
  await unread.page.close();

  const ada = await open('ada', async (page) => (sync = await breakSync(page, 500)));
  const list = await new List(ada).open();
  const retry = list.view.getByRole('button', { name: 'Try again' });
  await expect(retry).toBeVisible();
  await picture(ada.page, 'list-error');
  known(sync).mend();
  await retry.click();
  await expect(list.view).toContainText('Nothing is parked');
  await picture(ada.page, 'list-empty');

  await sim.putItems(mapOf(ada.agent), items());
  await expect(list.rows).toHaveCount(CUSTOMERS.length);
  await ada.page.mouse.move(0, 0);
  await picture(ada.page, 'list');
  await ada.page.setViewportSize({ width: 420, height: 720 });
  await picture(ada.page, 'list-narrow');
  await ada.page.setViewportSize({ width: 1024, height: 720 });
  await dark(ada.page, true);
  await picture(ada.page, 'list-dark');
  await dark(ada.page, false);
  await ada.page.setViewportSize({ width: 1280, height: 720 });

  await list.search.fill('nobody');
  await expect(list.view).toContainText('No parked conversation matches');
  await picture(ada.page, 'list-no-match');
  await list.search.fill('');

  const { functionsDomain: host } = await sim.facts();
  const lost = await sim.fault({ host, kind: 'dropBefore', times: 0 });
  await list.button('Wanda Walker').click();
  await expect(list.button('Wanda Walker')).toHaveText('Try again', { timeout: 20_000 });
  await sim.disarm(lost.id);
  const held = await sim.fault({ host, method: 'POST', kind: 'holdBefore' });
  await list.button('Sam Sender').click();
  await expect(list.button('Sam Sender')).toHaveText('Resuming…');
  await expect(ada.notifications).toHaveCount(0, { timeout: 60_000 });
  await picture(ada.page, 'list-resuming');
  await sim.disarm(held.id);

  await ada.page.context().setOffline(true);
  await expect(list.view).toContainText('You are offline');
  await picture(ada.page, 'list-offline');
}

const dark = (page, isDark) =>
  page.evaluate(
    (isLight) => globalThis.Twilio.Flex.Manager.getInstance().updateConfig({ theme: { isLight } }),
    !isDark,
  );
