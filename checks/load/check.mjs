// Many conversations are parked and woken at a steady rate while Twilio keeps its rate limits; then nobody may be lost, and
// nobody asked for twice.

import { openDesk } from '../../tests/functions/support.mjs';
import { afterTheNextMessage, afterTheOperation } from '../faults/invariants.mjs';
import { Crowd, isParked } from './crowd.mjs';
import { printFigures } from './figures.mjs';
import { atRate } from './pace.mjs';

/**
 * How often all that is parked is looked over at most. A wake that Twilio refused for too long brings nobody, and Twilio
 * does not repeat it: the reconciling that a scheduler calls routes it.
 */
const SWEEPS = 20;

/**
 * Runs the check with so many conversations, of which `rate` begin in a second. `limits` are the simulator's rate limits,
 * or null for none. Answers the tally; throws when it is not through within `minutes`.
 */
export async function checkLoad({ conversations, rate, limits = {}, minutes }) {
  const desk = await openDesk();
  const deadline = deadlineIn(minutes);
  try {
    return await Promise.race([parkAndWake(desk, { conversations, rate, limits }), deadline.passed]);
  } finally {
    deadline.clear();
    await desk.stop();
  }
}

async function parkAndWake(desk, { conversations, rate, limits }) {
  const crowd = await Crowd.gather(desk, conversations);
  if (limits) await desk.control('POST', 'limits', limits);

  console.log(`${crowd.members.length} customers are talking to their agents, who park them now.`);
  const parking = await timed(() => atRate(crowd.members, rate, (member) => crowd.park(member)));
  await crowd.quiet();
  await crowd.look();
  const wrong = crowd.members.map((member) => afterTheOperation(member, member.state));

  const parked = crowd.members.filter(isParked);
  const nobodyCame = () =>
    parked.filter(({ state }) => state.agents.length === 0 && state.openTasks.length === 0).length;
  console.log(`${parked.length} are parked, and write now.`);
  const writing = await timed(() => atRate(parked, rate, (member) => crowd.write(member)));
  await crowd.quiet();
  await crowd.look();
  const byMessage = parked.length - nobodyCame();
  console.log(`${byMessage} are awake again. The others are left to reconciling.`);
  let sweeps = 0;
  while (nobodyCame() > 0 && sweeps < SWEEPS) {
    await crowd.reconcile();
    await crowd.look();
    sweeps += 1;
  }
  const woken = { byMessage, bySweep: parked.length - nobodyCame() - byMessage, sweeps };

  crowd.members.forEach((member, number) => {
    wrong[number] ??= isParked(member) ? afterTheNextMessage(member, member.state) : 'it could not be parked';
  });
  const { hits } = await desk.control('GET', 'limits');
  return printFigures({ crowd, rate, parking, writing, woken, hits, wrong });
}

function deadlineIn(minutes) {
  let timer;
  const passed = new Promise((_, reject) => {
    const late = () => reject(new Error(`The load check was not through within ${minutes} minutes.`));
    timer = setTimeout(late, minutes * 60_000);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

async function timed(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
