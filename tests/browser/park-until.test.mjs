// Parking with an arrow: the dialog for a time, a reason and a note, its notification with Undo, and the shortcuts.

import { AxeBuilder } from '@axe-core/playwright';

import { onlyRequest, requested, withFlags } from './support/park.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const WANDA = 'Wanda Walker';
const REASONS = ['Waiting for payment', 'Waiting for delivery'];
const ZONE = 'Europe/Berlin';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The dialog, and the arrow that opens it. */
class ParkUntil {
  constructor({ page }) {
    this.page = page;
    this.arrow = page.getByTestId('park-interaction-until');
    this.dialog = page.getByRole('dialog', { name: 'Park until…' });
    this.keep = this.dialog.getByRole('checkbox', { name: 'Keep this time even if they write' });
    this.reason = this.dialog.getByRole('combobox', { name: 'Reason' });
    this.note = this.dialog.getByRole('textbox', { name: 'Note' });
    this.time = this.dialog.locator('input[type="datetime-local"]');
    this.park = this.dialog.getByRole('button', { name: 'Park' });
    this.refusal = this.dialog.getByRole('alert');
    this.focused = page.locator(':focus');
  }

  async open() {
    await expect(this.arrow).toBeEnabled();
    await this.arrow.click();
    await expect(this.dialog).toBeVisible();
    return this;
  }

  choice(name) {
    return this.dialog.getByRole('radio', { name });
  }
}

/**
 * Opens Charlie's conversation, or another one, on the desktop of an agent in Berlin.
 *
 * @param {import('./support/test.mjs').TestFixtures['desktop']} desktop
 * @param {{ customer?: string } & import('@playwright/test').BrowserContextOptions} [options]
 */
async function inConversation(desktop, { customer = CHARLIE, ...options } = {}) {
  const ada = await desktop('ada', { timezoneId: ZONE, ...options });
  await ada.open(customer);
  // A message that is not on the screen yet counts as unseen, and would wake the conversation.
  await expect(ada.messages.last()).toBeVisible();
  return { ada, until: new ParkUntil(ada) };
}

/** Returns a time as the agent reads it. */
const shown = (milliseconds) =>
  new Intl.DateTimeFormat('en-US', {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: ZONE,
  }).format(milliseconds);

/** Returns a time as the input for a time has it, such as `2026-05-12T09:00`. */
const typed = (milliseconds) =>
  new Date(milliseconds).toLocaleString('sv-SE', { timeZone: ZONE }).slice(0, 16).replace(' ', 'T');

test('by mouse: a kept time with a reason and a note', async ({ desktop, sim }) => {
  await sim.configure(withFlags({ reasons: REASONS }));
  const { ada, until } = await inConversation(desktop);
  await until.open();
  await expect(until.choice('Until they write')).toBeChecked();
  await expect(until.keep).toBeDisabled();

  const before = Date.now();
  await until.choice(/^in 4 hours/i).check();
  await until.keep.check();
  await until.reason.selectOption('Waiting for delivery');
  await until.note.fill('Order 4711');
  await until.park.click();

  const request = await onlyRequest(sim);
  const due = Number(request.until) * 1_000;
  expect(due).toBeGreaterThanOrEqual(before + 4 * HOUR_MS - 1_000);
  expect(due).toBeLessThan(Date.now() + 4 * HOUR_MS);
  expect(request).toMatchObject({
    keepTime: 'true',
    reason: 'Waiting for delivery',
    note: 'Order 4711',
    agentName: 'Ada Agent',
  });
  await expect(ada.notifications).toHaveText(`Parked until ${shown(due)}, even if ${CHARLIE} writes.`);
  await expect(ada.task(CHARLIE)).toHaveCount(0);
});

