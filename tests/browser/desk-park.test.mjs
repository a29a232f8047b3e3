// The agent's desk around a park: what shows, what is covered, where the hands are.

import { List, listOn } from './support/list.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const WANDA = 'Wanda Walker';
const SAM = 'Sam Sender';

test.beforeEach(({ sim }) => sim.configure(listOn));

const box = (desktop) => desktop.page.getByTestId('message-input');
const region = (desktop) =>
  desktop.page.getByRole('status').filter({ has: desktop.page.locator('.Twilio-NotificationBar') });

/** Returns true if a click in the middle of the element would reach it. */
const isReachable = (locator) =>
  locator.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(globalThis.document.elementFromPoint(x + width / 2, y + height / 2));
  });

test('three parks in a row need no wait', async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  for (const customer of [CHARLIE, WANDA, SAM]) {
    await ada.task(customer).click();
    await expect(ada.parkButton).toBeEnabled();
    expect(await isReachable(ada.parkButton), `Park of ${customer}`).toBe(true);
    await ada.parkButton.click();
    await expect(ada.task(customer)).toHaveCount(0);
  }
  await expect(ada.notifications).toHaveText([CHARLIE, WANDA, SAM].map((name) => `Parked until ${name} writes.`));
  await ada.page.screenshot({ path: test.info().outputPath('parked.png') });
});

test('a notification covers neither Park nor the tools of the list, and can be undone', async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.notifications).toHaveText([`Parked until ${CHARLIE} writes.`]);
  const list = await new List(ada).open();
  await expect(ada.notifications).toBeVisible();
  for (const part of [list.heading, list.search, list.channel, list.button(CHARLIE)]) {
    expect(await isReachable(part)).toBe(true);
  }
  await ada.page.screenshot({ path: test.info().outputPath('list.png') });
  await ada.page.getByText('Undo').click();
  await expect(ada.task(CHARLIE)).toBeVisible();
});

test('a success shows for three seconds at most', async ({ desktop }) => {
  const ada = await desktop('ada');
  const timeouts = await ada.page.evaluate(() => {
    const { registeredNotifications: all } = globalThis.Twilio.Flex.Notifications;
    return ['ParkInteractionRouted', 'ParkInteractionParked'].map((id) => all.get(id).timeout);
  });
  expect(timeouts).toEqual([3_000, 8_000]);
});

test('an expired session offers a new login', async ({ desktop, sim, troubles }) => {
  troubles.expect(/participants|Failed to load resource|Error in action ParkInteraction|fetch channels|Twilsock/);
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await sim.tokens({ expireAllOf: 'ada' });
  // For a minute the Functions remember whose token they have validated.
  await sim.pass(61_000);
  await ada.page.evaluate(() => {
    const { Actions } = globalThis.Twilio.Flex;
    Actions.replaceAction('Logout', async () => void (globalThis.hasLoggedOut = true));
  });
  await ada.park();
  await expect(ada.notifications).toHaveText(`${CHARLIE} was not parked. Your session has expired.`);
  await ada.page.getByText('Log in again').click();
  await expect.poll(() => ada.page.evaluate(() => globalThis.hasLoggedOut)).toBe(true);
});

test('the next task can be typed into at once, whatever Twilio takes', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await expect(ada.parkButton).toBeEnabled();
  await sim.latency(1_000);
  const { ms, writesTo } = await ada.page.evaluate(async () => {
    const began = performance.now();
    /** @type {any} */ (globalThis.document.querySelector('[data-testid="park-interaction-button"]')).click();
    const { store } = globalThis.Twilio.Flex.Manager.getInstance();
    const selected = () => {
      const { flex } = store.getState();
      return flex.worker.tasks.get(flex.view.selectedTaskSid)?.attributes.customerName;
    };
    const isReady = () =>
      selected() !== 'Charlie Customer' && globalThis.document.activeElement?.matches('[data-testid="message-input"]');
    while (!isReady()) await new Promise(globalThis.requestAnimationFrame);
    return { ms: performance.now() - began, writesTo: selected() };
  });
  console.log(`click to free hands: ${Math.round(ms)} ms`);
  // 50 ms are the aim, which the benchmark measures. This machine may be busy.
  expect(ms).toBeLessThan(500);
  expect(writesTo).toBe(WANDA);
  await ada.page.keyboard.type('Hello Wanda');
  await expect(box(ada)).toHaveValue('Hello Wanda');
  await expect(ada.task(CHARLIE), 'still being parked').toBeVisible();
  await sim.latency(0);
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await expect(box(ada)).toHaveValue('Hello Wanda');
  await expect(box(ada)).toBeFocused();
});

test('a park that fails brings the conversation back with its reason', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Failed to load resource|Error in action ParkInteraction/);
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await box(ada).fill('Half a reply');
  await sim.fault({ host: 'conversations.twilio.com', kind: 'status', status: 500, times: 0 });
  await ada.park();
  await expect(ada.header).toContainText(WANDA);
  await expect(ada.notifications).toHaveText(
    `${CHARLIE} was not parked. Twilio did not answer. Nothing has changed; try again in a moment.`,
    {
      timeout: 30_000,
    },
  );
  await expect(ada.header).toContainText(CHARLIE);
  await expect(box(ada)).toHaveValue('Half a reply');
});

