// Rows with an unheard message: first in the list, marked, counted and announced.

import { AxeBuilder } from '@axe-core/playwright';

import { known } from '../support/known.mjs';
import { List, listOn, mapOfBen, parkedItems } from './support/list.mjs';
import { rest } from './support/rest.mjs';
import { expect, test } from './support/test.mjs';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Flex's warning colours, in the light and in the dark theme. */
const WARNING = 'rgb(244, 124, 34)';

test.beforeEach(({ sim }) => sim.configure(listOn));

/** Makes four parked conversations. `since` has the age of an unheard message in milliseconds, by conversation. */
function items(since) {
  const rows = Object.entries(parkedItems(4, { newest: Date.now() - 2 * DAY }));
  const at = (index) => since[index] !== undefined && { unheardSince: Date.now() - since[index] };
  return Object.fromEntries(rows.map(([key, data], index) => [key, { ...data, ...at(index) }]));
}

const badge = (list) => list.link.locator('.Twilio-Badge-InnerCircle');
const setTheme = (page, isLight) =>
  page.evaluate((theme) => globalThis.Twilio.Flex.Manager.getInstance().updateConfig({ theme }), { isLight });

test('unheard rows come first, the oldest message first', async ({ desktop, sim }) => {
  await sim.putItems(await mapOfBen(sim), items({ 1: MINUTE, 3: 3 * DAY }));
  const ben = await desktop('ben', { locale: 'en-US', timezoneId: 'UTC' });
  const list = await new List(ben).open();
  const first = ['Customer 3', 'Customer 1'];
  await expect(list.rows).toContainText([...first, 'Customer 0', 'Customer 2']);
  for (const column of ['Customer', 'Channel', 'Waits', 'Listed until', 'Parked']) {
    await list.header(column).getByRole('button').click();
    await expect(list.rows).toContainText([...first, 'Customer ', 'Customer ']);
  }
  await expect(list.row('Customer 3')).toContainText(/Wrote on [A-Z][a-z]{2} \d+, \d+:\d\d [AP]M, not answered yet/);
  await expect(list.row('Customer 1')).toContainText(
    /Wrote (at|on) .*\d+:\d\d [AP]M, not answered yetParked 2 days ago/,
  );
  const time = list.row('Customer 1').locator('time');
  expect(Date.parse(known(await time.getAttribute('datetime')))).toBeLessThan(Date.now());
  await expect(time).toHaveAttribute('title', /\d{4} at .*\d:\d\d/);
});

test('badge and link show unheard rows', async ({ desktop, sim, stack }) => {
  const map = await mapOfBen(sim);
  const rows = items({ 2: MINUTE });
  await sim.putItems(map, rows);
  const ben = await desktop('ben');
  const list = new List(ben);
  await expect(list.link).toHaveAccessibleName('Parked Interactions, 4 interactions, Not answered yet: 1');
  await expect(badge(list)).toHaveText('4');
  for (const isLight of [false, true]) {
    await setTheme(ben.page, isLight);
    await expect(badge(list)).toHaveCSS('background-color', WARNING);
  }
  const key = Object.keys(rows)[2];
  const sync = `https://sync.twilio.com/v1/Services/${stack.facts.syncServiceSid}/Maps/${map}/Items/${key}`;
  const { unheardSince: _, ...heard } = rows[key];
  await rest(stack, 'POST', sync, { Data: JSON.stringify(heard) });
  await expect(list.link).toHaveAccessibleName('Parked Interactions, 4 interactions');
  await expect(badge(list)).not.toHaveCSS('background-color', WARNING);
});

