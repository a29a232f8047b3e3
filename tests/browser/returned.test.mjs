// A conversation that is back from parking, in its task and in the offer before it.

import { AxeBuilder } from '@axe-core/playwright';

import { parkedBy, setParked } from './support/returned.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const WHY = 'Waiting for the order number · Looks for it tonight';

const stripOf = ({ page }) => page.getByTestId('park-interaction-returned');
const offersOf = ({ page }) => page.getByTestId('park-interaction-returned-offer');
const againOf = (desktop) => stripOf(desktop).getByRole('button', { name: /^Park again until/ });

/** Keeps the payloads of the action `ParkInteraction`, which then does nothing. */
function takeParks({ page }) {
  return page.evaluate(() => {
    globalThis.parks = [];
    globalThis.Twilio.Flex.Actions.replaceAction('ParkInteraction', async ({ task, appointment }) => {
      globalThis.parks.push({ taskSid: task.taskSid, appointment });
    });
  });
}

test('the task says who parked it, when, why, how often, and why it is back', async ({ desktop, sim, stack }) => {
  const ada = await desktop('ada', { locale: 'en-US', timezoneId: 'Asia/Tokyo' });
  await ada.open(CHARLIE);
  await expect(stripOf(ada), 'it was never parked').toHaveCount(0);
  const parked = parkedBy(ada.agent);
  await setParked(sim, stack, 'charlie', parked);
  const strip = stripOf(ada);
  await expect(strip).toContainText('Back: parked by you 2 hours ago · The customer wrote · Parked 3 times');
  await expect(strip).toContainText(WHY);
  const inFull = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'long', timeZone: 'Asia/Tokyo' });
  await expect(strip.getByText('Back: parked')).toHaveAttribute('title', inFull.format(parked.at));
  await expect(ada.messages.first(), 'the conversation is still there').toBeInViewport();

  await setParked(
    sim,
    stack,
    'charlie',
    parkedBy({ workerSid: 'WK00000000000000000000000000000009' }, { cause: 'time' }),
  );
  await expect(strip).toContainText('Back: parked by Ada Agent 2 hours ago · Its time has come · Parked 3 times');
  await expect(againOf(ada), 'its time has come').toHaveCount(0);
});

test('one click parks again until the same time', async ({ desktop, sim, stack }) => {
  const ada = await desktop('ada', { locale: 'en-US', timezoneId: 'UTC' });
  await takeParks(ada);
  await ada.open(CHARLIE);
  const parked = parkedBy(ada.agent);
  await setParked(sim, stack, 'charlie', parked);
  const time = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
  await expect(againOf(ada)).toHaveText(new RegExp(`^Park again until ([A-Z][a-z]{2} )?${time.format(parked.until)}$`));
  await againOf(ada).focus();
  await ada.page.keyboard.press('Enter');
  const { reason, note } = parked;
  const [task] = await sim.tasksOf('charlie');
  await expect
    .poll(() => ada.page.evaluate(() => globalThis.parks))
    .toEqual([{ taskSid: task.sid, appointment: { until: parked.until / 1_000, keepTime: true, reason, note } }]);
});

test('an appointment that is over, or was never made, is not offered again', async ({ desktop, sim, stack }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  for (const changes of [
    { until: Date.now() + 30_000, parks: 4 },
    { until: undefined, parks: 5 },
    { until: Date.now() + 40 * 86_400_000, parks: 6 },
    { cause: 'resume', parks: 7 },
  ]) {
    await setParked(sim, stack, 'charlie', parkedBy(ada.agent, changes));
    await expect(stripOf(ada)).toContainText(`Parked ${changes.parks} times`);
    await expect(againOf(ada)).toHaveCount(0);
  }
});

