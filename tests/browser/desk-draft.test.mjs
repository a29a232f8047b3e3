// A half-written reply over a park.

import { List, listOn } from './support/list.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const DRAFT = 'Your order 4711 & more will <probably>';

test.beforeEach(({ sim }) => sim.configure(listOn));

const box = (desktop) => desktop.page.getByTestId('message-input');
const kept = (desktop) =>
  desktop.page.evaluate(() =>
    Object.entries(localStorage).filter(([key]) => key.startsWith('park-interaction:drafts')),
  );

test('a reply is back after a park and a resume, and is sent once', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await expect(ada.parkButton).toBeEnabled();
  // Flex takes the text into its state 100 ms later.
  await box(ada).fill(DRAFT);
  await ada.parkButton.click();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  const list = await new List(ada).open();
  await list.button(CHARLIE).click();
  await expect(ada.header).toContainText(CHARLIE);
  await expect(box(ada)).toHaveValue(DRAFT);
  await expect.poll(() => kept(ada)).toEqual([[expect.any(String), '[]']]);
  await ada.page.getByTestId('send-message').click();
  await expect(ada.messages.last()).toHaveText(DRAFT);
  await expect(box(ada)).toHaveValue('');
  const { messages } = await sim.conversationOf('charlie');
  expect(messages.filter(({ body }) => body === DRAFT)).toHaveLength(1);
});

test('a reply outlives a reload, and is only for its agent', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await box(ada).fill(DRAFT);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await expect.poll(() => kept(ada)).toHaveLength(1);
  const [[key]] = await kept(ada);
  expect(key).toBe(`park-interaction:drafts:${ada.agent.workerSid}`);
  await ada.page.reload();
  await ada.isUp();
  await sim.customerWrites('charlie', 'Hello?');
  await ada.accept(CHARLIE);
  await ada.open(CHARLIE);
  await expect(box(ada)).toHaveValue(DRAFT);
});

test('drafts are bounded in number, age and length', async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.page.evaluate((workerSid) => {
    const now = Date.now();
    const fresh = Array.from({ length: 60 }, (_, index) => [`CH${index}`, 'text', now - index]);
    const old = ['CHold', 'old', now - 31 * 86_400_000];
    localStorage.setItem(`park-interaction:drafts:${workerSid}`, JSON.stringify([old, ...fresh]));
  }, ada.agent.workerSid);
  await ada.open(CHARLIE);
  await box(ada).fill('x'.repeat(12_000));
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await expect
    .poll(async () => {
      const [[, drafts]] = await kept(ada);
      const all = JSON.parse(drafts);
      return [all.length, all[0][1].length, all.some(([key]) => key === 'CHold')];
    })
    .toEqual([50, 10_000, false]);
});

test('files that are chosen stop the park until the agent gives them up', async ({ desktop, troubles }) => {
  troubles.expect(/Error in action ParkInteraction/);
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  const conversation = await ada.page.evaluate(() => {
    const { Actions, Manager } = globalThis.Twilio.Flex;
    const [found] = Object.values(Manager.getInstance().store.getState().flex.chat.conversations).filter(
      ({ source }) => source?.attributes?.pre_engagement_data,
    );
    const files = ['a.png', 'b.png'].map((name) => new File(['text'], name, { type: 'image/png' }));
    return Actions.invokeAction('AttachFiles', { conversation: found, conversationSid: found.source.sid, files }).then(
      () => found.source.sid,
    );
  });
  expect(conversation).toMatch(/^CH/);
  await ada.park();
  await expect(ada.notifications).toHaveText(
    `${CHARLIE} was not parked. Files chosen: 2. Send them first; parking removes them.`,
  );
  await expect(ada.task(CHARLIE)).toBeVisible();
  await ada.page.getByText('Park without them').click();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
});
