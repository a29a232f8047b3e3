// An agent's Flex desktop, as a test sees and uses it.

import { expect } from '@playwright/test';

export class Desktop {
  constructor(page, agent) {
    this.page = page;
    this.agent = agent;
    this.tasks = page.getByTestId('task-item');
    this.header = page.locator('.Twilio-TaskCanvasHeader');
    this.messages = page.getByTestId('message-body');
    this.notifications = page.getByTestId('notification-message');
    this.parkButton = page.getByTestId('park-interaction-button');
    this.endButton = page.getByTestId('end-task-button');
    this.activity = page.getByTestId('activity-dropdown-button');
  }

  /** Waits until Flex shows its desktop. */
  async isUp() {
    await expect(this.activity).toBeVisible({ timeout: 60_000 });
    return this;
  }

  task(customer) {
    return this.tasks.filter({ hasText: customer });
  }

  /** Opens a task, and waits for its conversation. */
  async open(customer) {
    await this.task(customer).click();
    await expect(this.messages.first()).toBeVisible();
  }

  /** Accepts an offered task from the list. */
  async accept(customer) {
    await this.task(customer)
      .getByRole('button', { name: /accept/i })
      .click();
    await expect(this.task(customer)).toHaveAttribute('aria-label', /status accepted/);
  }

  async write(text) {
    await this.page.getByTestId('message-input').fill(text);
    await this.page.getByTestId('send-message').click();
  }

  async goTo(activity) {
    await this.activity.click();
    await this.page.getByTestId('activity-menu').getByRole('menuitem', { name: activity, exact: true }).click();
    await expect(this.activity).toHaveAccessibleName(new RegExp(`Currently ${activity}`));
  }

  /** How much of the worker's capacity for a kind of work is free, in percent, as Flex's own client knows it. */
  capacity(channel = 'chat') {
    return this.page.evaluate((name) => {
      const { channels } = globalThis.Twilio.Flex.Manager.getInstance().workerClient;
      return [...channels.values()].find((one) => one.taskChannelUniqueName === name).availableCapacityPercentage;
    }, channel);
  }

  /** Chooses from Flex's own menu of the task: `leave` or `pause`. */
  async chooseAction(name) {
    await this.page.getByTestId('task-actions-menu-toggle').click();
    await this.page.getByTestId(`task-actions-menu-${name}`).click();
  }

  /** Goes back from a view to the tasks. */
  showTasks() {
    return this.show('agent-desktop');
  }

  /** Goes to the view in which supervisors see their agents. */
  showTeams() {
    return this.show('teams');
  }

  show(viewName) {
    return this.page.evaluate((to) => globalThis.Twilio.Flex.Actions.invokeAction('NavigateToView', to), { viewName });
  }

  /** Adds to a conversation's attributes, as another plugin on the page may. */
  addToAttributes(conversationSid, more) {
    return this.page.evaluate(
      async ([sid, added]) => {
        const { conversationsClient } = globalThis.Twilio.Flex.Manager.getInstance();
        const conversation = await conversationsClient.getConversationBySid(sid);
        await conversation.updateAttributes({ ...conversation.attributes, ...added });
      },
      [conversationSid, more],
    );
  }

  async park() {
    await expect(this.parkButton).toBeEnabled();
    await this.parkButton.click();
  }
}

/** A link of Flex's side navigation. Flex UI before 2.10 makes buttons of them. */
export function sideLink(page, options) {
  const side = page.locator('.Twilio-SideNav');
  return side.getByRole('link', options).or(side.getByRole('button', options));
}
