// The real Flex desktop on the simulator, without parking: the features that the other tests rely on.

import { expect, test } from './support/test.mjs';

test('two agents are logged in as themselves', async ({ desktop }) => {
  for (const [identity, name] of [
    ['ada', 'Ada'],
    ['ben', 'Ben'],
  ]) {
    const { page } = await desktop(identity);
    await expect(page.getByTestId('profile-card-button')).toHaveAccessibleName(new RegExp(`User ${name}`));
  }
});

test('the desktop shows tasks and their conversations', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await expect(ada.tasks).toHaveCount(3);
  for (const customer of ['Charlie Customer', 'Wanda Walker', 'Sam Sender']) {
    await expect(ada.task(customer)).toBeVisible();
  }
  await ada.open('Charlie Customer');
  const { messages } = await sim.conversationOf('charlie');
  await expect(ada.messages).toHaveText(messages.map(({ body }) => body));
});

test('messages of customer and agent appear at once', async ({ desktop, sim, newPage }) => {
  const ada = await desktop('ada');
  await ada.open('Charlie Customer');
  await sim.customerWrites('charlie', 'Is it on its way?');
  await expect(ada.messages.last()).toHaveText('Is it on its way?');

  const customer = await newPage();
  await customer.goto('/customer?id=charlie');
  await ada.write('It arrives tomorrow.');
  await expect(customer.getByRole('log').getByRole('listitem').last()).toContainText('It arrives tomorrow.');
});

test('a customer on the web page is offered to a free agent', async ({ desktop, newPage }) => {
  const ben = await desktop('ben');
  await expect(ben.tasks).toHaveCount(0);
  const customer = await newPage();
  await customer.goto('/customer');
  await customer.getByLabel('Name').fill('Nora New');
  await customer.getByRole('button', { name: 'Begin' }).click();
  // Until then a message is that of the customer who was chosen before.
  await expect(customer.getByText('Nora New, web chat')).toBeVisible();
  await customer.getByLabel('Message', { exact: true }).fill('Hello, is anybody there?');
  await customer.getByRole('button', { name: 'Send', exact: true }).click();

  await expect(ben.task('Nora New')).toBeVisible();
  await ben.accept('Nora New');
  await expect(ben.messages.last()).toHaveText('Hello, is anybody there?');
  await expect(customer.getByRole('status')).toHaveText(/^With Ben/);
});

test('a reload shows the same task', async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.open('Charlie Customer');
  await expect(ada.page).toHaveURL(/agent-desktop/);
  await ada.page.reload();
  await ada.isUp();
  await expect(ada.messages.first()).toBeVisible();
  await expect(ada.parkButton).toBeEnabled();
});

test('the desktop shows capacity and activity of the worker', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await expect.poll(() => ada.capacity()).toBeLessThan(100);
  await expect(ada.activity).toHaveAccessibleName(/Currently Available/);
  await ada.goTo('Break');
  const { activities } = await sim.facts();
  await expect.poll(async () => (await sim.worker('ada')).activity_sid).toBe(activities.Break);
});

test('a chat is ended and its task completed', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open('Sam Sender');
  await ada.endButton.click();
  await expect(ada.task('Sam Sender')).toHaveAttribute('aria-label', /wrap/i);
  expect((await sim.conversationOf('sam')).state).toBe('closed');
  await ada.page.getByRole('button', { name: /^complete/i }).click();
  await expect(ada.task('Sam Sender')).toHaveCount(0);
});
