// Features of the real Flex desktop beside parking: Flex's own Leave and Pause, attachments, Teams.

import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';

/** Opens Ada's desktop at Charlie's conversation, with Flex's Leave and Pause switched on. */
async function atCharlie(desktop, sim) {
  await sim.configure({ configuration: { agent_conv_end_methods: { enabled: ['Pause', 'Leave'] } } });
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  return ada;
}

test("after Flex's Leave the next message goes to a free agent", async ({ desktop, sim }) => {
  const ada = await atCharlie(desktop, sim);
  await ada.chooseAction('leave');
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await sim.customerWrites('charlie', 'Are you there?');
  const ben = await desktop('ben');
  await ben.accept(CHARLIE);
  await expect(ben.messages.last()).toHaveText('Are you there?');
});

test("a conversation in Flex's Pause is resumed by its agent", async ({ desktop, sim }) => {
  const ada = await atCharlie(desktop, sim);
  await ada.chooseAction('pause');
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  await ada.page.getByRole('button', { name: 'Resume' }).first().click();
  await expect(ada.task(CHARLIE)).toBeVisible();
});

test('an attached file reaches the conversation', async ({ desktop, sim }) => {
  const ada = await atCharlie(desktop, sim);
  const chosen = ada.page.waitForEvent('filechooser');
  await ada.page.getByRole('button', { name: 'Attach file or image' }).click();
  const file = { name: 'label.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') };
  await (await chosen).setFiles(file);
  await ada.page.getByTestId('send-message').click();
  await expect
    .poll(async () => (await sim.conversationOf('charlie')).messages.at(-1).media?.[0]?.filename)
    .toBe('label.pdf');
  await expect(ada.page.locator('[data-test="MediaMessageBubble-Sent"]')).toContainText('label.pdf');
});

test('a supervisor sees all agents with their tasks', async ({ desktop, sim }) => {
  const sue = await desktop('sue');
  await sue.showTeams();
  const row = (name) => sue.page.getByTestId('workers-data-table').getByRole('row').filter({ hasText: name });
  for (const customer of [CHARLIE, 'Wanda Walker', 'Sam Sender'])
    await expect(row('Ada Agent')).toContainText(customer);
  await expect(row('Ben Agent')).toContainText('Available');
  await sim.agent('ben', { activity: 'Break' });
  await expect(row('Ben Agent')).toContainText('Break');
  const [task] = await sim.tasksOf('charlie');
  await sim.endTask(task.sid, 'completed');
  await expect(row('Ada Agent')).not.toContainText(CHARLIE);
});