test('by keyboard alone: tomorrow, with a note of two lines', async ({ desktop, sim }) => {
  await sim.configure(withFlags({ reasons: REASONS, day_starts_at: 8 }));
  const { ada, until } = await inConversation(desktop);
  const { keyboard } = ada.page;
  await expect(until.arrow).toBeEnabled();
  await ada.parkButton.focus();
  await keyboard.press('Tab');
  await expect(until.arrow).toBeFocused();
  await keyboard.press('Enter');

  await expect(until.choice('Until they write')).toBeFocused();
  for (let step = 0; step < 3; step += 1) await keyboard.press('ArrowDown');
  await expect(until.choice(/^tomorrow 8:00/i)).toBeChecked();
  await keyboard.press('Tab');
  await expect(until.keep).toBeFocused();
  await keyboard.press('Tab');
  await expect(until.reason).toBeFocused();
  await keyboard.type('Waiting for d');
  await keyboard.press('Tab');
  await expect(until.note).toBeFocused();
  await keyboard.type('one');
  await keyboard.press('Enter');
  await keyboard.type('two');
  await keyboard.press('Control+Enter');

  const request = await onlyRequest(sim);
  const tomorrow = `${typed(Date.now() + DAY_MS).slice(0, 10)}T08:00`;
  expect(typed(Number(request.until) * 1_000)).toBe(tomorrow);
  expect(request.reason).toBe('Waiting for delivery');
  expect(request.note.replace('\r', '')).toBe('one\ntwo');
  expect(request).not.toHaveProperty('keepTime');
  const due = shown(Number(request.until) * 1_000);
  await expect(ada.notifications).toHaveText(`Parked until ${due}, or until ${CHARLIE} writes.`);
});

test('Escape returns to the arrow and keeps the note; Enter parks', async ({ desktop, sim }) => {
  const { ada, until } = await inConversation(desktop);
  const { keyboard } = ada.page;
  await until.open();
  await until.note.fill('Order 4711');
  await keyboard.press('Escape');
  await expect(until.dialog).toBeHidden();
  await expect(until.arrow).toBeFocused();

  await keyboard.press('Enter');
  await expect(until.note).toHaveValue('Order 4711');
  await until.choice(/^in 1 hour/i).press('Space');
  await keyboard.press('Enter');
  await expect(until.dialog).toBeHidden();
  expect(await onlyRequest(sim)).toMatchObject({ note: 'Order 4711' });
});

test('the focus stays in the dialog', async ({ desktop }) => {
  const { until } = await inConversation(desktop);
  await until.open();
  for (let step = 0; step < 8; step += 1) {
    await until.page.keyboard.press('Tab');
    const isOutside = await until.page.evaluate(() => {
      const { activeElement: focused, body } = globalThis.document;
      return focused !== body && !focused?.closest('dialog');
    });
    expect(isOutside, `after ${step + 1} steps`).toBe(false);
  }
});

test('one click parks until the customer writes', async ({ desktop, sim }) => {
  const { ada } = await inConversation(desktop);
  await ada.park();
  const request = await onlyRequest(sim);
  for (const field of ['until', 'keepTime', 'reason', 'note']) expect(request).not.toHaveProperty(field);
  expect(request.agentName).toBe('Ada Agent');
});

test('each choice has its time in the zone of the agent', async ({ desktop }) => {
  const { until } = await inConversation(desktop, { timezoneId: 'America/New_York' });
  await until.open();
  const times = await until.dialog.locator('time').all();
  expect(times).toHaveLength(
    await until.dialog
      .getByRole('radio')
      .count()
      .then((all) => all - 2),
  );
  for (const time of times) {
    const at = Date.parse(String(await time.getAttribute('datetime')));
    const local = new Intl.DateTimeFormat('en-US', {
      weekday: 'short',
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      timeZone: 'America/New_York',
    });
    await expect(time).toHaveText(local.format(at));
  }
});

test('a picked time out of range is refused with the bound', async ({ desktop, sim }) => {
  const { until } = await inConversation(desktop);
  await until.open();
  await until.choice('Pick a time').check();
  await expect(until.time, 'it begins with tomorrow').toHaveValue(`${typed(Date.now() + DAY_MS).slice(0, 10)}T09:00`);
  for (const ahead of [-DAY_MS, -MINUTE_MS, 31 * DAY_MS]) {
    await until.time.fill(typed(Date.now() + ahead));
    await until.time.press('Enter');
    await expect(until.refusal).toHaveText(/^Choose a time from 1 minute to 30 days from now: .* at the latest\.$/);
    await expect(until.time).toBeFocused();
    await expect(until.time).toHaveAttribute('aria-invalid', 'true');
  }
  await until.time.fill('');
  await expect(until.refusal).toHaveText('Choose a date and a time.');

  const due = Math.floor((Date.now() + 2 * DAY_MS) / MINUTE_MS) * MINUTE_MS;
  await until.time.fill(typed(due));
  await expect(until.refusal).toBeHidden();
  expect(await requested(sim)).toEqual([]);
  await until.park.click();
  expect((await onlyRequest(sim)).until).toBe(String(due / 1_000));
});

