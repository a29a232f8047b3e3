// The menu beside Resume: ending a parked conversation, and giving it to the queue.

import { AxeBuilder } from '@axe-core/playwright';

import { notedNotifications, noteNotifications } from './support/desk.mjs';
import { List, listOn, putRows } from './support/list.mjs';
import { withFlags } from './support/park.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';

test.beforeEach(({ sim }) => sim.configure(listOn));

/** Lets Ada park Charlie, and opens her list. */
async function parked(desktop, options) {
  const ada = await desktop('ada', options);
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  const list = await new List(ada).open();
  await expect(list.row(CHARLIE)).toBeVisible();
  return { ada, list };
}

const notice = ({ notifications }, text) => notifications.filter({ hasText: text });
const entry = ({ page }, name) => page.getByRole('menuitem', { name });

test('an agent ends a conversation by keyboard alone', async ({ desktop, sim }) => {
  const { ada, list } = await parked(desktop);
  const { keyboard } = ada.page;
  await list.button(CHARLIE).focus();
  await keyboard.press('Tab');
  const more = list.more(CHARLIE);
  await expect(more).toBeFocused();
  await expect(more).toHaveAttribute('aria-haspopup', 'menu');
  await expect(more).toHaveAttribute('aria-expanded', 'false');
  await keyboard.press('Enter');
  await expect(more).toHaveAttribute('aria-expanded', 'true');
  await expect(entry(ada, 'Change time…')).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(entry(ada, 'Give to the queue')).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(entry(ada, 'End conversation…')).toBeFocused();
  await keyboard.press('Enter');

  const question = ada.page.getByRole('dialog', { name: `End the conversation with ${CHARLIE}?` });
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  const { violations } = await new AxeBuilder({ page: ada.page }).include('dialog').analyze();
  expect(violations).toEqual([]);
  await keyboard.press('Tab');
  await expect(question.getByRole('button', { name: 'End conversation' })).toBeFocused();
  expect((await sim.conversationOf('charlie')).state, 'nothing before the answer').toBe('active');
  await keyboard.press('Enter');
  await expect(list.row(CHARLIE)).toHaveCount(0);
  await expect(notice(ada, `The conversation with ${CHARLIE} was ended.`)).toBeVisible();
  expect((await sim.conversationOf('charlie')).state).toBe('closed');
  await expect(list.heading, 'the keyboard stays in the list').toBeFocused();
});

test('the menu is left by keyboard and mouse', async ({ desktop, sim }) => {
  await putRows(sim, [{}, {}, {}]);
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  const { keyboard, mouse } = ben.page;
  const more = list.more('Customer 1');
  const menu = ben.page.getByRole('menu', { name: 'More for the conversation with Customer 1' });
  const [first, end] = [entry(ben, 'Change time…'), entry(ben, 'End conversation…')];
  await more.click();
  for (const [key, focused] of /** @type {const} */ ([
    ['ArrowUp', end],
    ['ArrowDown', first],
    ['End', end],
    ['Home', first],
  ])) {
    await keyboard.press(key);
    await expect(focused, key).toBeFocused();
  }
  const { violations } = await new AxeBuilder({ page: ben.page }).include('dialog').analyze();
  expect(violations).toEqual([]);
  await keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(more, 'Escape returns the focus').toBeFocused();

  await keyboard.press('Enter');
  await keyboard.press('Tab');
  await expect(menu).toHaveCount(0);
  await expect(list.button('Customer 2'), 'Tab goes on from the button').toBeFocused();

  await more.click();
  await mouse.click(20, 400);
  await expect(menu).toHaveCount(0);

  await more.click();
  await end.click();
  await ben.page.getByRole('button', { name: 'Cancel' }).click();
  await expect(ben.page.getByRole('dialog')).toHaveCount(0);
  await expect(list.row('Customer 1')).toBeVisible();
  await expect(more).toBeFocused();
});

test('an agent gives a conversation to the queue', async ({ desktop, sim }) => {
  const { ada, list } = await parked(desktop);
  await list.more(CHARLIE).click();
  await entry(ada, 'Give to the queue').click();
  await expect(list.row(CHARLIE)).toHaveCount(0);
  await expect(notice(ada, `The conversation with ${CHARLIE} is being routed.`)).toBeVisible();
  const open = (await sim.tasksOf('charlie')).filter(({ attributes }) => attributes.parked);
  expect(open.map(({ attributes }) => attributes.parked.cause)).toEqual(['given']);
});

