// What the operations and the list cost as ever more is parked.

import { mapOf, parkedItems } from '../tests/browser/support/list.mjs';
import { withDesktops } from './desktops.mjs';
import { CUSTOMER, Operations, summary, withDesk } from './operations.mjs';
import { median } from './rounds.mjs';

const LATENCY_MS = 100;
const TIMES = 3;
const LIST_TIMES = 2;

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
  yield* withDesk((desk) => operations(desk, tell));
  yield* withDesktops(browser, (desktops) => lists(desktops, tell));
}

async function* operations(desk, tell) {
  for (const { own, others } of SIZES) {
    tell(`operations with ${own} rows of the agent's and ${others} of others`);
    await desk.begin();
    await fill((map, items) => desk.control('POST', `maps/${map}/items`, items), desk.agent('ada'), own, others);
    for (const [name, { calls, ms }] of Object.entries(await cycles(desk))) {
      const of = `${name}_of_${own + others}`;
      yield { name: `${of}_calls`, unit: 'calls', value: calls };
      yield { name: `${of}_ms`, unit: 'ms', value: ms };
    }
  }
}

/** Parks a conversation and wakes it, parks it again and resumes it, some times over. */
async function cycles(desk) {
  const operations = new Operations(desk);
  const runs = { park_list: [], wake: [], resume: [] };
  const again = async () => {
    await desk.answerOffer(CUSTOMER, 'accepted');
    await desk.settle(CUSTOMER, 'ada');
    await operations.passLater();
  };
  // The first warms up.
  for (let time = 0; time <= TIMES; time += 1) {
    const park = await operations.park(true);
    const parked = await park(LATENCY_MS);
    const wake = await operations.wake();
    const woken = await wake(LATENCY_MS);
    await again();
    await desk.parked(CUSTOMER);
    const resume = await operations.resume();
    const resumed = await resume(LATENCY_MS);
    await again();
    if (time === 0) continue;
    runs.park_list.push(parked);
    runs.wake.push(woken);
    runs.resume.push(resumed);
  }
  return Object.fromEntries(Object.entries(runs).map(([name, told]) => [name, summary(told)]));
}

async function* lists(desktops, tell) {
  for (const { own, others } of SIZES) {
    tell(`the list with ${own} rows of the agent's and ${others} of others`);
    await desktops.begin({ enabled: true, show_list: true });
    await fill(desktops.sim.putItems, desktops.agent, own, others);
    const opened = [];
    for (let time = 0; time < LIST_TIMES; time += 1) {
      opened.push(await desktops.with((desktop) => desktop.openFullList(own)));
    }
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
