// Flex's own views for supervisors: what a test puts there and finds there.

import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';

import { known } from '../../support/known.mjs';
import { mapOf, parkedItems } from './list.mjs';

export const HOUR = 60 * 60_000;

/** The colour of texts in Flex's light theme. */
const LIGHT_TEXT = 'rgb(18, 28, 45)';

/**
 * Returns an agent by identity.
 *
 * @param {import('./test.mjs').Sim} sim
 * @param {string} identity
 */
export async function agentOf(sim, identity) {
  const { agents } = await sim.facts();
  return known(agents.find((one) => one.identity === identity));
}

/**
 * Puts one row into an agent's list for each of `rows`. They were parked three hours ago and less.
 *
 * @param {import('./test.mjs').Sim} sim
 * @param {string} identity
 * @param {object[]} rows
 * @param {number} [first] the number of the first: "Customer 100"
 */
export async function putRowsOf(sim, identity, rows, first = 0) {
  const items = Object.entries(parkedItems(rows.length, { first, newest: Date.now() - 3 * HOUR - 60_000 }));
  const filled = items.map(([key, item], index) => [key, { ...item, ...rows[index] }]);
  await sim.putItems(mapOf(await agentOf(sim, identity)), Object.fromEntries(filled));
  return filled.map(([key]) => /** @type {string} */ (key));
}

/** What a supervisor sees in Flex's own views. */
export class Places {
  /** @param {import('./desktop.mjs').Desktop} desktop */
  constructor({ page }) {
    this.page = page;
    this.table = page.getByTestId('workers-data-table');
    this.head = this.table.getByRole('columnheader', { name: 'Parked' });
    this.panel = page.getByTestId('park-interaction-worker');
    this.rows = this.panel.getByRole('listitem');
    this.tile = page.getByTestId('park-interaction-tile');
  }

  /**
   * Returns an agent's cell in the column.
   *
   * @param {string} agent
   */
  cell(agent) {
    return this.table.getByRole('row').filter({ hasText: agent }).getByRole('cell').nth(1);
  }

  /** @param {string} agent */
  async openPanel(agent) {
    await this.table.getByRole('button', { name: agent }).first().click();
    await expect(this.panel).toBeVisible();
  }

  /** Closes the panel beside the view that is shown. */
  async closePanel() {
    await this.page.locator('[data-testid="close-button"]:visible').click();
  }

  /**
   * Returns the row of a customer in the panel.
   *
   * @param {string} customer
   */
  row(customer) {
    return this.rows.filter({ has: this.page.getByText(customer, { exact: true }) });
  }

  /**
   * Checks a part of the page with axe, in both themes.
   *
   * @param {string} selector
   */
  async isAccessible(selector) {
    for (const isLight of [false, true]) {
      await this.page.evaluate(
        (theme) =>
          /** @type {any} Flex is there */ (globalThis).Twilio.Flex.Manager.getInstance().updateConfig({ theme }),
        { isLight },
      );
      const part = expect(this.page.locator(selector).first());
      await (isLight ? part : part.not).toHaveCSS('color', LIGHT_TEXT);
      const { violations, passes } = await new AxeBuilder({ page: this.page }).include(selector).analyze();
      expect(violations, isLight ? 'light' : 'dark').toEqual([]);
      expect(passes.map(({ id }) => id)).toContain('color-contrast');
    }
  }
}
