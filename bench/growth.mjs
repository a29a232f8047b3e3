// The cost of the operations and of the list as more conversations are parked.

import { mapOf, parkedItems } from '../tests/browser/support/list.mjs';
import { withDesktops } from './desktops.mjs';
import { Operations, summary, withDesk } from './operations.mjs';
import { median, repeated } from './rounds.mjs';

const LATENCY_MS = 100;
const TIMES = 3;
const LIST_TIMES = 2;
const OPERATIONS = /** @type {const} */ (['park_list', 'wake', 'resume']);
/** The number of times that one conversation is parked. */
const AGAIN = 10;

/** The conversations that the agent has parked, and those of other agents. */
const SIZES = [
  { own: 10, others: 0 },
  { own: 1_000, others: 0 },
  { own: 5_000, others: 0 },
  { own: 5_000, others: 95_000 },
];
/** The number of rows in the list of another agent. */
const EACH = 5_000;
/** The first number of made-up conversations: far from those of the real ones. */
const FIRST = 1_000_000_000;

/**
 * @typedef {import('../tests/functions/support.mjs').Desk} Desk
 * @typedef {import('./report.mjs').Figure} Figure
 */

/**
 * Yields figures.
 *
 * @param {import('./report.mjs').Tools} tools
 * @returns {AsyncGenerator<Figure>}
 */
export async function* measureGrowth({ browser, tell }) {
  yield* withDesk(async function* (desk) {
    yield* operations(desk, tell);
    tell(`one conversation, parked ${AGAIN} times`);
    yield* again(desk);
  });
  yield* withDesktops(browser, (desktops) => lists(desktops, tell));
}

/**
 * @param {Desk} desk
 * @param {(what: string) => void} tell
 * @returns {AsyncGenerator<Figure>}
 */
async function* operations(desk, tell) {
  for (const { own, others } of SIZES) {
    tell(`operations with ${own} rows of the agent's and ${others} of others`);
    /** @type {Awaited<ReturnType<typeof parkWakeResume>>[]} */
    const runs = [];
    // The first warms up.
    for (let time = 0; time <= TIMES; time += 1) {
      await desk.begin();
      await fill((map, items) => desk.control('POST', `maps/${map}/items`, items), desk.agent('ada'), own, others);
      const run = await parkWakeResume(desk);
      if (time > 0) runs.push(run);
    }
    for (const name of OPERATIONS) {
      const { calls, ms } = summary(runs.map((run) => run[name]));
      const of = `${name}_of_${own + others}`;
      yield { name: `${of}_calls`, unit: 'calls', value: calls };
      yield { name: `${of}_ms`, unit: 'ms', value: ms };
    }
  }
}

/**
 * Does each operation once, on conversations that nobody has parked before.
 *
 * @param {Desk} desk
 */
async function parkWakeResume(desk) {
  const operations = new Operations(desk, 'charlie');
  const park = await operations.park(true);
  const parked = await park(LATENCY_MS);
  const wake = await operations.wake();
  const woken = await wake(LATENCY_MS);
  await desk.parked('wanda');
  const resume = await new Operations(desk, 'wanda').resume();
  return { park_list: parked, wake: woken, resume: await resume(LATENCY_MS) };
}

/**
 * The cost of the second and the last park of the same conversation; the first makes the agent's map.
 *
 * @param {Desk} desk
 * @returns {AsyncGenerator<Figure>}
 */
async function* again(desk) {
  await desk.begin();
  const operations = new Operations(desk, 'charlie');
  /** @type {import('./operations.mjs').Measured[]} */
  const parks = [];
  for (let time = 0; time < AGAIN; time += 1) {
    const park = await operations.park(true);
    parks.push(await park(LATENCY_MS));
    const resume = await operations.resume();
    await resume(0);
    await desk.answerOffer('charlie', 'accepted');
    await desk.settle('charlie', 'ada');
    await operations.passLater();
  }
  for (const time of [2, AGAIN]) {
    const { calls, ms } = parks[time - 1];
    yield { name: `park_list_time_${time}_calls`, unit: 'calls', value: calls };
    yield { name: `park_list_time_${time}_ms`, unit: 'ms', value: ms };
  }
}

/**
 * @param {import('./desktops.mjs').Desktops} desktops
 * @param {(what: string) => void} tell
 * @returns {AsyncGenerator<Figure>}
 */
async function* lists(desktops, tell) {
  for (const { own, others } of SIZES) {
    tell(`the list with ${own} rows of the agent's and ${others} of others`);
    await desktops.begin({ enabled: true, show_list: true });
    await fill(desktops.sim.putItems, desktops.agent, own, others);
    const opened = await repeated(LIST_TIMES, () => desktops.with((desktop) => desktop.openFullList(own)));
    /** @param {'ms' | 'nodes'} what */
    const of = (what) => median(opened.map((one) => one[what]));
    yield { name: `list_of_${own + others}_ms`, unit: 'ms', value: of('ms') };
    yield { name: `list_of_${own + others}_dom_nodes`, unit: 'nodes', value: of('nodes') };
  }
}

/**
 * Puts rows into the agent's list, and into those of others.
 *
 * @param {(map: string, items: object) => Promise<unknown>} put
 * @param {{ workerSid: string }} agent
 * @param {number} own
 * @param {number} others
 */
async function fill(put, agent, own, others) {
  const lists = [{ workerSid: agent.workerSid, count: own }];
  for (let done = 0; done < others; done += EACH) lists.push({ workerSid: `WK-other-${done}`, count: EACH });
  let first = FIRST;
  for (const { workerSid, count } of lists) {
    await put(mapOf({ workerSid }), parkedItems(count, { first }));
    first += count;
  }
}
