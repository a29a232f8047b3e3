// Parks and wakes many conversations at a steady rate under Twilio's rate limits, and ends some of their new tasks unaccepted. No
// customer may be lost, be routed twice, or wait unheard.

import { counted } from '../../scripts/lib/counts.mjs';
import { openDesk } from '../functions/support.mjs';
import { afterTheNextMessage, afterTheOperation } from '../faults/invariants.mjs';
import { Crowd, isAsked, isParked } from './crowd.mjs';
import { printFigures } from './figures.mjs';
import { atRate } from './pace.mjs';

/**
 * The longest time until an agent is invited again for every task that has ended: a minute until the first clock fires, and twice
 * that for the calls that Twilio's limits refused then.
 */
const FOLLOWED_WITHIN_MS = 180_000;

/**
 * The most rounds of `reconcile`. A webhook that finds thirty Functions running is lost, and Twilio does not repeat it: a scheduled
 * `reconcile` routes the message.
 */
const SWEEPS = 20;

/**
 * Runs the check. Returns the tally. Throws when it is not through within `minutes`.
 *
 * @param {object} options
 * @param {number} options.conversations
 * @param {number} options.rate the number of conversations that begin in a second
 * @param {object | null} [options.limits] the simulator's rate limits; null for none
 * @param {number} options.minutes
 * @param {(line: string) => void} [options.log] gets the lines for people
 */
export async function checkLoad({ conversations, rate, limits = {}, minutes, log = console.log }) {
  const desk = await openDesk();
  const deadline = deadlineIn(minutes);
  try {
    return await Promise.race([parkAndWake(desk, { conversations, rate, limits, log }), deadline.passed]);
  } finally {
    deadline.clear();
    await desk.stop();
  }
}

async function parkAndWake(desk, { conversations, rate, limits, log }) {
  const crowd = await Crowd.gather(desk, conversations);
  if (limits) await desk.control('POST', 'limits', limits);

  log(`${counted(crowd.members.length, 'customer')}: their agents park them now.`);
  const parking = await timed(() => atRate(crowd.members, rate, (member) => crowd.park(member)));
  await crowd.quiet();
  await crowd.look();
  const wrong = crowd.members.map((member) => afterTheOperation(member, member.state));

  const parked = crowd.members.filter(isParked);
  const asked = () => parked.filter(isAsked).length;
  log(`${counted(parked.length, 'customer is parked, and writes', 'customers are parked, and write')} now.`);
  const writing = await timed(() => atRate(parked, rate, (member) => crowd.write(member)));
  await crowd.quiet();
  await crowd.look();
  const byMessage = asked();
  log(`Awake again: ${byMessage}. The others are left to reconciling.`);
  let sweeps = 0;
  while (asked() < parked.length && sweeps < SWEEPS) {
    await crowd.reconcile();
    await crowd.look();
    sweeps += 1;
  }
  const woken = { all: asked(), byMessage, sweeps };
  log('Some agents decline now, some tasks are canceled, and not every event arrives.');
  const ended = await crowd.refuse(parked, rate);
  const following = await timed(() => crowd.followed(ended.all, rate, FOLLOWED_WITHIN_MS));
  ended.unheard = ended.all.filter((member) => !isAsked(member));

  crowd.members.forEach((member, number) => {
    wrong[number] ??= isParked(member) ? afterTheNextMessage(member, member.state) : 'it could not be parked';
  });
  const { hits } = await desk.control('GET', 'limits');
  return printFigures({ crowd, rate, parking, writing, woken, ended, following, hits, wrong, log });
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
