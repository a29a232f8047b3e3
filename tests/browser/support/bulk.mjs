// Actions of a test in a supervisor's view of parked conversations, on many rows at once.

import { expect } from '@playwright/test';

import { known } from '../../support/known.mjs';

/** @typedef {import('./desktop.mjs').Desktop} Desktop */
/** @typedef {import('./test.mjs').Sim} Sim */

/**
 * Parks all conversations of an agent, from their desktop.
 *
 * @param {Desktop} desktop
 */
export async function parkAll({ page, tasks }) {
  await expect(tasks.first()).toBeVisible();
  await page.evaluate(async () => {
    const { Actions, Manager } = /** @type {any} Flex is there */ (globalThis).Twilio.Flex;
    const open = [...Manager.getInstance().store.getState().flex.worker.tasks.values()];
    for (const task of open) await Actions.invokeAction('ParkInteraction', { task });
  });
  await expect(tasks).toHaveCount(0);
}

/** The team's view, with selection and batches. */
export class TeamList {
  /** @param {Desktop} desktop */
  constructor(desktop) {
    const { page } = desktop;
    this.desktop = desktop;
    this.page = page;
    this.rows = page.locator('[data-conversation]');
    this.bar = page.getByTestId('park-interaction-bulk');
    this.progress = page.getByTestId('park-interaction-progress');
    this.announcement = page.getByTestId('park-interaction-announcement');
    this.dialog = page.getByRole('dialog');
  }

  async open() {
    await this.desktop.show('standin');
    return this;
  }

  /** @param {string} customer */
  row(customer) {
    return this.rows.filter({ has: this.page.getByText(customer, { exact: true }) });
  }

  /**
   * Returns the customer's name in their row.
   *
   * @param {string} customer
   */
  name(customer) {
    return this.row(customer).getByText(customer, { exact: true });
  }

  /** @param {string} customer */
  box(customer) {
    return this.row(customer).getByRole('checkbox');
  }

  /**
   * Returns a button of the bar.
   *
   * @param {string} name
   */
  button(name) {
    return this.bar.getByRole('button', { name, exact: true });
  }

  /**
   * Returns the button that hands over all conversations of an agent.
   *
   * @param {string} name
   */
  handOver(name) {
    return this.page.getByRole('button', { name: new RegExp(`^Hand over all \\d+ of ${name}'s…$`) });
  }

  /**
   * Returns an agent in the dialog that chooses one.
   *
   * @param {string} name
   */
  agent(name) {
    return this.dialog.getByRole('button', { name: new RegExp(`^${name}`) });
  }
}

/**
 * Returns the rows of an agent's list in Sync, by customer.
 *
 * @param {Sim} sim
 * @param {string} identity
 * @returns {Promise<Record<string, any>>} any: what the Functions write
 */
export async function listOf(sim, identity) {
  const { agents } = await sim.facts();
  const { workerSid } = known(agents.find((agent) => agent.identity === identity));
  const { maps } = await sim.world();
  const map = maps.find(({ unique_name: name }) => name === `ParkedInteractions_${workerSid}`);
  /** @type {any[]} see above */
  const items = Object.values(map?.items ?? {});
  return Object.fromEntries(items.map(({ data }) => [data.customerName, data]));
}
