// Event Streams alone: no event callback, no webhook of the conversation's timer, no open desktop. Customers are routed again all the same,
// however often, in which order and how late events come.

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { deskOfSuite, PATHS, until } from './support.mjs';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The longest delay of a retry, in the simulator. */
const LONGEST_RETRY = 15 * MINUTE;
const CUSTOMER = 'charlie';

/** Readings that say how events come. The product must be right under each. */
const READINGS = [
  {},
  { 'stream-delivery': 'late' },
  { 'stream-delivery': 'twice' },
  { 'stream-delivery': 'swapped' },
  { 'stream-delivery': 'hours-later' },
  { 'stream-body': 'spaced', 'stream-signature': 'without-user' },
  { 'stream-body': 'escaped', 'stream-payload': 'text' },
  { 'stream-signature': 'without-user', 'stream-payload': 'text' },
];

describe('a customer whom nobody but Event Streams reports', () => {
  const desk = deskOfSuite();

  /** Opens a contact centre whose event callback and state webhooks are lost. */
  async function open({ eventStreams, ...readings }) {
    desk.facts = await desk.control('POST', 'seed', {
      eventStreams,
      readings: { 'state-webhook': 'never', ...readings },
    });
    const workspace = desk.client.taskrouter.v1.workspaces(desk.facts.workspaceSid);
    await workspace.update({ eventCallbackUrl: '', eventsFilter: '' });
    await desk.control('DELETE', 'journal');
  }

  beforeEach(() => open({ eventStreams: true }));

  const pass = (ms) => desk.control('POST', 'clock', { advanceMs: ms });
  const state = () => desk.state(CUSTOMER);
  const cancel = ({ sid }) => desk.control('POST', `tasks/${sid}`, { status: 'canceled' });
  const conversation = () => desk.conversation(CUSTOMER);

  /** Parks, lets the customer write, and returns the task of that message. */
  async function isWoken() {
    await desk.parked(CUSTOMER);
    await desk.writes(CUSTOMER);
    await desk.wakes(CUSTOMER);
    const { openTasks } = await state();
    assert.equal(openTasks.length, 1);
    return openTasks[0];
  }

  /** Waits for the task after the canceled one, while the clock is advanced in small steps. */
  async function isRoutedAgain(what, step = SECOND) {
    const { tasks } = await until(`another task: ${what}`, async () => {
      const now = await state();
      if (now.openTasks.length === 1) return now;
      await pass(step);
      return false;
    });
    assert.equal(tasks.length, 3, what);
  }

  /** Waits until no request is under way. */
  const isQuiet = () => desk.functionsEnded({ within: 20 * SECOND, every: 50 });

  it('is lost from sight without Event Streams', async () => {
    await open({ eventStreams: false });
    await cancel(await isWoken());
    for (let minute = 0; minute < 10; minute += 1) await pass(MINUTE);
    await isQuiet();
    assert.deepEqual((await state()).openTasks, [], 'so the other tests can fail');
  });

  for (const readings of READINGS) {
    const what = JSON.stringify(readings);
    it(`is routed again after a canceled invite: ${what}`, async () => {
      await open({ eventStreams: true, ...readings });
      await cancel(await isWoken());
      await isRoutedAgain(what);
      // The repetition after three hours, and the timers on the way.
      for (let hour = 0; hour < 4; hour += 1) {
        await pass(HOUR);
        await isQuiet();
        assert.equal((await state()).openTasks.length, 1, what);
      }
    });
  }

  it('is routed again although the Functions were down for an hour', async () => {
    const task = await isWoken();
    const down = await desk.fault({ pathPattern: `^${PATHS.event}$`, kind: 'dropBefore', times: 0 });
    await cancel(task);
    for (let minute = 0; minute < 60; minute += 5) {
      await pass(5 * MINUTE);
      await isQuiet();
    }
    const { openTasks } = await state();
    assert.deepEqual(openTasks, []);
    assert.ok((await desk.faultReport(down)).seen > 5, 'it was tried again and again');
    await desk.unfault(down);
    await pass(LONGEST_RETRY);
    await isRoutedAgain('after an hour');
  });

  it('is routed again if the time of the appointment comes, and the webhook of its timer is lost', async () => {
    const { now } = await desk.control('GET', 'clock');
    await desk.parked(CUSTOMER, { until: Math.floor((Date.parse(now) + 10 * MINUTE) / SECOND) });
    await pass(11 * MINUTE);
    await until('a task at the time of the appointment', async () => {
      const { openTasks } = await state();
      if (openTasks.length === 1) return true;
      await pass(5 * SECOND);
      return false;
    });
  });

  it('has no row once the conversation is closed, even without webhooks', async () => {
    await desk.parked(CUSTOMER);
    assert.equal((await state()).rows.length, 1);
    await conversation().update({ state: 'closed' });
    await until('the row to go', async () => (await state()).rows.length === 0);
  });
});