test('after a park by keyboard the focus is on the next task, else on the list of tasks', async ({ desktop }) => {
  const ada = await desktop('ada');
  const focused = ada.page.locator(':focus');
  await ada.task(WANDA).press('Enter');
  for (const [customer, next] of [
    [WANDA, CHARLIE],
    [CHARLIE, SAM],
  ]) {
    await expect(ada.header).toContainText(customer);
    await expect(ada.parkButton).toBeEnabled();
    await expect(ada.messages.last()).toBeVisible();
    await ada.parkButton.focus();
    await ada.page.keyboard.press('Enter');
    await expect(ada.task(customer)).toHaveCount(0);
    await expect(focused).toContainText(next);
    await expect(focused).toHaveAttribute('data-testid', 'task-item');
  }
  await expect(ada.parkButton).toBeEnabled();
  await ada.parkButton.focus();
  await ada.page.keyboard.press('Enter');
  await expect(ada.tasks).toHaveCount(0);
  await expect(focused).toHaveClass(/Twilio-NoTasksCanvas/);
});

test('after a park by keyboard the focus is on the next task of two customers of one name', async ({
  desktop,
  sim,
}) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.page.evaluate(
    (name) =>
      Promise.all(
        [...globalThis.Twilio.Flex.Manager.getInstance().store.getState().flex.worker.tasks.values()].map((task) =>
          task.setAttributes({ ...task.attributes, customerName: name, name, from: name }),
        ),
      ),
    CHARLIE,
  );
  await expect(ada.task(CHARLIE)).toHaveCount(3);
  await ada.tasks.first().press('Enter');
  await expect(ada.parkButton).toBeEnabled();
  await ada.parkButton.focus();
  // The parked task is still in the list, above the next one, when that one gets the focus.
  await sim.latency(1_000);
  await ada.page.keyboard.press('Enter');
  await expect(ada.tasks.nth(1)).toBeFocused();
  await sim.latency(0);
  await expect(ada.tasks).toHaveCount(2);
  await expect(ada.tasks.first()).toBeFocused();
});

test('the same words are announced again', async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  const announcement = ada.page.getByTestId('park-interaction-announcement');
  await announcement.evaluate((region) => {
    globalThis.announced = [];
    const added = ({ addedNodes }) => [...addedNodes].map(({ nodeName, textContent }) => `${nodeName} ${textContent}`);
    new globalThis.MutationObserver((changes) => globalThis.announced.push(...changes.flatMap(added))).observe(region, {
      childList: true,
    });
  });
  const list = new List(ada);
  for (const times of [1, 2]) {
    await ada.showTasks();
    await ada.task(CHARLIE).click();
    await expect(ada.header).toContainText(CHARLIE);
    await ada.park();
    await expect(ada.task(CHARLIE)).toHaveCount(0);
    await list.open();
    await list.button(CHARLIE).click();
    await expect(ada.header).toContainText(CHARLIE);
    const ours = (all) => all.filter((words) => words === `SPAN ${CHARLIE} is back with you.`);
    await expect.poll(async () => ours(await ada.page.evaluate(() => globalThis.announced))).toHaveLength(times);
  }
});

test('after a resume or an acceptance by keyboard the focus is in the message box, and it is announced', async ({
  desktop,
  sim,
}) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  const list = await new List(ada).open();
  await list.button(CHARLIE).press('Enter');
  await expect(ada.header).toContainText(CHARLIE);
  await expect(box(ada)).toBeFocused();
  await expect(region(ada)).toContainText(`${CHARLIE} is back with you.`);

  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await ada.parkButton.focus();
  await sim.customerWrites('charlie', 'Here I am');
  await ada
    .task(CHARLIE)
    .getByRole('button', { name: /accept/i })
    .press('Enter');
  await expect(ada.header).toContainText(CHARLIE);
  await expect(box(ada)).toBeFocused();
});

/** The recipe of docs/template.md. */
test('work of other plugins at the end of a task is done before the park, and can stop it', async ({
  desktop,
  sim,
}) => {
  const ada = await desktop('ada');
  await ada.page.evaluate(() => {
    const { Actions } = globalThis.Twilio.Flex;
    globalThis.mayPark = false;
    Actions.addListener('beforeParkInteraction', async ({ task }, cancel) => {
      globalThis.wasAsked = true;
      if (!globalThis.mayPark) return cancel();
      return task.setAttributes({ ...task.attributes, disposition: 'waits' });
    });
  });
  await ada.open(CHARLIE);
  await ada.park();
  await expect.poll(() => ada.page.evaluate(() => globalThis.wasAsked)).toBe(true);
  // Flex says so until the action is over.
  await expect(ada.parkButton).toHaveAttribute('aria-busy', 'false');
  await expect(ada.header).toContainText(CHARLIE);
  expect((await sim.conversationOf('charlie')).webhooks).toEqual([]);
  await ada.page.evaluate(() => void (globalThis.mayPark = true));
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await sim.customerWrites('charlie', 'Here it is');
  await expect(ada.task(CHARLIE)).toBeVisible();
  expect((await sim.tasksOf('charlie')).at(-1).attributes.disposition).toBe('waits');
});
