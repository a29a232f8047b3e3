// The Functions against the sequence of the existing implementation, in the same twilio-run, with 100 ms for each call.

import { Operations, summary, withDesk } from './operations.mjs';

const LATENCY_MS = 100;
const TIMES = 9;
const CUSTOMER = 'charlie';
/** Somebody whose conversation the agent has parked before, as on any day but their first. */
const EARLIER = 'wanda';

/** Yields figures. */
export function measureFunctions({ tell }) {
  return withDesk(async function* (desk) {
    yield* figures(await all(desk, LATENCY_MS, tell));
    yield* withoutLatency(await all(desk, 0, tell));
  });
}

/** Every operation, ours and the baseline's by turns, so that both have the same machine. */
async function all(desk, latency, tell) {
  const operations = new Operations(desk, CUSTOMER);
  const parked = async () => {
    await desk.parked(CUSTOMER);
    return operations;
  };
  const parkedAsBaseline = async () => {
    const park = await operations.parkAsBaseline(true);
    await park(0);
    return operations;
  };
  const each = {
    park: { ours: () => operations.park(false), baseline: () => operations.parkAsBaseline(false) },
    parkList: { ours: () => operations.park(true), baseline: () => operations.parkAsBaseline(true) },
    wake: {
      ours: async () => (await parked()).wake(),
      baseline: async () => (await parkedAsBaseline()).unparkAsBaseline(),
    },
    resume: {
      ours: async () => (await parked()).resume(),
      baseline: async () => (await parkedAsBaseline()).unparkAsBaseline('ada'),
    },
  };
  const seen = {};
  for (const [name, sides] of Object.entries(each)) {
    tell(`${name}, ${TIMES} times, ${latency} ms a call`);
    const runs = { ours: [], baseline: [] };
    // The first of each warms up: modules are loaded, connections opened.
    for (let time = 0; time <= TIMES; time += 1) {
      for (const [side, prepare] of Object.entries(sides)) {
        await desk.begin();
        await desk.parked(EARLIER);
        const run = await prepare();
        const told = await run(latency);
        if (time > 0) runs[side].push(told);
      }
    }
    seen[name] = { ours: summary(runs.ours), baseline: summary(runs.baseline) };
  }
  return seen;
}

function figures({ park, parkList, wake, resume }) {
  const figure = (name, unit, of, what) => ({ name, unit, value: of.ours[what], baseline: of.baseline[what] });
  const most = (side) => Math.max(...[park, parkList, wake, resume].map((of) => of[side].connections));
  return [
    figure('park_list_round_trips', 'round trips', parkList, 'rounds'),
    figure('park_list_ms', 'ms', parkList, 'ms'),
    figure('park_round_trips', 'round trips', park, 'rounds'),
    figure('park_ms', 'ms', park, 'ms'),
    figure('wake_invite_round_trips', 'round trips', wake, 'roundsUntilInvite'),
    figure('wake_round_trips', 'round trips', wake, 'rounds'),
    figure('wake_ms', 'ms', wake, 'ms'),
    figure('resume_round_trips', 'round trips', resume, 'rounds'),
    figure('resume_ms', 'ms', resume, 'ms'),
    { name: 'warm_tls_connections', unit: 'per operation', value: most('ours'), baseline: most('baseline') },
  ];
}

/** What remains of the operations when Twilio answers at once: on the whole, and shared out among their calls. */
function withoutLatency(local) {
  const mean = (side, of) => {
    const all = Object.values(local).map((operation) => operation[side]);
    const sum = (what) => all.reduce((total, one) => total + one[what], 0);
    return sum('ms') / (of === 'call' ? sum('calls') : all.length);
  };
  const figure = (name, of) => ({ name, unit: 'ms', value: mean('ours', of), baseline: mean('baseline', of) });
  return [figure('local_overhead_per_call_ms', 'call'), figure('local_overhead_per_operation_ms', 'operation')];
}
