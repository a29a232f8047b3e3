// Agents who resume a conversation and do not accept its task: a customer who writes meanwhile is routed to somebody else.

import { List } from './support/list.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const HELLO = 'Is anybody there?';
/** The time that the task of a resume waits for its agent. */
const RESUME_WAITS_MS = 60_000;
/** The time that the seeded workflow waits for the agent who parked before it asks others. */
const KNOWN_AGENT_WAIT_MS = 61_000;

/** Returns flags that switch the list on, with some more. */
const flags = (more) => ({
  uiAttributes: { custom_data: { features: { park_interaction: { enabled: true, show_list: true, ...more } } } },
});

/** Opens Ada's desktop, parks Charlie's conversation, and opens the list. */
async function parkedBy(desktop) {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  return { ada, list: await new List(ada).open() };
}

/** Lets Ben accept the task, and checks that he sees the conversation and that no data of the parking is left. */
async function benAccepts(desktop, sim) {
  const ben = await desktop('ben');
  await expect(ben.task(CHARLIE)).toBeVisible({ timeout: 30_000 });
  await ben.accept(CHARLIE);
  await expect(ben.messages.last()).toHaveText(HELLO);
  await expect.poll(() => sim.rowsOf('charlie')).toEqual([]);
  await expect.poll(async () => (await sim.conversationOf('charlie')).webhooks).toEqual([]);
}

for (const [state, change, text] of /** @type {[string, object, RegExp][]} */ ([
  ['away', { activity: 'Offline' }, /take no tasks|available/i],
  ['full', { chatCapacity: 2 }, /You have 2 of 2/],
])) {
  test(`a resume by an agent who is ${state} is refused`, async ({ desktop, sim }) => {
    const { ada, list } = await parkedBy(desktop);
    await sim.agent('ada', change);
    // Flex knows it too by now, so nothing is asked.
    if (state === 'full') await expect.poll(() => ada.capacity()).toBe(0);
    else await expect(ada.activity).toHaveAccessibleName(/Currently Offline/);
    await list.button(CHARLIE).click();
    await expect(list.row(CHARLIE)).toContainText(text);
    expect(await sim.tasksOf('charlie')).toHaveLength(1);
    await sim.customerWrites('charlie', HELLO);
    // Neither a full agent nor one who is away gets a task.
    await benAccepts(desktop, sim);
  });
}

test('a message during a resume reaches others after a decline', async ({ desktop, sim }) => {
  await sim.configure(flags({ auto_accept: false }));
  const { ada, list } = await parkedBy(desktop);
  await list.button(CHARLIE).click();
  await ada.showTasks();
  await expect(ada.task(CHARLIE)).toBeVisible();
  await sim.customerWrites('charlie', HELLO);
  await list.open();
  await expect(list.row(CHARLIE)).toContainText('not answered yet');
  await ada.showTasks();
  await ada
    .task(CHARLIE)
    .getByRole('button', { name: /reject|decline/i })
    .click();
  await ada.goTo('Break');
  await benAccepts(desktop, sim);
});

test('a canceled task is followed by another one', async ({ desktop, sim }) => {
  const { ada } = await parkedBy(desktop);
  await ada.goTo('Break');
  await sim.customerWrites('charlie', HELLO);
  await expect.poll(async () => (await sim.tasksOf('charlie')).length).toBe(2);
  await sim.pass(RESUME_WAITS_MS);
  const [, woken] = await sim.tasksOf('charlie');
  await sim.endTask(woken.sid, 'canceled');
  await expect.poll(async () => (await sim.tasksOf('charlie')).length).toBe(3);
  await benAccepts(desktop, sim);
});

test('a resumed conversation is parked again if the browser closes', async ({ desktop, sim }) => {
  await sim.configure(flags({ auto_accept: false }));
  const { ada, list } = await parkedBy(desktop);
  const parked = await sim.attributesOf('charlie');
  await list.button(CHARLIE).click();
  await ada.showTasks();
  await expect(ada.task(CHARLIE)).toBeVisible();
  await ada.page.close();
  await sim.pass(RESUME_WAITS_MS);

  await expect
    .poll(async () => (await sim.tasksOf('charlie')).map((task) => task.assignment_status))
    .toEqual(['completed', 'canceled']);
  await expect.poll(() => sim.rowsOf('charlie')).toHaveLength(1);
  expect(await sim.attributesOf('charlie')).toEqual(parked);
  expect((await sim.conversationOf('charlie')).webhooks.map(({ sid }) => sid)).toEqual([parked.webhookSid]);

  // Nobody is at Ada's desktop, but TaskRouter asks her first.
  await sim.customerWrites('charlie', HELLO);
  await expect.poll(async () => (await sim.tasksOf('charlie')).length).toBe(3);
  await sim.pass(KNOWN_AGENT_WAIT_MS);
  await sim.pass(KNOWN_AGENT_WAIT_MS);
  await benAccepts(desktop, sim);
});
