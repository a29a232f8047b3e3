// Actions of a test in an agent's Flex desktop.

import { expect } from '@playwright/test';

/** @typedef {import('@playwright/test').Page} Page */

export class Desktop {
  /**
   * @param {Page} page
   * @param {import('../../../scripts/lib/control.mjs').Agent} agent
   */
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

  /** @param {string} customer */
  task(customer) {
    return this.tasks.filter({ hasText: customer });
  }

  /**
   * Opens a task, and waits for its conversation.
   *
   * @param {string} customer
   */
  async open(customer) {
    await this.task(customer).click();
    await expect(this.messages.first()).toBeVisible();
  }

  /**
   * Accepts an offered task from the list.
   *
   * @param {string} customer
   */
  async accept(customer) {
    await this.task(customer)
      .getByRole('button', { name: /accept/i })
      .click();
    await expect(this.task(customer)).toHaveAttribute('aria-label', /status accepted/);
  }

  /** @param {string} text */
  async write(text) {
    await this.page.getByTestId('message-input').fill(text);
    await this.page.getByTestId('send-message').click();
  }

  /** @param {string} activity */
  async goTo(activity) {
    await this.activity.click();
    await this.page.getByTestId('activity-menu').getByRole('menuitem', { name: activity, exact: true }).click();
    await expect(this.activity).toHaveAccessibleName(new RegExp(`Currently ${activity}`));
  }

  /** Returns the free part of the worker's capacity in a task channel, in percent, as Flex's own client has it. */
  capacity(channel = 'chat') {
    return this.page.evaluate((name) => {
      const { channels } = /** @type {any} Flex is there */ (globalThis).Twilio.Flex.Manager.getInstance().workerClient;
      /** @type {any[]} Flex types its parts itself */
      const all = [...channels.values()];
      return all.find((one) => one.taskChannelUniqueName === name).availableCapacityPercentage;
    }, channel);
  }

  /**
   * Chooses from Flex's own menu of the task.
   *
   * @param {'leave' | 'pause'} name
   */
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

  /** @param {string} viewName */
  show(viewName) {
    return this.page.evaluate(
      (to) => /** @type {any} Flex is there */ (globalThis).Twilio.Flex.Actions.invokeAction('NavigateToView', to),
      { viewName },
    );
  }

  /**
   * Adds attributes to a conversation, as another plugin on the page may.
   *
   * @param {string} conversationSid
   * @param {object} more
   */
  addToAttributes(conversationSid, more) {
    return this.page.evaluate(
      async ({ sid, added }) => {
        const { conversationsClient } = /** @type {any} Flex is there */ (globalThis).Twilio.Flex.Manager.getInstance();
        const conversation = await conversationsClient.getConversationBySid(sid);
        await conversation.updateAttributes({ ...conversation.attributes, ...added });
      },
      { sid: conversationSid, added: more },
    );
  }

  async park() {
    await expect(this.parkButton).toBeEnabled();
    await this.parkButton.click();
  }
}

/**
 * Returns a link of Flex's side navigation. Old versions of Flex UI, such as 2.4.1, have buttons instead.
 *
 * @param {import('@playwright/test').Page} page
 * @param {{ name: string | RegExp, exact?: boolean }} options
 */
export function sideLink(page, options) {
  const side = page.locator('.Twilio-SideNav');
  return side.getByRole('link', options).or(side.getByRole('button', options));
}
