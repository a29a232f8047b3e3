// Rows that say more: the last message, the channel's window, the end of the longest wait; and the list in low and in high-contrast
// windows.

import { AxeBuilder } from '@axe-core/playwright';

import { known } from '../support/known.mjs';
import { List, listOn, mapOfBen, putRows } from './support/list.mjs';
import { rest } from './support/rest.mjs';
import { expect, test } from './support/test.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CHARLIE = 'Charlie Customer';

test.beforeEach(({ sim }) => sim.configure(listOn));

/** Puts rows that were parked long ago into Ben's list. */
const putOldRows = (sim, data) => putRows(sim, data, Date.now() - 20 * DAY);

/** Replaces an item of Ben's list. */
async function change(sim, stack, key, data) {
  const url = `https://sync.twilio.com/v1/Services/${stack.facts.syncServiceSid}/Maps/${await mapOfBen(sim)}/Items/${key}`;
  await rest(stack, 'POST', url, { Data: JSON.stringify(data) });
}

const wrote = (ago, channelType = 'whatsapp') => ({ channelType, customerWroteAt: Date.now() - ago });

test('a row shows the last line and the number of unseen messages, and the search finds the line', async ({
  desktop,
  sim,
}) => {
  const held = { dueAt: Date.now() + DAY, keptUntil: Date.now() + DAY, unheardSince: Date.now() - HOUR, unread: 1 };
  const { agents } = await sim.facts();
  const { workerSid } = known(agents.find(({ identity }) => identity === 'ben'));
  await putOldRows(sim, [
    { lastLine: 'Which colour is the box?', lastLineBy: 'agent', workerSid },
    { lastLine: '<b>Écru</b>', lastLineBy: 'customer', workerSid },
    { lastLineBy: 'customer' },
    { lastLine: 'Here it is: 4711', lastLineBy: 'customer', ...held },
    {},
  ]);
  const list = await new List(await desktop('ben')).open();
  const line = (number) => list.row(`Customer ${number}`).locator('.line');
  await expect(line(0)).toHaveText('You: Which colour is the box?');
  await expect(line(1)).toHaveText('<b>Écru</b>');
  await expect(line(2)).toHaveText('Attachment');
  await expect(line(4)).toHaveCount(0);
  await expect(line(3)).toHaveText('1Here it is: 4711');
  await expect(line(3)).toHaveCSS('font-weight', '600');
  await expect(line(1)).not.toHaveCSS('font-weight', '600');
  await expect(line(3).locator('.unread')).toHaveAttribute('title', 'Not answered yet: 1');
  await list.search.fill('ecru');
  await expect(list.rows).toContainText(['Customer 1']);
});

test('a park leaves its last line in the row only', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.write('Which colour is the box?');
  await expect(ada.messages.last()).toHaveText('Which colour is the box?');
  const until = Math.round((Date.now() + 2 * HOUR) / 1_000);
  const parkUntil = () =>
    ada.page.evaluate((time) => {
      const { Actions, Manager } = globalThis.Twilio.Flex;
      const [task] = Manager.getInstance().store.getState().flex.worker.tasks.values();
      return Actions.invokeAction('ParkInteraction', { task, appointment: { until: time, keepTime: true } });
    }, until);
  await ada.task(CHARLIE).click();
  await parkUntil();
  const list = await new List(ada).open();
  const line = list.row(CHARLIE).locator('.line');
  await expect(line).toHaveText('You: Which colour is the box?');
  expect(JSON.stringify(await sim.conversationOf('charlie').then(({ attributes }) => attributes))).not.toContain('box');

  await sim.customerWrites('charlie', '\nIt is red.\nI think.');
  await expect(line).toHaveText('1It is red.');
  await expect(line).toHaveCSS('font-weight', '600');
  await expect(list.row(CHARLIE)).toContainText('comes back at');
  expect(JSON.stringify(await sim.conversationOf('charlie').then(({ attributes }) => attributes))).not.toContain('red');
});

