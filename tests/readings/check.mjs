// Runs stories under every reading of Twilio: each value alone, every pair of values, and the pairs with failing calls. No customer
// may be lost, be routed twice, or wait unheard.

import { openDesk } from '../functions/support.mjs';
import { inTurns } from '../support/in-turns.mjs';
import { known } from '../support/known.mjs';
import { Centre } from './centre.mjs';
import { combinationsOf, nameOf } from './combinations.mjs';
import { faultsFor } from './faults.mjs';
import { whatIsWrong } from './judge.mjs';
import { isTurnOf, STORIES, TURNS } from './stories.mjs';

/** The time after each turn: every lease has ended, an invite for one agent has not. */
const TURN_MS = 14_000;
/** The time after which every clock has fired once. */
const MINUTE_MS = 62_000;
/** A time longer than the owner's timers and the life of a row. */
const DAY_MS = 25 * 60 * 60 * 1000;
/** The time without activity after which Twilio deletes a channel: 180 days. */
const HALF_A_YEAR_MS = 182 * 24 * 60 * 60 * 1000;
/** The number of contact centres at the same time: stories mostly wait. */
const SIDE_BY_SIDE = 3;

/**
 * Runs all stories under all combinations. Returns the tally.
 *
 * @param {object} [options]
 * @param {number} [options.sample] so many rows of pairs only, with one of them once more with failing calls
 * @param {Case} [options.only] one case only
 * @param {(line: string) => void} [options.log]
 *
 * @typedef {{ readings: Record<string, string>, seed: number, story?: string }} Case
 */
export async function checkReadings({ sample, only, log = console.log } = {}) {
  const desks = await Promise.all(Array.from({ length: only ? 1 : SIDE_BY_SIDE }, () => openDesk()));
  try {
    const readings = await desks[0].control('GET', 'readings');
    const { alone, pairwise, pairs } = combinationsOf(readings);
    const cases = only ? [only] : casesOf({ alone, pairwise, sample });
    const free = [...desks];
    const wrong = [];
    let done = 0;
    await inTurns(cases, desks.length, async (one) => {
      const desk = known(free.pop());
      const found = await runCase(desk, one).catch((error) => {
        throw new Error(`${nameOf(one.readings)}, seed ${one.seed}: ${error.message}`, { cause: error });
      });
      free.push(desk);
      if (found.length > 0) log(describeCase(one, found));
      wrong.push(...found);
      done += 1;
      if (!sample && done % 10 === 0) log(`${done} of ${cases.length} combinations done`);
    });
    return report({ readings, pairs, cases, wrong, log });
  } finally {
    await Promise.all(desks.map((desk) => desk.stop()));
  }
}

/** Returns each row without faults, and the rows of pairs once more with faults; for a sample a few of each, spread evenly. */
function casesOf({ alone, pairwise, sample }) {
  const plain = [...alone, ...pairwise].map((readings) => ({ readings, seed: 0 }));
  const faulty = pairwise.map((readings, number) => ({ readings, seed: number + 1 }));
  return sample
    ? [
        { readings: {}, seed: 0 },
        ...spread(
          pairwise.map((readings) => ({ readings, seed: 0 })),
          sample,
        ),
        faulty[0],
      ]
    : [...plain, ...faulty];
}

const spread = (cases, count) => cases.filter((_, number) => number % Math.ceil(cases.length / count) === 0);

function lengthOf(turn) {
  if (isTurnOf('half a year', turn)) return HALF_A_YEAR_MS;
  if (isTurnOf('day', turn)) return DAY_MS;
  return isTurnOf('minute', turn) ? MINUTE_MS : TURN_MS;
}

const storiesOf = ({ story }) => STORIES.filter(({ name }) => !story || name === story);

async function runCase(desk, { readings, story, seed }) {
  const centre = await Centre.open(desk, readings, storiesOf({ story }));
  const found = new Map();
  const note = (turn, when) =>
    centre.look().then((states) =>
      centre.members.forEach((member, number) => {
        if (found.has(member) || turn >= member.story.steps.length) return;
        const wrong = whatIsWrong({
          member,
          state: states[number],
          step: member.story.steps[turn],
          when,
          seed,
          readings,
        });
        if (wrong) found.set(member, { story: member.story.name, ...wrong });
      }),
    );
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const fault of seed > 0 ? faultsFor(centre.members, { seed, turn }) : []) await desk.fault(fault);
    await centre.take(turn);
    await note(turn, 'done');
    await centre.pass(lengthOf(turn));
    await desk.control('DELETE', 'faults');
    // The fault may have hit the one watcher that is left under these readings, which asks again a minute later.
    if (seed > 0 && isTurnOf('minute', turn)) await centre.pass(MINUTE_MS);
    await note(turn, isTurnOf('minute', turn) ? 'minute' : 'passed');
  }
  return [...found.values()];
}

/** Returns each reason once, with its stories, and the command that runs this combination alone. */
function describeCase({ readings, seed }, found) {
  const reasons = new Map();
  for (const { story, kind, reason } of found) {
    const key = `${kind}: ${reason}`;
    reasons.set(key, [...(reasons.get(key) ?? []), story]);
  }
  const lines = [...reasons].map(([reason, stories]) => `${reason}, in: ${stories.join('; ')}`);
  const again = `npm run check:readings -- --only '${nameOf(readings)}'${seed > 0 ? ` --seed ${seed}` : ''}`;
  return [...lines, `  again: ${again} --story '${found[0].story}'`].join('\n');
}

function report({ readings, pairs, cases, wrong, log }) {
  const count = (kind) => wrong.filter((one) => one.kind === kind).length;
  const passed = cases.reduce((sum, one) => sum + storiesOf(one).length, 0) - wrong.length;
  const tally = `${count('lost')} lost, ${count('double')} double, ${count('unheard')} unheard`;
  const others = count('untidy') > 0 ? `, ${count('untidy')} untidy` : '';
  log(`readings: ${readings.length} readings, ${pairs} pairs, ${STORIES.length} stories, ${tally}${others}`);
  return { passed, failed: wrong.length };
}
