// Actions of a test in a supervisor's view of parked conversations, on many rows at once.

import { expect } from '@playwright/test';

import { known } from '../../support/known.mjs';
import { sideLink } from './desktop.mjs';

/** @typedef {import('./desktop.mjs').Desktop} Desktop */
/** @typedef {import('./test.mjs').Sim} Sim */

const PARK = '/features/park-interaction/flex/park-interaction';

/**
 * Parks Ada's conversations, as her desktop would.
 *
 * @param {Sim} sim
 * @param {Pick<import('../../../scripts/lib/stack.mjs').Stack, 'simulatorUrl'>} stack
 */
export async function parkAll(sim, { simulatorUrl }) {
  const { agents, customers, functionsDomain } = await sim.facts();
  const { token } = known(agents.find(({ identity }) => identity === 'ada'));
  for (const { id, conversationSid, interactionSid, channelSid } of customers) {
    const tasks = await sim.tasksOf(id);
    const { messages } = await sim.conversationOf(id);
    const response = await fetch(`${simulatorUrl}/__host/${functionsDomain}${PARK}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        Token: token,
        conversationSid,
        interactionSid,
        channelSid,
        taskSid: known(tasks.at(-1)).sid,
        lastMessageIndex: messages.at(-1).index,
        showList: true,
      }),
    });
    const reply = await response.json();
    expect(reply, JSON.stringify(reply)).toMatchObject({ outcome: 'parked' });
  }
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
    this.confirmQueue = this.dialog.getByRole('button', { name: 'Give to the queue', exact: true });
  }

  async open() {
    await sideLink(this.page, { name: /\d/ }).click();
    await this.page.getByRole('radio', { name: 'All' }).check({ force: true });
    return this;
  }

  /**
   * Shows the rows of one agent only.
   *
   * @param {string} name
   */
  async filter(name) {
    const choice = this.page.getByRole('combobox', { name: 'Agent' });
    const option = choice.getByRole('option', { name: new RegExp(`^${name}`) });
    await choice.selectOption(known(await option.getAttribute('value')));
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
   * Gives the selected conversations to the queue, up to the question.
   *
   * @param {number} count
   */
  async giveToQueue(count) {
    await this.button('Give to the queue').click();
    await expect(this.dialog.getByRole('heading')).toHaveText(`Give ${count} conversations to the queue?`);
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