test('a conversation that waits for room is given away without a word about the wait', async ({ desktop, sim }) => {
  const { ada, list } = await parked(desktop);
  await sim.agent('ada', { chatCapacity: 2 });
  await expect.poll(() => ada.capacity()).toBe(0);
  await list.button(CHARLIE).click();
  await list
    .row(CHARLIE)
    .getByRole('button', { name: /^Wait for room/ })
    .click();
  await expect(list.row(CHARLIE)).toContainText('Waiting for room');
  await noteNotifications(ada);
  await list.more(CHARLIE).click();
  await entry(ada, 'Give to the queue').click();
  await expect(notice(ada, `The conversation with ${CHARLIE} is being routed.`)).toBeVisible();
  await expect(list.row(CHARLIE)).toHaveCount(0);
  const waits = () =>
    ada.page.evaluate(() => Object.entries(globalThis.localStorage).filter(([key]) => key.includes(':waits:')));
  await expect.poll(async () => (await waits()).map(([, value]) => value)).toEqual(['[]']);
  expect(await notedNotifications(ada)).toEqual(['ParkInteractionRouted']);
});

test('the end of a conversation forgets its half-written reply', async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.page.getByTestId('message-input').fill('Your order is');
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  const stored = () => ada.page.evaluate(() => JSON.stringify({ ...globalThis.localStorage }));
  await expect.poll(stored).toContain('Your order is');
  const list = await new List(ada).open();
  await list.more(CHARLIE).click();
  await entry(ada, 'End conversation…').click();
  await ada.page.getByRole('button', { name: 'End conversation' }).click();
  await expect(notice(ada, `The conversation with ${CHARLIE} was ended.`)).toBeVisible();
  await expect.poll(stored).not.toContain('Your order is');
  // Flex's state of a parked conversation is dropped some time after the park.
  await ada.page.waitForTimeout(2_500);
  expect(await stored()).not.toContain('Your order is');
});

test('a conversation whose customer has just written is not ended', async ({ desktop, sim, troubles }) => {
  troubles.expect(/EndParkedInteraction/);
  const { ada, list } = await parked(desktop);
  await list.more(CHARLIE).click();
  await entry(ada, 'End conversation…').click();
  // The wake function does not hear of it, so only the end can find it.
  await sim.fault({ pathPattern: 'common/unpark-interaction', kind: 'status', status: 500, times: 0 });
  await sim.customerWrites('charlie', 'Wait!');
  await ada.page.getByRole('button', { name: 'End conversation' }).click();
  const refusal = `The conversation with ${CHARLIE} was not ended. The customer has written in the meantime.`;
  await expect(notice(ada, refusal)).toBeVisible();
  expect((await sim.conversationOf('charlie')).state).toBe('active');
  await expect.poll(async () => (await sim.tasksOf('charlie')).length).toBeGreaterThan(1);
});

test('an agent gives their own conversation another time and reason', async ({ desktop, sim }) => {
  await sim.configure(withFlags({ enabled: true, show_list: true, reasons: ['Order number', 'Parts'] }));
  const { ada, list } = await parked(desktop);
  const dialog = ada.page.getByRole('dialog');
  const { keyboard } = ada.page;
  await list.more(CHARLIE).click();
  await expect(ada.page.getByRole('menuitem')).toHaveText([
    'Change time…',
    'Change reason…',
    'Give to the queue',
    'End conversation…',
  ]);
  await keyboard.press('Enter');
  await expect(dialog.getByRole('heading')).toHaveText('Change time');
  await expect(dialog.getByRole('radio', { name: /^tomorrow/i })).toBeFocused();
  await expect(dialog.getByRole('radio', { name: 'Until they write' })).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page: ada.page }).include('dialog').analyze();
  expect(violations).toEqual([]);
  await keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(list.row(CHARLIE)).toContainText(/until .*\(in/);
  await expect(list.more(CHARLIE), 'the keyboard is back').toBeFocused();

  await list.more(CHARLIE).click();
  await entry(ada, 'Change time…').click();
  await expect(dialog.getByRole('radio', { name: 'Pick a time' })).toBeChecked();
  await dialog.getByLabel('Pick a time').last().fill('2020-01-01T09:00');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Choose a time from 1 minute to 30 days from now');
  await dialog.getByRole('button', { name: 'No time' }).click();
  await expect(list.row(CHARLIE)).toContainText('until they write');
  await expect(list.row(CHARLIE)).not.toContainText('(in');

  await list.more(CHARLIE).click();
  await entry(ada, 'Change reason…').click();
  await dialog.getByRole('combobox').selectOption('Parts');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(list.row(CHARLIE)).toContainText('Parts');
  await list.more(CHARLIE).click();
  await entry(ada, 'Change reason…').click();
  await expect(dialog.getByRole('combobox')).toHaveValue('Parts');
  await dialog.getByRole('combobox').selectOption('–');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(list.row(CHARLIE)).not.toContainText('Parts');
});

