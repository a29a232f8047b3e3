// Rows of appointments: when the conversation comes back, the reason, the note, and a message that waits for a kept time.

import { AxeBuilder } from '@axe-core/playwright';

import { List, listOn, mapOfBen, putRows } from './support/list.mjs';
import { rest } from './support/rest.mjs';
import { expect, test } from './support/test.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A time zone and a language in which the texts are known, whatever those of the machine. */
const PLACE = { locale: 'en-US', timezoneId: 'Asia/Tokyo' };

test.beforeEach(({ sim }) => sim.configure(listOn));

/** Returns a time as the agent reads it. */
const inTokyo = (time, options) =>
  new Intl.DateTimeFormat('en-US', { timeZone: 'Asia/Tokyo', hour: 'numeric', minute: '2-digit', ...options }).format(
    time,
  );

test('a row says when its conversation comes back, in the agent’s time zone', async ({ desktop, sim }) => {
  const now = Date.now();
  const [soon, far, past] = [now + 2 * DAY + HOUR, now + 9 * DAY + HOUR, now - 2 * DAY];
  await putRows(sim, [
    {},
    { dueAt: soon },
    { dueAt: soon, keptUntil: soon },
    { dueAt: far, keptUntil: now - MINUTE },
    { dueAt: past },
  ]);
  const list = await new List(await desktop('ben', PLACE)).open();
  const weekday = inTokyo(soon, { weekday: 'short' });
  const date = inTokyo(far, { month: 'short', day: 'numeric' });
  for (const [customer, condition] of [
    ['Customer 0', 'until they write'],
    ['Customer 1', `until ${weekday} (in 2d), or until they write`],
    ['Customer 2', `until ${weekday} (in 2d)`],
    ['Customer 3', `until ${date} (in 9d), or until they write`],
    ['Customer 4', `due since ${inTokyo(past, { weekday: 'short' })}`],
  ]) {
    await expect(list.row(customer).getByText(/^(until|due since) /), customer).toHaveText(condition);
  }
  const title = inTokyo(soon, { dateStyle: 'full', timeStyle: 'long', hour: undefined, minute: undefined });
  await expect(list.row('Customer 1').getByText(/^until /)).toHaveAttribute('title', title);
});

test('rows are sorted by what is due next', async ({ desktop, sim }) => {
  const now = Date.now();
  await putRows(sim, [{}, { dueAt: now + 3 * DAY }, { dueAt: now - HOUR }, { dueAt: now + HOUR }]);
  const list = await new List(await desktop('ben')).open();
  await list.header('Waits').getByRole('button').click();
  await expect(list.header('Waits')).toHaveAttribute('aria-sort', 'ascending');
  await expect(list.rows).toContainText(['Customer 2', 'Customer 3', 'Customer 1', 'Customer 0']);
});

test('the time left follows the clock', async ({ desktop, sim }) => {
  await putRows(sim, [{ dueAt: Date.now() + 119 * MINUTE }]);
  const ben = await desktop('ben', { prepare: (page) => page.clock.install() });
  const list = await new List(ben).open();
  await expect(list.row('Customer 0')).toContainText('(in 2h)');
  await ben.page.clock.fastForward('01:30:00');
  await expect(list.row('Customer 0')).toContainText(/\(in\s2[89]\s?m(in)?\)/);
  await ben.page.clock.fastForward('30:00');
  await expect(list.row('Customer 0')).toContainText('due since');
});

test('reason and note are shown, and found', async ({ desktop, sim }) => {
  const note = `Sends the number tonight. ${'Ask for the box in the cellar. '.repeat(10)}`.trim();
  await putRows(sim, [
    { reason: 'Waiting for a number', note },
    { reason: 'Call back' },
    { note: '<b>Écrit</b> bientôt' },
    { workerSid: 'WK00000000000000000000000000000009', agentName: 'Ada Agent' },
    {},
  ]);
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  await expect(list.row('Waiting for a number').getByText(note)).toHaveAttribute('title', note);
  await expect(list.row('Customer 2')).toContainText('<b>Écrit</b> bientôt');
  await expect(list.row('Customer 3')).toContainText('by Ada Agent');
  for (const [words, customers] of /** @type {[string, string[]][]} */ ([
    ['CELLAR number', ['Customer 0']],
    ['call', ['Customer 1']],
    ['ecrit', ['Customer 2']],
    ['customer', ['Customer 0', 'Customer 1', 'Customer 2', 'Customer 3', 'Customer 4']],
  ])) {
    await list.search.fill(words);
    await expect(list.rows, words).toContainText(customers);
    await expect(list.rows, words).toHaveCount(customers.length);
  }
});

