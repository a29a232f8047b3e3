// Parking and waking as agents and the customer see it.

import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const PARKED = `Parked until ${CHARLIE} writes.`;

async function agentsIn(sim, customer) {
  const { channels } = await sim.world();
  const { sid } = await sim.conversationOf(customer);
  return channels
    .find((channel) => channel.conversation_sid === sid)
    .participants.filter(({ type }) => type === 'agent');
}

async function isParked(sim, customer) {
  await expect.poll(async () => (await sim.conversationOf(customer)).webhooks.length).toBe(1);
  expect(await agentsIn(sim, customer)).toEqual([]);
}

test('parking frees the agent and empties the conversation', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  const [taken, free] = [await sim.assigned('ada'), await ada.capacity()];
  await ada.open(CHARLIE);
  await ada.park();

  await expect(ada.notifications).toHaveText(PARKED);
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await expect.poll(() => ada.capacity()).toBeGreaterThan(free);
  expect(await sim.assigned('ada')).toBe(taken - 1);
  await isParked(sim, 'charlie');
  const { participants, state } = await sim.conversationOf('charlie');
  expect(state).toBe('active');
  expect(participants.map(({ identity }) => identity)).toEqual(['customer-charlie']);
});

test("the customer's next message creates one task with the history", async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  const [first] = await sim.tasksOf('charlie');
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await ada.goTo('Break');

  const ben = await desktop('ben');
  await sim.customerWrites('charlie', 'I have found the number: 4711.');
  await expect(ben.task(CHARLIE)).toBeVisible();

  const [, woken, ...more] = await sim.tasksOf('charlie');
  expect(more).toEqual([]);
  expect(woken.workflow_sid).toBe(first.workflow_sid);
  const { flexChannelInviteSid: _, ...kept } = first.attributes;
  expect(woken.attributes).toMatchObject({
    ...kept,
    originalRouting: {
      queueName: 'Everyone',
      queueSid: first.queue_sid,
      workerSid: ada.agent.workerSid,
    },
  });
  // The edge passes signed requests only, so status 200 means that the signature was right.
  const woke = async () => {
    // TaskRouter's events are deliveries too, and so is the last message before the park: Twilio replays it to the new webhook.
    const { deliveries } = await sim.journal();
    return deliveries
      .filter(({ params }) => params.Body === 'I have found the number: 4711.')
      .map(({ status }) => status);
  };
  await expect.poll(woke).toEqual([200]);

  await ben.accept(CHARLIE);
  const { messages } = await sim.conversationOf('charlie');
  await expect(ben.messages).toHaveText(messages.map(({ body }) => body));
  await expect(ben.messages.last()).toHaveText('I have found the number: 4711.');
});

test('a message during the park wakes the conversation', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await sim.latency(400);
  await ada.park();
  const webhooks = async () => (await sim.conversationOf('charlie')).webhooks.length;
  await expect.poll(webhooks, { intervals: [20] }).toBe(1);
  expect(await agentsIn(sim, 'charlie'), 'the agent has not left yet').toHaveLength(1);
  await sim.customerWrites('charlie', 'One more thing!');
  await expect.poll(async () => (await sim.tasksOf('charlie')).length).toBe(2);
  await sim.latency(0);
  await expect(ada.notifications.first()).toBeVisible();
  expect(await sim.tasksOf('charlie')).toHaveLength(2);
});

test("other code's attributes survive parking and waking", async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.addToAttributes((await sim.conversationOf('charlie')).sid, { crm: { id: 'C-17', tags: ['vip'] } });
  const before = await sim.attributesOf('charlie');
  expect(Object.keys(before)).toEqual(['pre_engagement_data', 'crm']);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  const parked = await sim.attributesOf('charlie');
  expect(parked).toMatchObject(before);
  expect(parked.workerSid).toBe(ada.agent.workerSid);

  await sim.customerWrites('charlie', 'Back again');
  await expect(ada.task(CHARLIE)).toBeVisible();
  await ada.accept(CHARLIE);
  await expect.poll(() => sim.attributesOf('charlie')).toEqual(before);
  await expect.poll(async () => (await sim.conversationOf('charlie')).webhooks).toEqual([]);
});

test('a conversation is parked and woken three times', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  for (const round of [1, 2, 3]) {
    await ada.open(CHARLIE);
    await ada.park();
    await expect(ada.task(CHARLIE)).toHaveCount(0);
    await isParked(sim, 'charlie');
    await sim.customerWrites('charlie', `Are you there? ${round}`);
    await expect(ada.task(CHARLIE)).toBeVisible();
    await ada.accept(CHARLIE);
    await ada.open(CHARLIE);
    await expect(ada.messages.last()).toHaveText(`Are you there? ${round}`);
  }
  expect(await sim.tasksOf('charlie')).toHaveLength(4);
});

test('a conversation is parked by keyboard in a narrow window', async ({ desktop, sim }) => {
  const ada = await desktop('ada', { viewport: { width: 900, height: 700 } });
  await ada.task(CHARLIE).press('Enter');
  await expect(ada.parkButton).toBeEnabled();
  // A message that is not on the screen yet counts as unseen, and would wake the conversation.
  await expect(ada.messages.last()).toBeVisible();
  await expect(ada.parkButton).toBeInViewport();
  await ada.parkButton.focus();
  await expect(ada.parkButton).toBeFocused();
  await ada.page.keyboard.press('Enter');
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await isParked(sim, 'charlie');
});
