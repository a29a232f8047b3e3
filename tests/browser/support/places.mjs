// Flex's own views for supervisors: what a test puts there and finds there.

import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';

import { mapOf, parkedItems } from './list.mjs';
import { rest } from './rest.mjs';
import { agentOf } from './team.mjs';

export const HOUR = 60 * 60_000;

/** The colour of texts in Flex's light theme. */
const LIGHT_TEXT = 'rgb(18, 28, 45)';

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

/**
 * Removes a row from an agent's list.
 *
 * @param {import('../../../scripts/lib/stack.mjs').Stack} stack
 * @param {{ workerSid: string }} agent
 * @param {string} key
 */
export function removeRow(stack, agent, key) {
  const service = `https://sync.twilio.com/v1/Services/${stack.facts.syncServiceSid}`;
  return rest(stack, 'DELETE', `${service}/Maps/${mapOf(agent)}/Items/${key}`);
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
    this.close = page.locator('[data-testid="close-button"]:visible');
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
    await expect(this.close, 'where Flex puts the focus').toBeFocused();
  }

  /** Closes the panel beside the view that is shown. */
  async closePanel() {
    await this.close.click();
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
