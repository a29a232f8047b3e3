// Runs the owner's commands one after the other, in several orders, while agents park and customers write. No customer may be lost, be
// routed twice, or wait unheard; and a removal leaves nothing behind.

import { afterTheSettle } from '../faults/invariants.mjs';
import { cloneOf } from '../deploy/clone.mjs';
import { openAccount } from '../deploy/support.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { quiet } from '../support/quiet.mjs';
import { until } from '../support/until.mjs';
import { Centre } from './centre.mjs';

const ENVIRONMENT = 'dev';
const DOMAIN = `park-interaction-1234-${ENVIRONMENT}.twil.io`;
const OLD_VERSION = '0.0.9';
/** After each command, so many customers are parked and woken before the next one. */
const PARKS_BETWEEN = 5;
const WITHIN_MS = 120_000;
/** The longest pause of a Function: after it without a request nothing is under way. */
const QUIET_MS = 3_000;

/**
 * @typedef {import('./orders.mjs').Deed} Deed
 * @typedef {{ kind: string, reason: string, id: string }} Wrong
 */

/**
 * Runs orders, one after the other. Returns the tally, and all that was wrong.
 *
 * @param {Record<string, Deed[]>} orders
 * @param {{ conversations: number, rate: number, log?: (line: string) => void }} options
 * @returns {Promise<{ passed: number, failed: number, wrong: Wrong[] }>}
 */
export async function checkUpgrade(orders, { conversations, rate, log = console.log }) {
  const account = await openAccount();
  const old = cloneOf(OLD_VERSION);
  let functions;
  try {
    functions = await account.runsAlso(old);
    const homes = { old: old.home, new: root };
    /** @type {Wrong[]} */
    const wrong = [];
    for (const [name, deeds] of Object.entries(orders)) {
      const found = await runOrder(account, deeds, {
        conversations,
        rate,
        homes,
        log: (line) => log(`${name}: ${line}`),
      });
      for (const { id, kind, reason } of found) log(`${name}: WRONG: ${id} ${kind}: ${reason}`);
      wrong.push(...found);
    }
    const count = (kind) => wrong.filter((one) => one.kind === kind).length;
    const all = Object.keys(orders).length * conversations;
    log(
      `upgrade: ${Object.keys(orders).length} orders, ${all} customers, ` +
        `${count('lost')} lost, ${count('double')} double, ${count('unheard')} unheard, ${count('untidy')} untidy`,
    );
    return { passed: all - wrong.length, failed: wrong.length, wrong };
  } finally {
    await functions?.stop();
    await account.stop();
    old.remove();
  }
}

async function runOrder(account, deeds, { conversations, rate, homes, log }) {
  await account.begin();
  const centre = await Centre.open(account, { conversations, domain: DOMAIN });
  await account.workspace().update({ eventCallbackUrl: '', eventsFilter: '' });
  const working = centre.work(rate);
  try {
    for (const { command, clone, args = [], code: expected = 0 } of deeds) {
      const began = performance.now();
      // Desktops lose the plugin when their agents reload them, some before the removal has ended.
      centre.hasPlugin = command !== 'undeploy';
      const { code, output } = await Promise.race([
        account.run(command, ['--environment', ENVIRONMENT, ...args], { home: homes[clone], waits: true }),
        working.then(() => Promise.reject(new Error('the contact centre has stopped'))),
      ]);
      if (code !== expected) throw new Error(`${command} ended with ${code}, expected ${expected}:\n${output}`);
      const { parks, accepted } = centre.counts;
      log(`${command} of the ${clone} clone in ${seconds(began)} s; so far ${parks} parked, ${accepted} back`);
      // Without the Function that parks, nobody can.
      if (command === 'undeploy') continue;
      const isBusy = () =>
        centre.counts.parks >= parks + PARKS_BETWEEN && centre.counts.accepted >= accepted + PARKS_BETWEEN;
      await Promise.race([until('parks and wakes', isBusy, { within: WITHIN_MS, every: 100 }), working]);
    }
    await Promise.race([
      until('another message of everybody', centre.everybodyWrites(), { within: WITHIN_MS }),
      working,
    ]);
  } finally {
    centre.stop();
    await working;
  }
  await quiet(account, { forMs: QUIET_MS, within: WITHIN_MS });
  await centre.look();
  const { messages, parks, refusedParks, accepted } = centre.counts;
  log(`${messages} messages, ${parks} parks, ${refusedParks} refused, ${accepted} accepted`);
  return centre.members.map(wrongAtTheEnd).filter((one) => one !== undefined);
}

/** Returns what was wrong with a member: on the way, or after the removal, when an agent is there and nothing is left. */
function wrongAtTheEnd({ id, wrong, before, state }) {
  if (wrong) return { id, ...wrong };
  if (state.agents.length === 0 && state.openTasks.length === 0)
    return { id, kind: 'lost', reason: 'the customer is alone' };
  const reason = afterTheSettle({ before }, state);
  return reason ? { id, kind: 'untidy', reason } : undefined;
}

const seconds = (began) => ((performance.now() - began) / 1_000).toFixed(1);
