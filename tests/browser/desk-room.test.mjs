// A resume without room for the conversation, and one that somebody else has asked for already.

import { notedNotifications, noteNotifications } from './support/desk.mjs';
import { List, listOn } from './support/list.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';

test.beforeEach(({ sim }) => sim.configure(listOn));

/** Opens Ada's desktop, parks Charlie's conversation, and opens the list. */
async function parked(desktop) {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  return { ada, list: await new List(ada).open() };
}

/** Leaves the agent no room. */
async function fill(ada, sim) {
  await sim.agent('ada', { chatCapacity: 2 });
  await expect.poll(() => ada.capacity()).toBe(0);
}

const named = (list, name) => list.row(CHARLIE).getByRole('button', { name });

/** Opens a second tab of the same browser. */
async function secondTab(ada) {
  const page = await ada.page.context().newPage();
  await page.goto(ada.agent.url);
  await expect(page.getByTestId('activity-dropdown-button')).toBeVisible({ timeout: 60_000 });
  return { page, list: await new List({ page }).open() };
}

test('a full agent is told at once, and the conversation comes when there is room', async ({ desktop, sim }) => {
  const { ada, list } = await parked(desktop);
  await fill(ada, sim);
  await list.button(CHARLIE).click();
  await expect(list.row(CHARLIE)).toContainText('You have 2 of 2.');
  await ada.page.screenshot({ path: test.info().outputPath('full.png') });
  await named(list, /^Cancel/).click();
  await expect(list.button(CHARLIE)).toHaveText('Resume');

  await list.button(CHARLIE).click();
  await named(list, /^Wait for room/).click();
  await expect(list.row(CHARLIE)).toContainText('Waiting for room');
  await ada.page.screenshot({ path: test.info().outputPath('waiting.png') });
  await ada.page.reload();
  await expect(list.row(CHARLIE), 'after a reload').toContainText('Waiting for room');
  expect(await sim.tasksOf('charlie'), 'nobody is asked').toHaveLength(1);
  await sim.agent('ada', { chatCapacity: 3 });
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status accepted/);
  expect(await sim.tasksOf('charlie')).toHaveLength(2);
});

test('an absent agent may wait too, in all tabs, and may think again', async ({ desktop, sim }) => {
  const { ada, list } = await parked(desktop);
  await sim.agent('ada', { activity: 'Break' });
  await expect(ada.activity).toHaveAccessibleName(/Currently Break/);
  await list.button(CHARLIE).click();
  await expect(list.row(CHARLIE)).toContainText('You are not available.');
  await named(list, /^Wait for room/).click();
  const other = await secondTab(ada);
  await expect(other.list.row(CHARLIE)).toContainText('Waiting for room');
  await named(other.list, /^Cancel/).click();
  await expect(list.button(CHARLIE)).toHaveText('Resume');
  await sim.agent('ada', { activity: 'Available' });
  await expect(ada.activity).toHaveAccessibleName(/Currently Available/);
  expect(await sim.tasksOf('charlie')).toHaveLength(1);
});

test('a wait ends with a word when somebody else has the conversation', async ({ desktop, sim }) => {
  const { ada, list } = await parked(desktop);
  await fill(ada, sim);
  await list.button(CHARLIE).click();
  await named(list, /^Wait for room/).click();
  const ben = await desktop('ben');
  await sim.customerWrites('charlie', 'Hello?');
  await ben.accept(CHARLIE);
  await expect(ada.notifications).toHaveText([
    `You no longer wait for ${CHARLIE}: someone else has the conversation, or it is closed.`,
  ]);
});

/** Invokes the action for Charlie's conversation, as Undo and other plugins do. */
async function resume(ada, sim) {
  const { sid } = await sim.conversationOf('charlie');
  await ada.page.evaluate(
    (ConversationSid) =>
      globalThis.Twilio.Flex.Actions.invokeAction('UnparkInteraction', { ConversationSid, customerName: 'Charlie' }),
    sid,
  );
}

test('a resume of a conversation that rings here already says nothing', async ({ desktop, sim }) => {
  const { ada } = await parked(desktop);
  await sim.customerWrites('charlie', 'Hello?');
  await ada.showTasks();
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status pending/);
  await noteNotifications(ada);
  await resume(ada, sim);
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status accepted/);
  expect(await notedNotifications(ada)).not.toContain('ParkInteractionAlreadyRouted');
});

test('a resume of a conversation that rings elsewhere says so', async ({ desktop, sim }) => {
  const { ada } = await parked(desktop);
  await ada.goTo('Break');
  const ben = await desktop('ben');
  await sim.customerWrites('charlie', 'Hello?');
  await expect(ben.task(CHARLIE)).toHaveAttribute('aria-label', /status pending/);
  await ada.goTo('Available');
  await resume(ada, sim);
  const elsewhere = 'The conversation with Charlie is already with an agent or on its way to one.';
  await expect(ada.notifications.filter({ hasText: elsewhere })).toHaveCount(1);
});

test('a resume in two tabs at once says nothing of another agent', async ({ desktop, troubles }) => {
  // Both tabs accept the task, and the second is too late.
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Could not accept reservation/);
  // If the second click is late, the conversation is not parked any more.
  troubles.expect(/Error in action UnparkInteraction/);
  const { ada, list } = await parked(desktop);
  const other = await secondTab(ada);
  await expect(other.list.button(CHARLIE)).toBeVisible();
  for (const tab of [ada, other]) await noteNotifications(tab);
  await Promise.all([list.button(CHARLIE).click(), other.list.button(CHARLIE).click()]);
  await expect(ada.task(CHARLIE).first()).toHaveAttribute('aria-label', /status accepted/);
  for (const tab of [ada, other]) {
    const shown = await notedNotifications(tab);
    expect(shown.filter((id) => /AlreadyRouted|NotParked/.test(id))).toEqual([]);
  }
});

test('an agent who leaves is told how many are parked, once', async ({ desktop }) => {
  const { ada } = await parked(desktop);
  const reminder = ada.notifications.filter({ hasText: 'Your parked conversations: 1.' });
  await noteNotifications(ada);
  await ada.goTo('Break');
  await expect(reminder).toHaveCount(1);
  await ada.goTo('Offline');
  const activity = () => globalThis.Twilio.Flex.Manager.getInstance().workerClient.activity.name;
  await expect.poll(() => ada.page.evaluate(activity)).toBe('Offline');
  expect(await notedNotifications(ada)).toEqual(['ParkInteractionLeaving']);
});
