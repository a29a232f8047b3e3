// The list of parked conversations, as a test sees and uses it.

import { expect } from '@playwright/test';

import { sideLink } from './desktop.mjs';

/** Switches the list on. */
export const listOn = {
  uiAttributes: { custom_data: { features: { park_interaction: { enabled: true, show_list: true } } } },
};

/** The name of an agent's map in Sync. */
export const mapOf = (agent) => `ParkedInteractions_${agent.workerSid}`;

/**
 * Items of such a map by key, as parking writes them: `count` customers, of whom the first was parked at `newest`, and
 * each other a second before the one before.
 */
export function parkedItems(count, { newest = Date.now(), first = 0 } = {}) {
  const channels = ['web', 'whatsapp', 'sms'];
  const item = (_, index) => {
    const number = first + index;
    return [
      `CH${String(number).padStart(32, '0')}`,
      {
        customerName: `Customer ${number}`,
        customerAddress: `+1555${String(number).padStart(7, '0')}`,
        channelType: channels[number % channels.length],
        parkedAt: newest - index * 1_000,
      },
    ];
  };
  return Object.fromEntries(Array.from({ length: count }, item));
}

export class List {
  constructor({ page }) {
    this.page = page;
    this.link = sideLink(page, { name: /\d/ });
    this.view = page.getByRole('region', { name: 'Parked Interactions' });
    this.heading = this.view.getByRole('heading', { level: 1 });
    this.table = this.view.getByRole('table');
    this.rows = this.table.locator('[data-conversation]');
    this.search = this.view.getByRole('searchbox');
    this.channel = this.view.getByRole('combobox');
    this.announcement = this.view.getByRole('status');
    this.focused = page.locator(':focus');
  }

  async open() {
    await this.link.click();
    await expect(this.heading).toBeVisible();
    return this;
  }

  /** The row in which somebody, or something, stands. */
  row(customer) {
    return this.rows.filter({ has: this.page.getByText(customer, { exact: true }) });
  }

  /** The button of a customer's row. */
  button(customer) {
    return this.row(customer).getByRole('button');
  }

  header(name) {
    return this.table.getByRole('columnheader', { name });
  }

  /** How many conversations the link tells of. */
  async counts(count) {
    await expect(this.link).toHaveAccessibleName(new RegExp(`, ${count} conversations?$`));
  }
}