test('a question is taken back with its row', async ({ desktop, sim }) => {
  const { ada, list } = await parked(desktop);
  await list.more(CHARLIE).click();
  await entry(ada, 'End conversation…').click();
  await sim.customerWrites('charlie', 'Wait!');
  await expect(ada.page.getByRole('dialog')).toHaveCount(0);
  await expect(list.heading, 'no other row takes the key').toBeFocused();
});

test('other plugins can hook both actions', async ({ desktop, sim }) => {
  await putRows(sim, [{ unread: 3 }]);
  const ben = await desktop('ben');
  await ben.page.evaluate(() => {
    const { Actions } = globalThis.Twilio.Flex;
    globalThis.seen = [];
    for (const name of ['EndParkedInteraction', 'GiveParkedInteraction']) {
      Actions.addListener(`before${name}`, (payload, abort) => {
        globalThis.seen.push([name, payload.ConversationSid, payload.unread]);
        abort();
      });
    }
  });
  const list = await new List(ben).open();
  const more = list.more('Customer 0');
  await more.click();
  await entry(ben, 'Give to the queue').click();
  await more.click();
  await entry(ben, 'End conversation…').click();
  await ben.page.getByRole('button', { name: 'End conversation' }).click();
  const sid = `CH${'0'.repeat(32)}`;
  await expect
    .poll(() => ben.page.evaluate(() => globalThis.seen))
    .toEqual([
      ['GiveParkedInteraction', sid, 3],
      ['EndParkedInteraction', sid, 3],
    ]);
  await expect(list.row('Customer 0')).toBeVisible();
});

test('the menu fits into narrow, zoomed and high-contrast windows', async ({ desktop, sim }) => {
  const long = { customerName: 'Maximiliane-Theodora von Hohenstein-Wolfenbüttel' };
  await putRows(sim, [long, {}]);
  const ben = await desktop('ben', { forcedColors: 'active' });
  const list = await new List(ben).open();
  for (const [width, height] of [
    [640, 360],
    [420, 700],
    [1280, 800],
  ]) {
    await ben.page.setViewportSize({ width, height });
    await list.more(long.customerName).click();
    for (const name of ['Change time…', 'Give to the queue', 'End conversation…']) {
      await expect(entry(ben, name)).toBeInViewport({ ratio: 1 });
    }
    const ring = await entry(ben, 'Change time…').evaluate((item) => globalThis.getComputedStyle(item).outlineStyle);
    expect(ring, 'the focus shows without colours').not.toBe('none');
    await entry(ben, 'End conversation…').click();
    for (const name of ['Cancel', 'End conversation']) {
      await expect(ben.page.getByRole('dialog').getByRole('button', { name })).toBeInViewport({ ratio: 1 });
    }
    const title = ben.page.getByRole('dialog').getByRole('heading');
    expect(await title.evaluate((one) => one.scrollWidth <= one.clientWidth), 'the name is whole').toBe(true);
    await ben.page.keyboard.press('Escape');
  }
});

test('the owner can take End out of the menu', async ({ desktop, sim, troubles }) => {
  troubles.expect(/EndParkedInteraction/);
  const flags = { enabled: true, show_list: true, end_from_list: false };
  await sim.configure({ uiAttributes: { custom_data: { features: { park_interaction: flags } } } });
  const { ada, list } = await parked(desktop);
  await list.more(CHARLIE).click();
  await expect(ada.page.getByRole('menuitem')).toHaveText(['Change time…', 'Give to the queue']);
  await ada.page.keyboard.press('Escape');
  const { sid } = await sim.conversationOf('charlie');
  await ada.page.evaluate(
    (payload) => globalThis.Twilio.Flex.Actions.invokeAction('EndParkedInteraction', payload).catch(() => undefined),
    { ConversationSid: sid },
  );
  await expect(notice(ada, 'The conversation with Charlie Customer was not ended.')).toBeVisible();
  expect((await sim.conversationOf('charlie')).state).toBe('active');
});