test('the window of the channel follows the clock', async ({ desktop, sim }) => {
  await putOldRows(sim, [wrote(21 * HOUR - MINUTE), wrote(21 * HOUR, 'web'), wrote(30 * HOUR, 'messenger')]);
  const ben = await desktop('ben', { prepare: (page) => page.clock.install() });
  const list = await new List(ben).open();
  const window = (number) => list.row(`Customer ${number}`).locator('.window');
  await expect(window(0)).toHaveText(/^Window closes in\s3h$/);
  await expect(window(0)).not.toHaveClass(/soon/);
  await expect(window(1)).toHaveCount(0);
  await expect(window(2)).toHaveText('Template only');
  await ben.page.clock.fastForward('02:00:00');
  await expect(window(0)).toHaveText(/^Window closes in\s1h$/);
  await expect(window(0)).toHaveClass(/soon/);
  await ben.page.clock.fastForward('01:10:00');
  await expect(window(0)).toHaveText('Template only');
});

test('the end of the longest wait is told, and put off by keyboard', async ({ desktop, sim, stack }) => {
  const now = Date.now();
  const items = await putOldRows(sim, [{ expiryAt: now + 5 * HOUR }, { expiryAt: now + 9 * DAY }, {}]);
  const ben = await desktop('ben');
  await ben.page.evaluate(() => {
    const { Actions } = globalThis.Twilio.Flex;
    globalThis.kept = [];
    const keep = (payload) => {
      globalThis.kept.push(payload);
      return new Promise((resolve) => {
        globalThis.answer = resolve;
      });
    };
    Actions.registerAction('KeepParkedInteraction', keep);
  });
  const list = await new List(ben).open();
  const row = list.row('Customer 0');
  const keep = row.getByRole('button', { name: 'Keep the conversation with Customer 0 parked' });
  await expect(row.locator('.due')).toHaveText(/^comes back .*\(in\s5h\)Keep$/);
  await expect(row.locator('.due .Twilio-Icon-Warning'), 'it is told without the colour').toBeVisible();
  await expect(list.view.locator('.keep')).toHaveCount(1);
  await expect(list.row('Customer 1')).toContainText('until they write');

  const resume = row.getByRole('button', { name: 'Resume the conversation with Customer 0' });
  await resume.focus();
  await ben.page.keyboard.press('Shift+Tab');
  await expect(keep).toBeFocused();
  await ben.page.keyboard.press('Enter');
  await expect(keep).toHaveAttribute('aria-busy', 'true');
  await ben.page.keyboard.press('Enter');
  expect(await ben.page.evaluate(() => globalThis.kept)).toEqual([{ ConversationSid: Object.keys(items)[0] }]);
  await change(sim, stack, Object.keys(items)[0], { ...items[Object.keys(items)[0]], expiryAt: now + 20 * DAY });
  await expect(list.view.locator('.keep')).toHaveCount(0);
  await expect(row).toContainText('until they write');
  await expect(resume, 'the keyboard is not lost with the button').toBeFocused();
  await ben.page.evaluate(() => globalThis.answer());
});

test('a failed keep can be tried again', async ({ desktop, sim, troubles }) => {
  troubles.expect(/KeepParkedInteraction/);
  await putOldRows(sim, [{ expiryAt: Date.now() + 5 * HOUR }]);
  const ben = await desktop('ben');
  await ben.page.evaluate(() => {
    const { Actions } = globalThis.Twilio.Flex;
    Actions.registerAction('KeepParkedInteraction', () => Promise.reject(new Error('KeepParkedInteraction')));
  });
  const list = await new List(ben).open();
  const keep = list.view.locator('.keep');
  await keep.click();
  await expect(keep).toHaveAttribute('aria-busy', 'false');
  await expect(keep).toBeFocused();
});