test('a time that the clocks leave out is refused', async ({ desktop, sim, troubles }) => {
  // For the Functions, whose clock is right, that day is too far ahead.
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action ParkInteraction/);
  const { ada, until } = await inConversation(desktop);
  // The day before clocks go forward in Berlin.
  await ada.page.evaluate(
    (ahead) => {
      const now = Date.now;
      Date.now = () => now() + ahead;
    },
    Date.UTC(2027, 2, 27, 12) - Date.now(),
  );
  await until.open();
  await expect(until.choice(/^tomorrow/i)).toHaveAccessibleName(/Sun, Mar 28, 9:00/);
  await until.choice('Pick a time').check();
  await until.time.fill('2027-03-28T02:30');
  await until.park.click();
  await expect(until.refusal).toHaveText(/^This time does not exist/);
  await until.time.fill('2027-03-28T03:30');
  await until.park.click();
  expect((await onlyRequest(sim)).until).toBe(String(Date.UTC(2027, 2, 28, 1, 30) / 1_000));
});

test('a required reason is asked for by a click on Park', async ({ desktop, sim }) => {
  await sim.configure({
    ...withFlags({ reasons: REASONS }),
    workerAttributes: { ada: { config_overrides: { features: { park_interaction: { reason_required: true } } } } },
  });
  const { ada, until } = await inConversation(desktop);
  await ada.park();
  await expect(until.dialog).toBeVisible();
  await until.park.click();
  await expect(until.refusal).toHaveText('Choose a reason.');
  await expect(until.reason).toBeFocused();
  expect(await requested(sim)).toEqual([]);

  await until.reason.selectOption('Waiting for payment');
  await expect(until.refusal).toBeHidden();
  await until.park.click();
  const request = await onlyRequest(sim);
  expect(request.reason).toBe('Waiting for payment');
  expect(request).not.toHaveProperty('until');
});

test('without reasons there is nothing to choose, whatever is required', async ({ desktop, sim }) => {
  await sim.configure(withFlags({ reason_required: true }));
  const { ada, until } = await inConversation(desktop);
  await until.open();
  await expect(until.reason).toHaveCount(0);
  await ada.page.keyboard.press('Escape');
  await ada.park();
  await onlyRequest(sim);
});

test('Undo brings the conversation back', async ({ desktop, sim }) => {
  await sim.configure(withFlags({ show_list: true }));
  const { ada, until } = await inConversation(desktop);
  await until.open();
  await until.choice(/^in 1 hour/i).check();
  await until.park.click();
  await expect(ada.notifications).toHaveText(/^Parked until/);
  await expect(ada.task(CHARLIE)).toHaveCount(0);

  await ada.page.getByRole('button', { name: /undo/i }).click();
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status accepted/);
  await expect(ada.messages.first()).toBeVisible();
  await expect.poll(async () => (await sim.conversationOf('charlie')).webhooks).toEqual([]);
});

test('an hour before the WhatsApp window closes', async ({ desktop, sim }) => {
  const { until } = await inConversation(desktop, { customer: WANDA });
  const { messages } = await sim.conversationOf('wanda');
  const wrote = messages.filter(({ author }) => author.startsWith('whatsapp:')).pop();
  await until.open();
  await until.choice('Pick a time').check();
  await until.time.fill(typed(Date.now() + 2 * DAY_MS));
  await expect(until.dialog).toContainText('By then the WhatsApp window is closed: you can only send a template.');
  await until.choice(/^1 hour before the WhatsApp window closes/).check();
  await expect(until.dialog).not.toContainText('template');
  await until.park.click();
  const due = Math.floor((Date.parse(wrote.date_created) + 23 * HOUR_MS) / 1_000);
  expect(Number((await onlyRequest(sim)).until)).toBe(due);
});