test('a message that waits for a kept time is no alarm, until that time', async ({ desktop, sim, stack }) => {
  const now = Date.now();
  const kept = { dueAt: now + DAY, keptUntil: now + DAY };
  const items = await putRows(sim, [{}, { ...kept, unheardSince: now - HOUR }, { unheardSince: now - MINUTE }]);
  const ben = await desktop('ben', PLACE);
  const list = await new List(ben).open();
  await expect(list.rows).toContainText(['Customer 2', 'Customer 1', 'Customer 0']);
  await expect(list.link).toHaveAccessibleName('Parked Interactions, 3 interactions, Not answered yet: 1');
  const wrote = list.row('Customer 1').locator('time');
  await expect(wrote).toHaveText(/^Wrote at .*\d:\d\d [AP]M; comes back at [A-Z][a-z]{2} \d+:\d\d [AP]M$/);
  await expect(wrote).toHaveCSS('font-weight', '600');
  await expect(list.row('Customer 1')).not.toContainText('not answered yet');

  const key = Object.keys(items)[1];
  const sync = `https://sync.twilio.com/v1/Services/${stack.facts.syncServiceSid}/Maps/${await mapOfBen(sim)}/Items/${key}`;
  const soon = Date.now() + 3_000;
  const data = { ...items[key], dueAt: soon, keptUntil: soon };
  await rest(stack, 'POST', sync, { Data: JSON.stringify(data) });
  await expect(list.link).toHaveAccessibleName('Parked Interactions, 3 interactions, Not answered yet: 2');
  await expect(list.rows).toContainText(['Customer 1', 'Customer 2', 'Customer 0']);
  await expect(list.row('Customer 1')).toContainText('not answered yet');
  await expect(list.announcement).toHaveText('Not answered yet: 2');
});

/** Rows with everything that a row can hold, in its longest form. */
function fullRows() {
  const now = Date.now();
  const why = {
    reason: 'Waiting for the supplier of the supplier',
    note: `${'Long note. '.repeat(40)}${'x'.repeat(90)}`,
    lastLine: 'It must be somewhere in the cellar. '.repeat(3),
    lastLineBy: 'customer',
    unread: 12,
    channelType: 'whatsapp',
    customerWroteAt: now - 22.7 * HOUR,
  };
  return [
    { ...why, dueAt: now + 20 * DAY, expiresAt: now + 25 * DAY },
    {
      ...why,
      dueAt: now - 20 * DAY,
      workerSid: 'WK00000000000000000000000000000009',
      agentName: 'Maximiliane Theodora Agent',
    },
    { ...why, dueAt: now + 2 * DAY, keptUntil: now + 2 * DAY, unheardSince: now - 3 * DAY },
    { ...why, unheardSince: now - 9 * DAY },
    { note: 'Only a note', expiryAt: now + 20 * HOUR, parkedAt: now - 20 * DAY },
  ];
}

test('appointments fit into any width', async ({ desktop, sim }) => {
  await putRows(sim, fullRows());
  const ben = await desktop('ben', PLACE);
  const list = await new List(ben).open();
  await expect(list.rows).toHaveCount(5);
  for (const width of [1440, 1280, 1000, 640, 420, 320]) {
    await ben.page.setViewportSize({ width, height: 1000 });
    for (let number = 0; number < 5; number += 1) {
      const row = list.row(`Customer ${number}`);
      await expect(row.locator('.action').getByRole('button').first()).toBeInViewport({ ratio: 1 });
      const over = await row.evaluate((element) => {
        const frame = element.getBoundingClientRect();
        const cells = [...element.querySelectorAll('[role=cell], [role=rowheader]')];
        const boxes = cells.map((cell) => ({ name: cell.className, box: cell.getBoundingClientRect() }));
        const isOut = ({ left, right, top, bottom }) =>
          left < frame.left || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1;
        const meets = (a, b) =>
          a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
        const out = boxes.filter(({ box }) => isOut(box)).map(({ name }) => name);
        const met = boxes.flatMap((a, index) =>
          boxes.slice(index + 1).flatMap((b) => (meets(a.box, b.box) ? [`${a.name} meets ${b.name}`] : [])),
        );
        return [...out, ...met];
      });
      expect(over, `Customer ${number} at ${width} px`).toEqual([]);
    }
    if (width < 640) continue;
    for (const text of await list.view.locator('.due > span, .wrote > span').all()) {
      const hidden = await text.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
      expect(hidden, `“${await text.textContent()}” at ${width} px`).toBeLessThanOrEqual(1);
    }
    const over = await ben.page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(over, `the page at ${width} px`).toBe(0);
  }
});

test('appointments are accessible in both themes', async ({ desktop, sim }) => {
  await putRows(sim, fullRows());
  const ben = await desktop('ben', { viewport: { width: 1440, height: 1000 } });
  const list = await new List(ben).open();
  await expect(list.rows).toHaveCount(5);
  for (const width of [1440, 640]) {
    await ben.page.setViewportSize({ width, height: 1000 });
    for (const isLight of [false, true]) {
      await ben.page.evaluate((theme) => globalThis.Twilio.Flex.Manager.getInstance().updateConfig({ theme }), {
        isLight,
      });
      const view = expect(list.view);
      await (isLight ? view : view.not).toHaveCSS('background-color', 'rgb(255, 255, 255)');
      const { violations, passes } = await new AxeBuilder({ page: ben.page })
        .include('section[aria-labelledby]')
        .analyze();
      expect(violations, `${isLight ? 'light' : 'dark'}, ${width} px`).toEqual([]);
      expect(passes.map(({ id }) => id)).toContain('color-contrast');
    }
  }
});

test('a damaged appointment is a row without one', async ({ desktop, sim }) => {
  const wrong = [{ dueAt: 'soon' }, { dueAt: -1, keptUntil: {} }, { dueAt: 1e300, reason: 7, note: ['x'] }];
  await putRows(sim, wrong);
  const list = await new List(await desktop('ben')).open();
  await expect(list.view.getByText(/^until/)).toHaveText(wrong.map(() => 'until they write'));
});