test('a long note opens by keyboard and leaves room for the conversation', async ({ desktop, sim, stack }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  const note = `${'The label is on the box in the cellar. '.repeat(11)}\n\n\nLast line. ${'x'.repeat(40)}`;
  await setParked(sim, stack, 'charlie', parkedBy(ada.agent, { note }));
  const strip = stripOf(ada);
  const toggle = strip.getByRole('button', { name: 'Reason and note' });
  const shown = strip.getByText('Waiting for the order number');
  for (const width of [1280, 640]) {
    await ada.page.setViewportSize({ width, height: 800 });
    await expect(shown).toBeVisible();
    const closed = await shown.evaluate(({ clientHeight }) => clientHeight);
    expect(closed, `one line at ${width} px`).toBeLessThanOrEqual(20);
    await toggle.focus();
    await ada.page.keyboard.press('Enter');
    await expect(toggle).toHaveAttribute('aria-expanded', 'true');
    expect(await strip.evaluate(({ clientHeight }) => clientHeight)).toBeLessThan(260);
    await ada.page.keyboard.press('Shift+Tab');
    await expect(shown, 'the keyboard can scroll it').toBeFocused();
    await ada.page.keyboard.press('End');
    const left = () => shown.evaluate((text) => text.scrollHeight - text.clientHeight - text.scrollTop);
    await expect.poll(left).toBeLessThan(2);
    await expect(ada.page.getByTestId('message-input')).toBeInViewport();
    await toggle.click();
    await expect(toggle).toHaveAttribute('aria-expanded', 'false');
  }
});

test('the strip is accessible in both themes', async ({ desktop, sim, stack }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await setParked(sim, stack, 'charlie', parkedBy(ada.agent));
  await stripOf(ada).getByRole('button', { name: 'Reason and note' }).click();
  for (const isLight of [false, true]) {
    await ada.page.evaluate((theme) => globalThis.Twilio.Flex.Manager.getInstance().updateConfig({ theme }), {
      isLight,
    });
    const header = expect(ada.header);
    await (isLight ? header : header.not).toHaveCSS('background-color', 'rgb(255, 255, 255)');
    const axe = new AxeBuilder({ page: ada.page }).include('[data-testid="park-interaction-returned"]');
    const { violations, passes } = await axe.analyze();
    expect(violations, isLight ? 'light' : 'dark').toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
  }
});

test('the offer says who parked, and why', async ({ desktop, sim, stack }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await ada.goTo('Break');
  await sim.customerWrites('charlie', 'I have found it.');
  const ben = await desktop('ben');
  await expect(ben.task(CHARLIE)).toBeVisible({ timeout: 30_000 });
  await setParked(sim, stack, 'charlie', parkedBy(ada.agent));
  await expect(offersOf(ben)).toContainText('Back: parked by Ada Agent 2 hours ago');
  await expect(offersOf(ben)).toContainText(WHY);
  await ben.task(CHARLIE).click();
  await expect(stripOf(ben), 'in the task’s place too').toContainText('Back: parked by Ada Agent');
  await expect(againOf(ben), 'it is not their task yet').toHaveCount(0);

  await ben.accept(CHARLIE);
  await expect(offersOf(ben), 'it is no offer any more').toHaveCount(0);
  await ben.open(CHARLIE);
  await expect(stripOf(ben)).toContainText('Back: parked by Ada Agent');
});

test('“New” begins where the agent parked, and earlier agents have names', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.write('Which number is it?');
  await expect(ada.messages.last()).toHaveText('Which number is it?');
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await ada.goTo('Break');
  for (const text of ['4711', 'Is that right?']) await sim.customerWrites('charlie', text);
  const ben = await desktop('ben');
  await ben.accept(CHARLIE);
  await expect(ben.task(CHARLIE).locator('.Twilio-Badge-TextContainer')).toHaveText('2');
  await ben.open(CHARLIE);
  const list = ben.page.locator('.Twilio-MessageList');
  await expect(list).toContainText(/Which number is it\?\s*New\s*Charlie Customer.*4711.*Is that right\?/s);
  await expect(list.getByText('New', { exact: true })).toHaveCount(1);
  const names = ben.page.getByTestId('message-sendername');
  await expect(names).toHaveText([CHARLIE, 'Ada Agent', CHARLIE, 'Ada Agent', CHARLIE, CHARLIE]);
});

test('a damaged attribute shows what is left of it', async ({ desktop, sim, stack }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  const nobody = { at: null, workerSid: null, agentName: null };
  await setParked(sim, stack, 'charlie', {
    ...parkedBy(ada.agent),
    ...nobody,
    agentName: '<b>Ada</b>',
    note: [1],
    parks: -1,
  });
  await expect(stripOf(ada)).toContainText('Back: parked by <b>Ada</b> · The customer wrote');
  for (const broken of ['text', [1], 7, true, { ...nobody, reason: 'x' }]) {
    await setParked(sim, stack, 'charlie', parkedBy(ada.agent));
    await expect(stripOf(ada)).toBeVisible();
    await setParked(sim, stack, 'charlie', broken);
    await expect(stripOf(ada), JSON.stringify(broken)).toHaveCount(0);
  }
  await expect(ada.messages.first()).toBeVisible();
});
