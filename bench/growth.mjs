// What the operations and the list cost as ever more is parked.

import { mapOf, parkedItems } from '../tests/browser/support/list.mjs';
import { withDesktops } from './desktops.mjs';
import { Operations, summary, withDesk } from './operations.mjs';
import { median, repeated } from './rounds.mjs';

const LATENCY_MS = 100;
const TIMES = 3;
const LIST_TIMES = 2;
/** How often one conversation is parked after all. */
const AGAIN = 10;

/** How many conversations the agent has parked, and how many others have. */
const SIZES = [
  { own: 10, others: 0 },
  { own: 1_000, others: 0 },
  { own: 5_000, others: 0 },
  { own: 5_000, others: 95_000 },
];
/** As many as others have in one list. */
const EACH = 5_000;
/** Where the made-up conversations' numbers begin: far from those of the conversations that there are. */
const FIRST = 1_000_000_000;

/** Yields figures. */
export async function* measureGrowth({ browser, tell }) {
  yield* withDesk(async function* (desk) {
    yield* operations(desk, tell);
    tell(`one conversation, parked ${AGAIN} times`);
    yield* again(desk);
  });
  yield* withDesktops(browser, (desktops) => lists(desktops, tell));
}

async function* operations(desk, tell) {
  for (const { own, others } of SIZES) {
    tell(`operations with ${own} rows of the agent's and ${others} of others`);
    const runs = { park_list: [], wake: [], resume: [] };
    // The first warms up.
    for (let time = 0; time <= TIMES; time += 1) {
      await desk.begin();
      await fill((map, items) => desk.control('POST', `maps/${map}/items`, items), desk.agent('ada'), own, others);
      const told = await parkWakeResume(desk);
      if (time > 0) for (const [name, all] of Object.entries(runs)) all.push(told[name]);
    }
    for (const [name, all] of Object.entries(runs)) {
      const { calls, ms } = summary(all);
      const of = `${name}_of_${own + others}`;
      yield { name: `${of}_calls`, unit: 'calls', value: calls };
      yield { name: `${of}_ms`, unit: 'ms', value: ms };
    }
  }
}

/** Each operation once, on conversations that nobody has parked before. */
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

/** What the second and the last park of the same conversation cost; the first makes the agent's map. */
async function* again(desk) {
  await desk.begin();
  const operations = new Operations(desk, 'charlie');
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

async function* lists(desktops, tell) {
  for (const { own, others } of SIZES) {
    tell(`the list with ${own} rows of the agent's and ${others} of others`);
    await desktops.begin({ enabled: true, show_list: true });
    await fill(desktops.sim.putItems, desktops.agent, own, others);
    const opened = await repeated(LIST_TIMES, () => desktops.with((desktop) => desktop.openFullList(own)));
    const of = (what) => median(opened.map((one) => one[what]));
    yield { name: `list_of_${own + others}_ms`, unit: 'ms', value: of('ms') };
    yield { name: `list_of_${own + others}_dom_nodes`, unit: 'nodes', value: of('nodes') };
  }
}

/** Puts rows into the agent's list, and into those of others. */
async function fill(put, agent, own, others) {
  const lists = [{ ...agent, count: own }];
  for (let done = 0; done < others; done += EACH) lists.push({ workerSid: `WK-other-${done}`, count: EACH });
  let first = FIRST;
  for (const { workerSid, count } of lists) {
    await put(mapOf({ workerSid }), parkedItems(count, { first }));
    first += count;
  }
}
