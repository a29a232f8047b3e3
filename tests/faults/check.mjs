// Runs every operation with every fault of every remote call, over real HTTP. Then the customer writes again, and an agent must be
// invited.

import { counted } from '../../scripts/lib/counts.mjs';
import { openDesk } from '../functions/support.mjs';
import { inTurns } from '../support/in-turns.mjs';
import { known } from '../support/known.mjs';
import { Batch, cleanCalls } from './batch.mjs';
import { faultAt } from './calls.mjs';
import {
  afterReconcilingAgain,
  afterCancellation,
  afterTheEnd,
  afterTheSecondChange,
  afterTheSecondEnd,
  afterTheNextMessage,
  afterTheOperation,
  afterTheSettle,
  afterWatching,
} from './invariants.mjs';
import { KINDS } from './kinds.mjs';
import { lineOf, printTable } from './table.mjs';

/** Operations that leave a message unheard, so that time must pass afterwards. After the others, no time may pass before the next message. */
const UNHEARD = ['wake', 'follow', 'check'];
const HEARD = [
  'park',
  'park until',
  'park with extras',
  'keep',
  'give',
  'give to',
  'change',
  'resume',
  'settle',
  'restore',
  'reconcile',
  'reconcile unheard',
];
/** The operation at the time of an appointment, for which time passes. */
const DUE = ['due'];
/** The operation after which the customer cannot write. */
const LAST = ['end'];
/** The operation on all conversations of an account, which needs a contact centre of its own. */
const ALONE = 'reconcile all';
const AT_MOST = 96;
/** The number of contact centres at the same time: a batch waits for clocks and for the ends of Functions. */
const SIDE_BY_SIDE = 2;

/**
 * Runs all cases, or the cases whose line `OPERATION, CALL, KIND` is `only`, contains or matches it, or a sample in which every call and
 * every kind occurs. Returns the tally.
 *
 * @param {{ all?: boolean, only?: string }} [options]
 */
export async function checkFaults({ all = false, only } = {}) {
  const desks = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => openDesk()));
  try {
    const operations = [...UNHEARD, ...HEARD, ...DUE, ...LAST, ALONE].map((operation) => ({ operation, calls: [] }));
    await onDesks(desks, operations, async (desk, one) => {
      const calls = await cleanCalls(desk, one.operation);
      one.calls = one.operation === ALONE ? calls.filter(isPage) : calls;
    });
    const cases = chosen(operations, { all, only });
    let done = 0;
    await onDesks(desks, inBatches(cases), async (desk, some) => {
      await runSideBySide(desk, some);
      done += some.length;
      if (all) console.log(`${done} of ${cases.length} cases done`);
    });
    return report({ operations, cases, all, only });
  } finally {
    await Promise.all(desks.map((desk) => desk.stop()));
  }
}

/** Does `work` with all items, on each desk with one at a time. */
async function onDesks(desks, items, work) {
  const free = [...desks];
  await inTurns(items, desks.length, async (item) => {
    const desk = known(free.pop());
    await work(desk, item);
    free.push(desk);
  });
}

/** Returns true for a page that `reconcile all` reads. Its calls for one conversation are those of `reconcile`. */
const isPage = ({ method, host, template }) =>
  method === 'GET' && ['conversations.twilio.com', 'sync.twilio.com'].includes(host) && !template.includes('{CH}');

function inBatches(cases) {
  const batches = [];
  for (const operations of [UNHEARD, HEARD, DUE, LAST]) {
    const together = cases.filter(({ operation }) => operations.includes(operation));
    while (together.length > 0) batches.push(together.splice(-AT_MOST));
  }
  return [...batches, ...cases.filter(({ operation }) => operation === ALONE).map((one) => [one])];
}

