// An agent who wants a parked conversation back and does not take it: whoever wrote meanwhile is answered by somebody else.

import { List } from './support/list.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const HELLO = 'Is anybody there?';
/** The task of a resume waits so long for the agent who asked for it. */
const RESUME_WAITS_MS = 60_000;
/** The seeded workflow asks the agent who parked so long before it asks others. */
const KNOWN_AGENT_WAIT_MS = 61_000;

/** The list is on, and a resumed conversation is not accepted by the page. */
const flags = (more) => ({
  uiAttributes: { custom_data: { features: { park_interaction: { enabled: true, show_list: true, ...more } } } },
});

/** Ada's desktop, with her list open and Charlie's conversation parked in it. */
async function parkedBy(desktop) {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  return { ada, list: await new List(ada).open() };
}

/** Ben is asked, accepts, sees the whole conversation, and nothing of the parking is left. */
async function benIsAsked(desktop, sim) {
  const ben = await desktop('ben');
  await expect(ben.task(CHARLIE)).toBeVisible({ timeout: 30_000 });
  await ben.accept(CHARLIE);
  await expect(ben.messages.last()).toHaveText(HELLO);
  await expect.poll(() => sim.rowsOf('charlie')).toEqual([]);
  await expect.poll(async () => (await sim.conversationOf('charlie')).webhooks).toEqual([]);
}

for (const [state, change, text] of /** @type {[string, object, RegExp][]} */ ([
  ['away', { activity: 'Offline' }, /take no tasks|available/i],
  ['full', { chatCapacity: 2 }, /no room for another conversation/],
])) {
  test(`an agent who is ${state} is told so, and the customer's next message brings somebody else`, async ({
    desktop,
    sim,
    troubles,
  }) => {
    troubles.expect(/Failed to load resource/);
    troubles.expect(/Error in action UnparkInteraction/);
    const { list } = await parkedBy(desktop);
    await sim.agent('ada', change);
    await list.button(CHARLIE).click();
    await expect(list.row(CHARLIE)).toContainText(text);
    expect(await sim.tasksOf('charlie')).toHaveLength(1);
    await sim.customerWrites('charlie', HELLO);
    // A full agent is asked for nothing, and one who is away neither.
    await benIsAsked(desktop, sim);
  });
}

test('a message that comes while the agent who resumed thinks about it brings somebody else once they decline', async ({
  desktop,
  sim,
}) => {
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
  await benIsAsked(desktop, sim);
});

test('somebody is asked again when the task that a message brought is canceled', async ({ desktop, sim }) => {
  const { ada } = await parkedBy(desktop);
  await ada.goTo('Break');
  await sim.customerWrites('charlie', HELLO);
  await expect.poll(async () => (await sim.tasksOf('charlie')).length).toBe(2);
  await sim.pass(RESUME_WAITS_MS);
  const [, woken] = await sim.tasksOf('charlie');
  await sim.endTask(woken.sid, 'canceled');
  await expect.poll(async () => (await sim.tasksOf('charlie')).length).toBe(3);
  await benIsAsked(desktop, sim);
});

test('a conversation is parked again when the agent who resumed it closes the browser before it comes', async ({
  desktop,
  sim,
}) => {
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
  await benIsAsked(desktop, sim);
});