test('search, filter and order outlive a reload', async ({ desktop, sim }) => {
  await putOldRows(
    sim,
    Array.from({ length: 12 }, () => ({})),
  );
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  await list.header('Customer').getByRole('button').click();
  await list.header('Customer').getByRole('button').click();
  await list.search.fill('customer 1');
  await list.channel.selectOption('whatsapp');
  await expect(list.rows).toContainText(['Customer 10', 'Customer 1']);
  await ben.page.reload();
  await ben.isUp();
  await expect(list.rows).toContainText(['Customer 10', 'Customer 1']);
  await expect(list.search).toHaveValue('customer 1');
  await expect(list.channel).toHaveValue('whatsapp');
  await expect(list.header('Customer')).toHaveAttribute('aria-sort', 'descending');
});

test('columns show that they sort; who is unknown comes last; a row of this minute shows its time', async ({
  desktop,
  sim,
}) => {
  await putOldRows(sim, [{ customerName: undefined }, {}, { parkedAt: Date.now() }]);
  const list = await new List(await desktop('ben', { locale: 'en-US', timezoneId: 'UTC' })).open();
  const header = list.header('Customer');
  await expect(header).toHaveText('Customer⇅');
  await expect(list.header('Parked')).toHaveText('Parked');
  await expect(list.row('Customer 2').locator('.parkedAt')).toHaveText(/^\d+:\d\d:\d\d [AP]M/);
  for (const order of [
    ['Customer 1', 'Customer 2', 'Unknown customer'],
    ['Customer 2', 'Customer 1', 'Unknown customer'],
  ]) {
    await header.getByRole('button').click();
    await expect(list.rows).toContainText(order);
    await expect(header).toHaveText('Customer');
  }
});

/** Returns the cells of a row that leave it or cover each other. */
const overlaps = (row) =>
  row.evaluate((element) => {
    const frame = element.getBoundingClientRect();
    const cells = [...element.querySelectorAll('[role=cell], [role=rowheader]')];
    const boxes = cells.map((cell) => ({ name: cell.className, box: cell.getBoundingClientRect() }));
    const isOut = ({ left, right, top, bottom }) =>
      left < frame.left || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1;
    const meets = (a, b) =>
      a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    const out = boxes.filter(({ box }) => box.width > 0 && isOut(box)).map(({ name }) => name);
    const met = boxes.flatMap((a, index) =>
      boxes.slice(index + 1).flatMap((b) => (meets(a.box, b.box) ? [`${a.name} meets ${b.name}`] : [])),
    );
    return [...out, ...met];
  });

/** Rows with everything that a row can hold, in its longest form. */
const fullRows = () => {
  const now = Date.now();
  const all = {
    ...wrote(22.7 * HOUR),
    customerAddress: 'whatsapp:+15550401001',
    reason: 'Waiting for the supplier of the supplier',
    note: 'Long note. '.repeat(40),
    lastLine: 'It must be somewhere in the cellar. '.repeat(3),
    lastLineBy: 'customer',
    expiresAt: now + 25 * DAY,
  };
  const rows = [
    { ...all, expiryAt: now + 20 * HOUR },
    { ...all, dueAt: now + 2 * DAY },
    { ...all, dueAt: now + 2 * DAY, keptUntil: now + 2 * DAY, unheardSince: now - 3 * DAY, unread: 1 },
    { ...all, unheardSince: now - 9 * DAY, unread: 12 },
    { ...all, dueAt: now - DAY },
  ];
  return [...rows, ...rows];
};

