// The real Flex desktop on the simulator, without parking anything: what the other tests rest on.

import { expect, test } from './support/test.mjs';

test('Flex starts for Ada and for Ben, each as themself', async ({ desktop }) => {
  for (const [identity, name] of [
    ['ada', 'Ada'],
    ['ben', 'Ben'],
  ]) {
    const { page } = await desktop(identity);
    await expect(page.getByTestId('profile-card-button')).toHaveAccessibleName(new RegExp(`User ${name}`));
  }
});

test('the task list shows whom the agent is serving, and a task shows the whole conversation', async ({
  desktop,
  sim,
}) => {
  const ada = await desktop('ada');
  await expect(ada.tasks).toHaveCount(3);
  for (const customer of ['Charlie Customer', 'Wanda Walker', 'Sam Sender']) {
    await expect(ada.task(customer)).toBeVisible();
  }
  await ada.open('Charlie Customer');
  const { messages } = await sim.conversationOf('charlie');
  await expect(ada.messages).toHaveText(messages.map(({ body }) => body));
});

test('what the customer writes appears at once, and what the agent answers reaches the customer', async ({
  desktop,
  sim,
  newPage,
}) => {
  const ada = await desktop('ada');
  await ada.open('Charlie Customer');
  await sim.customerWrites('charlie', 'Is it on its way?');
  await expect(ada.messages.last()).toHaveText('Is it on its way?');

  const customer = await newPage();
  await customer.goto('/customer?id=charlie');
  await ada.write('It arrives tomorrow.');
  await expect(customer.getByRole('log').getByRole('listitem').last()).toContainText('It arrives tomorrow.');
});

test('a customer who writes from their page is offered to the agent who is free, who accepts', async ({
  desktop,
  newPage,
}) => {
  const ben = await desktop('ben');
  await expect(ben.tasks).toHaveCount(0);
  const customer = await newPage();
  await customer.goto('/customer');
  await customer.getByLabel('Name').fill('Nora New');
  await customer.getByRole('button', { name: 'Begin' }).click();
  await customer.getByLabel('Message', { exact: true }).fill('Hello, is anybody there?');
  await customer.getByRole('button', { name: 'Send', exact: true }).click();

  await expect(ben.task('Nora New')).toBeVisible();
  await ben.accept('Nora New');
  await expect(ben.messages.last()).toHaveText('Hello, is anybody there?');
  await expect(customer.getByRole('status')).toHaveText(/^With Ben/);
});

test('loading the page again at the address of a task shows that task again', async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.open('Charlie Customer');
  await expect(ada.page).toHaveURL(/agent-desktop/);
  await ada.page.reload();
  await ada.isUp();
  await expect(ada.messages.first()).toBeVisible();
  await expect(ada.parkButton).toBeEnabled();
});

test('capacity and activity on the screen are those of the worker', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await expect.poll(() => ada.capacity()).toBeLessThan(100);
  await expect(ada.activity).toHaveAccessibleName(/Currently Available/);
  await ada.goTo('Break');
  const { activities } = await sim.facts();
  await expect.poll(async () => (await sim.worker('ada')).activity_sid).toBe(activities.Break);
});

test('ending a chat closes the conversation, and completing it takes the task away', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open('Sam Sender');
  await ada.endButton.click();
  await expect(ada.task('Sam Sender')).toHaveAttribute('aria-label', /wrap/i);
  expect((await sim.conversationOf('sam')).state).toBe('closed');
  await ada.page.getByRole('button', { name: /^complete/i }).click();
  await expect(ada.task('Sam Sender')).toHaveCount(0);
});
