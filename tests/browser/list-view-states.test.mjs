// The view of the list in each state: texts, accessibility, layout and keyboard.

import { known } from '../support/known.mjs';
import { isAccessible } from './support/axe.mjs';
import { List, listOn, mapOf, mapOfBen, parkedItems } from './support/list.mjs';
import { rest } from './support/rest.mjs';
import { breakSync } from './support/sync.mjs';
import { expect, test } from './support/test.mjs';

test.beforeEach(({ sim }) => sim.configure(listOn));

test('every state has its text and is accessible', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Sync/);
  /** @type {import('./support/sync.mjs').Broken | undefined} */
  let sync;
  const ada = await desktop('ada', { prepare: async (page) => (sync = await breakSync(page, 500)) });
  const list = await new List(ada).open();

  await expect(list.view).toContainText('The list cannot be read right now.');
  await expect(list.announcement).toHaveText('The list cannot be read right now.');
  await isAccessible(ada.page, 'error');
  known(sync).mend();
  await list.view.getByRole('button', { name: 'Try again' }).click();
  await expect(list.heading, 'the keyboard is not lost with the button').toBeFocused();

  await expect(list.view).toContainText('Nothing is parked');
  await expect(list.view).toContainText('click “Park”');
  await expect(list.search).toHaveCount(0);
  await isAccessible(ada.page, 'empty');

  const bare = { channelType: 'carrier pigeon' };
  await sim.putItems(mapOf(ada.agent), { ...parkedItems(3, { newest: Date.now() - 300_000 }), CHbare: bare });
  await expect(list.rows).toHaveCount(4);
  await expect(list.row('carrier pigeon')).toContainText(/Unknown customer.*No address/);
  await expect(list.row('Customer 0')).toContainText('5 minutes ago');
  await expect(list.row('Customer 0').locator('time').first()).toHaveAttribute('title', /\d{4} at .*\d:\d\d/);
  await isAccessible(ada.page, 'full');

  await list.channel.selectOption({ label: 'SMS (1)' });
  await expect(list.rows).toContainText(['Customer 2']);
  await list.search.fill('nobody');
  await expect(list.view).toContainText('No parked conversation matches');
  await expect(list.announcement).toHaveText('Found: 0 of 4');
  await isAccessible(ada.page, 'no match');
  await list.view.getByRole('button', { name: 'Clear search' }).click();
  await expect(list.rows).toHaveCount(4);
  await expect(list.search).toBeFocused();
});

test('of 5,000 rows only those in sight are drawn', async ({ desktop, sim }) => {
  await sim.putItems(await mapOfBen(sim), parkedItems(5_000));
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  // Sync sends a hundred items at a time.
  await expect(list.table).toHaveAttribute('aria-rowcount', '5001', { timeout: 60_000 });
  await expect(list.link).toHaveAccessibleName('Parked Interactions, 5,000 interactions');
  await expect(list.link.locator('.Twilio-Badge-TextContainer')).toHaveText('99+');
  const drawn = () => list.view.evaluate((view) => view.querySelectorAll('*').length);
  expect(await list.rows.count()).toBeLessThan(30);
  expect(await drawn()).toBeLessThan(1_000);

  await list.button('Customer 0').focus();
  await ben.page.keyboard.press('End');
  await expect(list.button('Customer 4999')).toBeFocused();
  await expect(list.button('Customer 4999')).toBeInViewport();
  await expect(list.row('Customer 4999')).toHaveAttribute('aria-rowindex', '5001');
  await expect(list.row('Customer 4995'), 'the rows around it too').toBeInViewport();
  await expect(list.row('Customer 0'), 'those out of sight are not drawn').toHaveCount(0);
  expect(await list.rows.count()).toBeLessThan(30);
  expect(await drawn()).toBeLessThan(1_000);

  await list.search.fill('15550002345');
  await expect(list.rows).toContainText(['Customer 2345']);
});

test('the keyboard focus stays with its row, or moves to the next', async ({ desktop, sim, stack }) => {
  const map = await mapOfBen(sim);
  const items = parkedItems(40, { newest: Date.now() - 600_000 });
  await sim.putItems(map, items);
  const ben = await desktop('ben', { viewport: { width: 1024, height: 700 } });
  const list = await new List(ben).open();
  const remove = (number) =>
    rest(
      stack,
      'DELETE',
      `https://sync.twilio.com/v1/Services/${stack.facts.syncServiceSid}/Maps/${map}/Items/${Object.keys(items)[number]}`,
    );

  await list.button('Customer 3').focus();
  await ben.page.keyboard.press('ArrowDown');
  await expect(list.button('Customer 4')).toBeFocused();
  await sim.putItems(map, parkedItems(30, { first: 100 }));
  await expect(list.table).toHaveAttribute('aria-rowcount', '71');
  await expect(list.row('Customer 4')).toHaveAttribute('aria-rowindex', '36');
  await expect(list.button('Customer 4')).toBeFocused();

  await remove(4);
  await expect(list.table).toHaveAttribute('aria-rowcount', '70');
  await expect(list.button('Customer 5')).toBeFocused();
  await expect(list.button('Customer 5')).toBeInViewport();
  await ben.page.keyboard.press('End');
  await expect(list.button('Customer 39')).toBeFocused();
  await remove(39);
  await expect(list.button('Customer 38'), 'there is none after it').toBeFocused();

  await rest(stack, 'DELETE', `https://sync.twilio.com/v1/Services/${stack.facts.syncServiceSid}/Maps/${map}`);
  await expect(list.view).toContainText('Nothing is parked');
  await expect(list.heading, 'there is no row at all').toBeFocused();
});

test('the list fits into any width', async ({ desktop, sim }) => {
  const long = {
    customerName: 'Maximiliane-Theodora von und zu Hohenstein-Wolfenbüttel',
    customerAddress: 'maximiliane-theodora.von-und-zu-hohenstein-wolfenbuettel@customers.example',
    channelType: 'email',
    parkedAt: Date.now(),
  };
  await sim.putItems(await mapOfBen(sim), { ...parkedItems(2), CHlong: long });
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  for (const width of [1280, 1024, 800, 420, 320]) {
    await ben.page.setViewportSize({ width, height: 720 });
    await expect(list.rows).toHaveCount(3);
    for (const row of await list.rows.all()) {
      for (const button of await row.getByRole('button').all()) await expect(button).toBeInViewport({ ratio: 1 });
      const { over, name } = await row.evaluate((element) => {
        const frame = element.getBoundingClientRect();
        const cells = [...element.querySelectorAll('[role=cell], [role=rowheader]')];
        const out = ({ left, right, top, bottom }) =>
          left < frame.left || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1;
        return {
          over: cells.filter((cell) => out(cell.getBoundingClientRect())).map((cell) => cell.className),
          name: element.querySelector('[role=rowheader]')?.textContent,
        };
      });
      expect(over, `${name} at ${width} px`).toEqual([]);
    }
    const over = await ben.page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(over, `the page at ${width} px`).toBe(0);
  }
});