test('unheard rows are marked without relying on colour', async ({ desktop, sim }) => {
  await sim.putItems(await mapOfBen(sim), items({ 0: MINUTE }));
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  const wrote = list.row('Customer 0').locator('time');
  await expect(wrote.locator('.Twilio-Icon')).toBeVisible();
  await expect(wrote).toHaveCSS('font-weight', '600');
  for (const isLight of [false, true]) {
    await setTheme(ben.page, isLight);
    const view = expect(list.view);
    await (isLight ? view : view.not).toHaveCSS('background-color', 'rgb(255, 255, 255)');
    const axe = new AxeBuilder({ page: ben.page }).include('section[aria-labelledby]');
    const { violations } = await axe.include('.Twilio-Side-Link--Active').analyze();
    expect(violations, isLight ? 'light' : 'dark').toEqual([]);
  }
  await ben.page.emulateMedia({ forcedColors: 'active' });
  await expect(list.row('Customer 0')).toHaveCSS('border-left-style', 'solid');
  await expect(list.row('Customer 0')).toHaveCSS('border-left-width', '4px');
  await expect(list.row('Customer 1')).toHaveCSS('border-left-width', '0px');
  await list.button('Customer 0').focus();
  await ben.page.keyboard.press('ArrowDown');
  await ben.page.keyboard.press('ArrowUp');
  await expect(list.button('Customer 0')).toBeFocused();
  await expect(list.button('Customer 0')).toHaveCSS('outline-style', 'solid');
});

test('a new unheard row is announced to screen readers', async ({ desktop, sim, stack }) => {
  const map = await mapOfBen(sim);
  const rows = items({ 1: 5 * MINUTE });
  await sim.putItems(map, rows);
  const list = await new List(await desktop('ben')).open();
  await expect(list.announcement).toHaveText('Not answered yet: 1');
  const key = Object.keys(rows)[0];
  const sync = `https://sync.twilio.com/v1/Services/${stack.facts.syncServiceSid}/Maps/${map}/Items/${key}`;
  await rest(stack, 'POST', sync, { Data: JSON.stringify({ ...rows[key], unheardSince: Date.now() - MINUTE }) });
  await expect(list.announcement).toHaveText('Not answered yet: 2');
  await expect(list.rows).toContainText(['Customer 1', 'Customer 0']);
});

test('a malformed or future time marks no row', async ({ desktop, sim }) => {
  const wrong = [Date.now() + DAY, '1790000000000', -1, { at: 1 }];
  const rows = Object.entries(parkedItems(wrong.length));
  const forged = rows.map(([key, data], index) => [key, { ...data, unheardSince: wrong[index] }]);
  await sim.putItems(await mapOfBen(sim), Object.fromEntries(forged));
  const list = await new List(await desktop('ben')).open();
  await expect(list.rows).toHaveCount(wrong.length);
  await expect(list.link).toHaveAccessibleName('Parked Interactions, 4 interactions');
  await expect(list.view).not.toContainText('not answered yet');
});

test('unheard rows fit into any width, also with a refusal', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action UnparkInteraction/);
  await sim.putItems(await mapOfBen(sim), items({ 0: 2 * DAY, 1: MINUTE }));
  const ben = await desktop('ben', {
    prepare: (page) =>
      page.route(/unpark-interaction$/, (route) =>
        route.fulfill({
          status: 409,
          headers: { 'access-control-allow-origin': '*' },
          json: { outcome: 'refused', refusal: { kind: 'full' }, message: 'no room' },
        }),
      ),
  });
  const list = await new List(ben).open();
  await list.button('Customer 0').click();
  const full = 'You have no room for another conversation. It stays parked.';
  await expect(list.row('Customer 0')).toContainText(full);
  await expect(list.row('Customer 0')).toContainText('not answered yet');
  for (const width of [1280, 1000, 640, 420, 320]) {
    await ben.page.setViewportSize({ width, height: 720 });
    for (const customer of ['Customer 0', 'Customer 1']) {
      const row = list.row(customer);
      for (const button of await row.getByRole('button').all()) await expect(button).toBeInViewport({ ratio: 1 });
      const over = await row.evaluate((element) => {
        const frame = element.getBoundingClientRect();
        const cells = [...element.querySelectorAll('[role=cell], [role=rowheader]')];
        const out = ({ left, right, top, bottom }) =>
          left < frame.left || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1;
        const seen = cells.filter((cell) => cell.textContent);
        return seen.filter((cell) => out(cell.getBoundingClientRect())).map((cell) => cell.className);
      });
      expect(over, `${customer} at ${width} px`).toEqual([]);
    }
    const said = list.row('Customer 1').locator('time > span');
    const hidden = await said.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
    expect(hidden, `what the row says at ${width} px`).toBeLessThanOrEqual(1);
  }
});
