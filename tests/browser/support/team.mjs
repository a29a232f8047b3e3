// A supervisor's view of the parked conversations of agents.

import { expect } from '@playwright/test';

import { known } from '../../support/known.mjs';
import { List, listOn, mapOf } from './list.mjs';

/** @typedef {import('./test.mjs').Sim} Sim */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Switches the list on, puts Sue, Ada and Ben into one team, and adds Cleo, who is in another one.
 *
 * @param {Sim} sim
 * @param {object} [flags] more flags
 */
export async function teamOn(sim, flags = {}) {
  await sim.addAgent({ identity: 'cleo', fullName: 'Cleo Colleague' });
  const one = { team_id: 'one', team_name: 'One' };
  await sim.configure({
    ...listOn,
    workerAttributes: { sue: one, ada: one, ben: one, cleo: { team_id: 'two', team_name: 'Two' } },
  });
  await sim.configure({ uiAttributes: { custom_data: { features: { park_interaction: flags } } } });
}

/**
 * Returns a row: `number` makes its customer.
 *
 * @param {number} number
 * @param {object} [data]
 * @returns {[key: string, data: object]}
 */
export const parked = (number, data = {}) => [
  `CH${String(number).padStart(32, '0')}`,
  {
    customerName: `Customer ${number}`,
    customerAddress: `+1555${String(number).padStart(7, '0')}`,
    channelType: 'web',
    queueName: 'Everyone',
    parkedAt: Date.now() - 2 * HOUR - number * MINUTE,
    ...data,
  },
];

/**
 * Puts rows into an agent's list.
 *
 * @param {Sim} sim
 * @param {string} identity
 * @param {[key: string, data: object][]} rows
 */
export async function putInto(sim, identity, rows) {
  await sim.putItems(mapOf(await agentOf(sim, identity)), Object.fromEntries(rows));
}

/**
 * @param {Sim} sim
 * @param {string} identity
 */
export async function agentOf(sim, identity) {
  const { agents } = await sim.facts();
  return known(agents.find((one) => one.identity === identity));
}

/**
 * Puts six rows into the lists of Ada, Ben and Cleo, of which three need attention. In the order of the team: Customer 4, unanswered
 * for long; 2, overdue; 3, 1, 5.
 *
 * @param {Sim} sim
 */
export async function putSix(sim) {
  const now = Date.now();
  await putInto(sim, 'ada', [
    parked(1, { reason: 'Waiting for a number', note: 'Sends it tonight', channelType: 'whatsapp' }),
    parked(2, { dueAt: now - 10 * MINUTE, queueName: 'Support' }),
    parked(3, { dueAt: now + HOUR, parkedAt: now - 30 * HOUR, reason: 'Waiting for parts' }),
  ]);
  await putInto(sim, 'ben', [
    parked(4, { unheardSince: now - 20 * MINUTE, lastLine: 'Is anybody there?', lastLineBy: 'customer', unread: 2 }),
    parked(5, { parkedAt: now - 5 * MINUTE, customerWroteAt: now - 23 * HOUR, channelType: 'whatsapp' }),
  ]);
  await putInto(sim, 'cleo', [parked(6, { queueName: 'Sales' })]);
}

export class TeamList extends List {
  /** @param {{ page: import('@playwright/test').Page }} desktop */
  constructor(desktop) {
    super(desktop);
    this.scopes = this.view.getByRole('radiogroup', { name: 'Whose conversations' });
    this.filters = this.view.getByRole('group', { name: 'Filters' });
  }

  /** @param {string} name */
  scope(name) {
    return this.scopes.getByRole('radio', { name, exact: true });
  }

  /** @param {string} name */
  filter(name) {
    return this.filters.getByRole('combobox', { name, exact: true });
  }

  /** @param {RegExp} name */
  toggle(name) {
    return this.filters.getByRole('button', { name });
  }

  /**
   * Expects these rows, in this order.
   *
   * @param {number[]} customers
   */
  async shows(...customers) {
    await expect(this.rows.locator('.customer > :first-child')).toHaveText(
      customers.map((number) => `Customer ${number}`),
    );
  }
}
