// Parks many conversations until the same minute under Twilio's rate limits, and measures how late they come back.

import { openDesk } from '../functions/support.mjs';
import { twoTasks } from '../faults/invariants.mjs';
import { Crowd, isAsked, isParked } from './crowd.mjs';
import { atRate } from './pace.mjs';

/** The most that an appointment may be late, for 99 of 100. */
const LATE_MS = 60_000;
/** The longest time until the last conversation is back: several clocks have fired for it. */
const ALL_WITHIN_MS = 300_000;
/** The time between the last park and the first appointment, which is skipped. */
const AHEAD_MS = 180_000;
/** The time before the first appointment at which the clock goes on as usual. */
const LEAD_MS = 3_000;

/**
 * Runs the check. Returns the tally, with the lateness of the 99th percentile in seconds.
 *
 * @param {object} options
 * @param {number} options.appointments
 * @param {number} options.withinMs the period over which the appointments are spread, in milliseconds
 * @param {number} options.rate the number of conversations that are parked in a second
 * @param {object} [options.limits] the simulator's rate limits
 * @param {(line: string) => void} [options.log] gets the lines for people
 */
export async function checkDue({ appointments, withinMs, rate, limits = {}, log = console.log }) {
  const desk = await openDesk();
  try {
    const crowd = await Crowd.gather(desk, appointments);
    await desk.control('POST', 'limits', limits);
    const now = async () => Date.parse((await desk.control('GET', 'clock')).now);
    const first = (await now()) + (appointments / rate) * 1000 + AHEAD_MS;
    crowd.members.forEach((member, number) => {
      member.until = Math.ceil((first + (number * withinMs) / appointments) / 1000);
    });
    log(`${appointments} conversations are parked until times within ${withinMs / 1000} s of each other.`);
    await atRate(crowd.members, rate, (member) => crowd.park(member));
    await crowd.quiet();
    const parked = crowd.members.filter(isParked);
    await desk.control('POST', 'clock', { advanceMs: Math.max(0, first - LEAD_MS - (await now())) });
    await crowd.look();
    const early = parked.filter(isAsked).length;
    await crowd.followed(parked, rate, withinMs + ALL_WITHIN_MS);
    return report({ crowd, parked, early, log });
  } finally {
    await desk.stop();
  }
}

function report({ crowd, parked, early, log }) {
  const late = parked.filter(isAsked).map(latenessMs);
  const sorted = late.sort((one, other) => one - other);
  const at = (part) => (sorted.length === 0 ? Infinity : sorted[Math.ceil(sorted.length * part) - 1] / 1000);
  const double = crowd.members.filter(({ state }) => twoTasks(state)).length;
  const lost = crowd.members.length - late.length;
  const p99 = at(0.99);
  log(`due: ${late.length} back, ${lost} not, ${early} too early, ${double} double`);
  log(`due_lateness_p99_s: ${p99.toFixed(1)} (p50 ${at(0.5).toFixed(1)}, the latest ${at(1).toFixed(1)})`);
  const isLate = p99 * 1000 > LATE_MS ? 1 : 0;
  const failed = lost + double + early + isLate;
  return { passed: crowd.members.length - lost - double - early, failed, p99 };
}

/** Returns the time from the appointment to its task, in milliseconds. */
function latenessMs({ state, until }) {
  return Date.parse(state.openTasks[0].date_created) - until * 1000;
}