test('at 200 % zoom at least five rows are in sight', async ({ desktop, sim }) => {
  await putOldRows(sim, fullRows());
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  for (const [width, height] of [
    [640, 360],
    [960, 470],
    [1280, 400],
  ]) {
    await ben.page.setViewportSize({ width, height });
    const inSight = () =>
      list.table.evaluate((table) => {
        const top = table.querySelector('.head')?.getBoundingClientRect().bottom ?? 0;
        const { bottom } = table.getBoundingClientRect();
        const isWhole = (box) => box.top >= top - 1 && box.bottom <= Math.min(bottom, globalThis.innerHeight) + 1;
        return [...table.querySelectorAll('[data-conversation]')].filter((row) => isWhole(row.getBoundingClientRect()))
          .length;
      });
    await expect.poll(inSight, { message: `${width} × ${height}` }).toBeGreaterThanOrEqual(5);
    for (const part of [list.search, list.channel, list.header('Customer'), list.header('Listed until')]) {
      await expect(part).toBeInViewport({ ratio: 1 });
    }
    await expect(list.heading, 'it is there for screen readers').toBeAttached();
    for (let number = 0; number < 5; number += 1) {
      const row = list.row(`Customer ${number}`);
      await row.scrollIntoViewIfNeeded();
      expect(await overlaps(row), `Customer ${number} at ${width} × ${height}`).toEqual([]);
    }
    const over = await ben.page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(over, `the page at ${width} px`).toBe(0);
  }
  const { violations } = await new AxeBuilder({ page: ben.page }).include('section[aria-labelledby]').analyze();
  expect(violations).toEqual([]);
});

test('rows of one height line up, in any width', async ({ desktop, sim }) => {
  await putOldRows(sim, fullRows());
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  for (const width of [1440, 1280, 1000, 640, 420, 320]) {
    await ben.page.setViewportSize({ width, height: 1000 });
    for (let number = 0; number < 5; number += 1) {
      expect(await overlaps(list.row(`Customer ${number}`)), `Customer ${number} at ${width} px`).toEqual([]);
    }
    if (width < 1280) continue;
    const tops = await list.row('Customer 1').evaluate((row) => {
      const firsts = ['.customer span', '.channel span', '.why span span', '.due span', '.parkedAt span'];
      return firsts.map((first) => Math.round(row.querySelector(first)?.getBoundingClientRect().top ?? 0));
    });
    expect(Math.max(...tops) - Math.min(...tops), `${tops} at ${width} px`).toBeLessThanOrEqual(2);
  }
});

test('high contrast keeps borders, focus and marks', async ({ desktop, sim }) => {
  await putOldRows(sim, fullRows());
  const ben = await desktop('ben', { forcedColors: 'active' });
  const list = await new List(ben).open();
  const style = (part) =>
    part.evaluate((element) => {
      const { borderTopColor, borderTopStyle, outlineColor, outlineStyle } = globalThis.getComputedStyle(element);
      const isSeen = (line, color) => line !== 'none' && color !== 'rgba(0, 0, 0, 0)';
      return { border: isSeen(borderTopStyle, borderTopColor), ring: isSeen(outlineStyle, outlineColor) };
    });
  const sorts = list.header('Waits').getByRole('button');
  await list.heading.focus();
  for (const [name, part] of /** @type {const} */ ([
    ['search', list.search],
    ['filter', list.channel],
    ['header', list.header('Customer').getByRole('button')],
    ['header that sorts', sorts],
  ])) {
    expect(await style(part), name).toEqual({ border: true, ring: false });
    await ben.page.keyboard.press('Tab');
    if (name === 'header that sorts') await sorts.focus();
    await expect(part).toBeFocused();
    expect(await style(part), `${name} with the focus`).toEqual({ border: true, ring: true });
  }
  await sorts.click();
  await list.search.focus();
  await expect(list.header('Waits').locator('.Twilio-Icon'), 'the order is told without the focus').toBeVisible();
  await expect(list.header('Customer').locator('.Twilio-Icon')).toHaveCount(0);
  await list.view.locator('.keep').first().focus();
  await ben.page.keyboard.press('Tab');
  await ben.page.keyboard.press('Shift+Tab');
  expect(await style(list.view.locator('.keep').first())).toMatchObject({ ring: true });
});