test('a web chat has no window', async ({ desktop }) => {
  const { until } = await inConversation(desktop);
  await until.open();
  await expect(until.choice(/window closes/)).toHaveCount(0);
});

test('the note is counted near its end', async ({ desktop }) => {
  const { until } = await inConversation(desktop);
  await until.open();
  await until.note.fill('n'.repeat(399));
  await expect(until.dialog).not.toContainText('/ 500');
  await until.note.fill('n'.repeat(600));
  await expect(until.note).toHaveValue('n'.repeat(500));
  await expect(until.dialog).toContainText('500 / 500');
});

test('a failed park keeps the note', async ({ desktop, sim, troubles }) => {
  const { ada, until } = await inConversation(desktop);
  await sim.fault({ host: (await sim.facts()).functionsDomain, kind: 'dropBefore', times: 0 });
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action ParkInteraction/);
  await until.open();
  await until.note.fill('Order 4711');
  await until.park.click();
  await expect(ada.notifications).toHaveText(/was parked\. No answer came\./);
  await until.open();
  await expect(until.note).toHaveValue('Order 4711');
});

test('shortcuts park the selected conversation and open the dialog', async ({ desktop, sim }) => {
  const { ada, until } = await inConversation(desktop);
  await expect(until.arrow).toBeEnabled();
  await ada.page.keyboard.press('Control+Shift+X');
  await expect(until.dialog).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await expect(until.dialog).toBeHidden();
  expect(await requested(sim)).toEqual([]);
  await ada.page.keyboard.press('Control+Shift+F');
  await onlyRequest(sim);
  await expect(ada.task(CHARLIE)).toHaveCount(0);
});

test('another plugin parks with an appointment, whose mistakes are named', async ({ desktop, sim, troubles }) => {
  const { ada } = await inConversation(desktop);
  const park = (appointment) =>
    ada.page.evaluate(async (given) => {
      const { Actions, Manager } = globalThis.Twilio.Flex;
      const { tasks } = Manager.getInstance().store.getState().flex.worker;
      const task = [...tasks.values()].find(({ attributes }) => attributes.customerName === 'Charlie Customer');
      return Actions.invokeAction('ParkInteraction', { task, appointment: given }).then(
        () => 'parked',
        ({ message }) => message,
      );
    }, appointment);
  troubles.expect(/Error in action ParkInteraction/);
  expect(await park({ until: 'tomorrow' })).toBe('`appointment.until` is malformed: expected whole seconds since 1970');
  await expect(ada.notifications).toHaveText(/appointment\.until/);
  expect(await requested(sim)).toEqual([]);

  const due = Math.floor(Date.now() / 1_000) + 600;
  expect(await park({ until: due, reason: 'Bot', agentName: 'Bot' })).toBe('parked');
  expect(await onlyRequest(sim)).toMatchObject({ until: String(due), reason: 'Bot', agentName: 'Bot' });
});

for (const { theme, isLight } of [
  { theme: 'light', isLight: true },
  { theme: 'dark', isLight: false },
]) {
  test(`the dialog is accessible in a narrow window, ${theme}`, async ({ desktop, sim }) => {
    await sim.configure(withFlags({ reasons: REASONS, reason_required: true }));
    const { ada, until } = await inConversation(desktop, { viewport: { width: 640, height: 800 } });
    await ada.page.evaluate(
      (light) => globalThis.Twilio.Flex.Manager.getInstance().updateConfig({ theme: { isLight: light } }),
      isLight,
    );
    await until.open();
    await until.choice('Pick a time').check();
    await until.time.fill(typed(Date.now() - DAY_MS));
    await until.park.click();
    await expect(until.refusal).toBeVisible();
    await until.park.scrollIntoViewIfNeeded();
    for (const part of [until.choice('Until they write'), until.time, until.reason, until.park]) {
      await expect(part).toBeInViewport();
    }
    const { violations, passes } = await new AxeBuilder({ page: ada.page }).include('dialog').analyze();
    expect(violations).toEqual([]);
    expect(passes.length).toBeGreaterThan(0);
  });
}
