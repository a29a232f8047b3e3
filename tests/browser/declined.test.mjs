// An agent who is asked for a parked conversation, and is gone.

import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
/** How long an invite for one agent lasts. */
const INVITE_LASTS_MS = 60_000;

test('a conversation is parked again when the agent who resumed it closes the browser before it comes', async ({
  desktop,
  sim,
}) => {
  // Or else the page would accept for her.
  await sim.configure({ uiAttributes: { custom_data: { features: { park_interaction: { auto_accept: false } } } } });
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  const parked = await sim.attributesOf('charlie');

  await ada.page.evaluate((payload) => globalThis.Twilio.Flex.Actions.invokeAction('UnparkInteraction', payload), {
    ConversationSid: parked.mapItemKey,
    WebhookSid: parked.webhookSid,
  });
  await expect(ada.task(CHARLIE)).toBeVisible();
  await ada.page.close();
  await sim.pass(INVITE_LASTS_MS);

  await expect
    .poll(async () => (await sim.tasksOf('charlie')).map((task) => task.assignment_status))
    .toEqual(['completed', 'canceled']);
  await expect.poll(() => sim.rowsOf('charlie')).toHaveLength(1);
  expect(await sim.attributesOf('charlie')).toEqual(parked);
  expect((await sim.conversationOf('charlie')).webhooks.map(({ sid }) => sid)).toEqual([parked.webhookSid]);

  // She would be asked first.
  await sim.agent('ada', { activity: 'Offline' });
  const ben = await desktop('ben');
  await sim.customerWrites('charlie', 'Is anybody there?');
  await expect(ben.task(CHARLIE)).toBeVisible();
  await ben.accept(CHARLIE);
  await expect(ben.messages.last()).toHaveText('Is anybody there?');
  expect(await sim.tasksOf('charlie')).toHaveLength(3);
  await expect.poll(() => sim.rowsOf('charlie')).toEqual([]);
});
