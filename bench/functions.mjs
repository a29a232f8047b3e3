// The Functions against the sequence of the existing implementation, in the same twilio-run, with 100 ms for each call.

import { Operations, summary, withDesk } from './operations.mjs';

const SIDES = /** @type {const} */ (['ours', 'baseline']);
const LATENCY_MS = 100;
const TIMES = 9;
const CUSTOMER = 'charlie';
/** A customer whose conversation the agent has parked before, as on any day but their first. */
const EARLIER = 'wanda';

/**
 * @typedef {import('../tests/functions/support.mjs').Desk} Desk
 * @typedef {import('./operations.mjs').Summary} Summary
 * @typedef {{ ours: Summary, baseline: Summary }} Sides
 * @typedef {Record<'park' | 'parkList' | 'wake' | 'resume', Sides>} Seen by operation
 */

/**
 * Yields figures.
 *
 * @param {Pick<import('./report.mjs').Tools, 'tell'>} tools
 */
export function measureFunctions({ tell }) {
  return withDesk(async function* (desk) {
    yield* figures(await all(desk, LATENCY_MS, tell));
    yield* withoutLatency(await all(desk, 0, tell));
  });
}

/**
 * Measures every operation, ours and the baseline's by turns, so that both have the same machine.
 *
 * @param {Desk} desk
 * @param {number} latency
 * @param {(what: string) => void} tell
 * @returns {Promise<Seen>}
 */
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
  /** @param {keyof each} name */
  const measured = async (name) => {
    tell(`${name}, ${TIMES} times, ${latency} ms a call`);
    /** @type {Record<'ours' | 'baseline', import('./operations.mjs').Measured[]>} */
    const runs = { ours: [], baseline: [] };
    // The first of each warms up: modules are loaded, connections opened.
    for (let time = 0; time <= TIMES; time += 1) {
      for (const side of SIDES) {
        await desk.begin();
        await desk.parked(EARLIER);
        const run = await each[name][side]();
        const one = await run(latency);
        if (time > 0) runs[side].push(one);
      }
    }
    return { ours: summary(runs.ours), baseline: summary(runs.baseline) };
  };
  return {
    park: await measured('park'),
    parkList: await measured('parkList'),
    wake: await measured('wake'),
    resume: await measured('resume'),
  };
}

/**
 * @param {Seen} seen
 * @returns {import('./report.mjs').Figure[]}
 */
function figures({ park, parkList, wake, resume }) {
  /**
   * @param {string} name
   * @param {string} unit
   * @param {Sides} of
   * @param {keyof Summary} what
   */
  const figure = (name, unit, of, what) => ({ name, unit, value: of.ours[what], baseline: of.baseline[what] });
  /** @param {keyof Sides} side */
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

/**
 * The time of the operations when Twilio responds at once: per operation, and per call.
 *
 * @param {Seen} local
 */
function withoutLatency(local) {
  /**
   * @param {keyof Sides} side
   * @param {'call' | 'operation'} of
   */
  const mean = (side, of) => {
    const all = Object.values(local).map((operation) => operation[side]);
    /** @param {'ms' | 'calls'} what */
    const sum = (what) => all.reduce((total, one) => total + one[what], 0);
    return sum('ms') / (of === 'call' ? sum('calls') : all.length);
  };
  /**
   * @param {string} name
   * @param {'call' | 'operation'} of
   */
  const figure = (name, of) => ({ name, unit: 'ms', value: mean('ours', of), baseline: mean('baseline', of) });
  return [figure('local_overhead_per_call_ms', 'call'), figure('local_overhead_per_operation_ms', 'operation')];
}