function chosen(operations, { all, only }) {
  if (!all && !only) return sample(operations);
  const cases = everyCase(operations);
  if (!only) return cases;
  const exact = cases.filter((one) => lineOf(one) === only);
  const pattern = new RegExp(only);
  const alike = cases.filter((one) => lineOf(one).includes(only) || pattern.test(lineOf(one)));
  if (alike.length === 0) throw new Error(`No fault has a line 'OPERATION, CALL, KIND' with '${only}'.`);
  return exact.length > 0 ? exact : alike;
}

function everyCase(operations) {
  return operations.flatMap(({ operation, calls }) =>
    calls.flatMap((call) => kindsFor(call).map((kind) => ({ operation, call, kind }))),
  );
}

/** Takes each call once, with the kind that has been taken least often. */
function sample(operations) {
  const taken = new Map(KINDS.map((kind) => [kind, 0]));
  const timesTaken = (kind) => taken.get(kind) ?? 0;
  const leastTaken = (one, other) => (timesTaken(other) < timesTaken(one) ? other : one);
  const cases = operations.flatMap(({ operation, calls }) =>
    calls.map((call) => {
      const kind = kindsFor(call).reduce(leastTaken);
      taken.set(kind, timesTaken(kind) + 1);
      return { operation, call, kind };
    }),
  );
  const missing = KINDS.filter((kind) => taken.get(kind) === 0);
  if (missing.length > 0) throw new Error(`the sample lacks ${missing.map(({ name }) => name).join(', ')}`);
  return cases;
}

const kindsFor = (call) => KINDS.filter(({ applies }) => applies(call));

async function runSideBySide(desk, cases) {
  const batch = await Batch.begin(
    desk,
    cases.map(({ operation, call, kind }) => ({
      operation,
      faultFor: (marks) => faultAt(call, marks, kind.fault(call)),
    })),
  );
  /** Notes the first reason for each case; `fault` is its kind. */
  const note = async (check, fault = 'lost') => {
    const reasons = await batch.whatIsWrong(check);
    cases.forEach((one, number) => {
      if (!one.reason && reasons[number]) Object.assign(one, { fault, reason: reasons[number] });
    });
  };
  await batch.prepare();
  await batch.act();
  cases.forEach((one, number) => {
    if (!batch.members[number].wasHit) Object.assign(one, { fault: 'lost', reason: 'the fault was not hit' });
  });
  if (cases.every(({ operation }) => LAST.includes(operation))) {
    await note(afterTheEnd);
    await batch.endAgain();
    await note(afterTheSecondEnd);
    return;
  }
  await note(afterTheOperation);
  if (cases.every(({ operation }) => [...UNHEARD, ...DUE].includes(operation))) {
    await batch.watchersActAgain();
    await note(afterWatching, 'unheard');
  }
  await batch.changeAgain();
  await note(afterTheSecondChange);
  await batch.reconcileAgain();
  await note(afterReconcilingAgain);
  await batch.customersWrite();
  await note(afterTheNextMessage);
  await batch.cancelUnaccepted();
  await note(afterCancellation, 'unheard');
  await batch.agentsAccept();
  await note(afterTheSettle);
}

function report({ operations, cases, all, only }) {
  const shown = operations.filter(({ operation }) => cases.some((one) => one.operation === operation));
  printTable({ operations: shown, kinds: KINDS, cases });
  if (!all && !only) {
    console.log('This is a sample: each call with one kind of fault. `npm run check:faults -- --all` runs every case.');
  }
  const calls = operations.flatMap((operation) => operation.calls).length;
  const count = (fault) => cases.filter((one) => one.fault === fault).length;
  const [lost, unheard] = [count('lost'), count('unheard')];
  const survived = cases.length - lost - unheard;
  const sum = only
    ? counted(cases.length, 'case')
    : `${calls} calls x ${KINDS.length} kinds = ${counted(cases.length, 'case')}`;
  console.log(`faults: ${sum}, ${survived} survived, ${lost} lost, ${unheard} unheard`);
  return { passed: survived, failed: lost + unheard };
}
