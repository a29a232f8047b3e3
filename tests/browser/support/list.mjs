// Actions of a test in the list of parked conversations.

import { expect } from '@playwright/test';

import { known } from '../../support/known.mjs';
import { sideLink } from './desktop.mjs';

/** Switches the list on. */
export const listOn = {
  uiAttributes: { custom_data: { features: { park_interaction: { enabled: true, show_list: true } } } },
};

/**
 * Returns the name of an agent's map in Sync.
 *
 * @param {{ workerSid: string }} agent
 */
export const mapOf = (agent) => `ParkedInteractions_${agent.workerSid}`;

/**
 * Makes `count` items of such a map by key, as parking writes them. The first was parked at `newest`, each following one a second
 * earlier.
 *
 * @param {number} count
 * @param {{ newest?: number, first?: number }} [options] `first`: the number of the first one
 */
export function parkedItems(count, { newest = Date.now(), first = 0 } = {}) {
  const channels = ['web', 'whatsapp', 'sms'];
  /**
   * @param {unknown} _
   * @param {number} index
   * @returns {[key: string, data: object]}
   */
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

/** @typedef {import('./test.mjs').Sim} Sim */

/**
 * Returns the name of Ben's map. He has no task, so his desktop loads fast.
 *
 * @param {Sim} sim
 */
export async function mapOfBen(sim) {
  const { agents } = await sim.facts();
  return mapOf(known(agents.find(({ identity }) => identity === 'ben')));
}

/**
 * Puts rows with `data` into Ben's list, one for each: "Customer 0", "Customer 1" and so on. Returns them by key.
 *
 * @param {Sim} sim
 * @param {object[]} data
 * @param {number} [newest] the time at which the first was parked
 */
export async function putRows(sim, data, newest = Date.now() - 2 * 60 * 60_000) {
  const rows = Object.entries(parkedItems(data.length, { newest }));
  const items = Object.fromEntries(rows.map(([key, row], index) => [key, { ...row, ...data[index] }]));
  await sim.putItems(await mapOfBen(sim), items);
  return items;
}

export class List {
  /** @param {{ page: import('@playwright/test').Page }} desktop */
  constructor({ page }) {
    this.page = page;
    this.link = sideLink(page, { name: /\d/ });
    this.view = page.getByRole('region', { name: 'Parked Interactions' });
    this.heading = this.view.getByRole('heading', { level: 1 });
    this.table = this.view.getByRole('table');
    this.rows = this.table.locator('[data-conversation]');
    this.search = this.view.getByRole('searchbox');
    this.channel = this.view.getByRole('combobox');
    this.announcement = page.getByTestId('park-interaction-announcement');
    this.focused = page.locator(':focus');
  }

  async open() {
    await this.link.click();
    await expect(this.heading).toBeVisible();
    return this;
  }

  /**
   * Returns the row with this text.
   *
   * @param {string} customer
   */
  row(customer) {
    return this.rows.filter({ has: this.page.getByText(customer, { exact: true }) });
  }

  /**
   * Returns the Resume button of a customer's row.
   *
   * @param {string} customer
   */
  button(customer) {
    return this.row(customer).locator('.action').getByRole('button').first();
  }

  /**
   * Returns the button beside it, which opens the menu.
   *
   * @param {string} customer
   */
  more(customer) {
    return this.row(customer).getByRole('button', { name: `More for the conversation with ${customer}` });
  }

  /** @param {string} name */
  header(name) {
    return this.table.getByRole('columnheader', { name });
  }

  /**
   * Waits until the link has this count.
   *
   * @param {number} count
   */
  async counts(count) {
    await expect(this.link).toHaveAccessibleName(new RegExp(`, ${count} interactions?$`));
  }
}
