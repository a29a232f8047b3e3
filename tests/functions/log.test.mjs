// The Functions' log.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, it } from 'node:test';

import { logFile } from '../../scripts/lib/exec.mjs';
import { deskOfSuite, RECONCILE, until, WAKE } from './support.mjs';

const HOUR = 3_600_000;
const CUSTOMER = 'charlie';
const REASON = 'Waiting for a number';
const NOTE = 'She sends it tonight';
const MESSAGE = 'My number is 4111';

describe('the log line of an unpark', () => {
  const desk = deskOfSuite();
  let earlier = 0;
  beforeEach(() => {
    earlier = allLines().length;
  });

  /** Returns the lines of all Functions that this process has started. */
  function allLines() {
    const folder = dirname(logFile('twilio-run'));
    const files = readdirSync(folder).filter((file) => file.startsWith(`twilio-run-${process.pid}-`));
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
    return texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('{"operation":'));
  }

  /** Returns the line of this test with an operation and an outcome. */
  const line = (operation, outcome) =>
    lineThat((one) => one.startsWith(`{"operation":"${operation}",`) && one.includes(`"${outcome}"`));

  /** Returns the first line of this test that `isWanted` accepts. */
  async function lineThat(isWanted) {
    const found = await until('a line of the log', () => allLines().slice(earlier).find(isWanted));
    for (const text of [NOTE, MESSAGE, 'Charlie']) assert.ok(!found.includes(text), found);
    return JSON.parse(found);
  }

  const pass = (ms) => desk.control('POST', 'clock', { advanceMs: ms });

  /** Parks, and lets `ms` pass. */
  async function parkedFor(ms, more) {
    await desk.parked(CUSTOMER, { reason: REASON, note: NOTE, ...more });
    await pass(ms);
  }

  /** The simulator's clock goes on between the steps of a test, and a timer may end a minute late. */
  function assertReturn({ parkedSeconds, cause, reason }, expected) {
    assert.deepEqual({ cause, reason }, { cause: expected.cause, reason: expected.reason });
    const late = parkedSeconds - expected.ms / 1_000;
    assert.ok(late >= 0 && late <= 120, `${parkedSeconds} s`);
  }

  it('names cause, reason and parked time of a message', async () => {
    await parkedFor(2 * HOUR);
    await desk.writes(CUSTOMER, MESSAGE);
    assertReturn(await line('wake', 'routed'), { cause: 'message', reason: REASON, ms: 2 * HOUR });
  });

  it('names an appointment as the cause', async () => {
    const { now } = await desk.control('GET', 'clock');
    await desk.parked(CUSTOMER, { until: Math.round((Date.parse(now) + HOUR) / 1_000) });
    await pass(HOUR + 60_000);
    assertReturn(await line('wake', 'routed'), { cause: 'time', reason: undefined, ms: HOUR });
  });

  it('names a resume as the cause', async () => {
    await parkedFor(HOUR);
    const { body } = await desk.resume(CUSTOMER, 'ada');
    assert.equal(body.outcome, 'routed', JSON.stringify(body));
    assertReturn(await line('resume', 'routed'), { cause: 'resume', reason: REASON, ms: HOUR });
  });

  it('names a gift to the queue as the cause', async () => {
    await parkedFor(HOUR);
    const { body } = await desk.give(CUSTOMER, 'ada');
    assert.equal(body.outcome, 'routed', JSON.stringify(body));
    assertReturn(await line('give', 'routed'), { cause: 'given', reason: REASON, ms: HOUR });
  });

  it('names who gave it to whom', async () => {
    await desk.parked(CUSTOMER);
    const [sue, ben] = ['sue', 'ben'].map((agent) => desk.agent(agent).workerSid);
    await desk.give(CUSTOMER, 'sue', { workerSid: ben, agentName: 'Charlie' });
    const { by, to } = await line('give', 'given');
    assert.deepEqual([by, to], [sue, ben]);
  });

  it('names whom it refused, and nobody for what a customer did', async () => {
    await parkedFor(HOUR);
    await desk.change(CUSTOMER, 'ben', { reason: REASON });
    const refused = await line('change', 'notAllowed');
    assert.equal(refused.by, desk.agent('ben').workerSid);
    await desk.writes(CUSTOMER, MESSAGE);
    const { by, to } = await line('wake', 'routed');
    assert.deepEqual([by, to], [undefined, undefined]);
  });

  it('names an end, without a return', async () => {
    await parkedFor(HOUR);
    await desk.close(CUSTOMER, 'ada');
    const { conversation, ms, calls, ...more } = await line('end', 'ended');
    assert.deepEqual(more, { operation: 'end', outcome: 'ended', by: desk.agent('ada').workerSid });
    assert.equal(conversation, desk.customer(CUSTOMER).conversationSid);
    assert.ok(calls > 0 && ms >= 0);
  });

  it('names the message that prevented an end', async () => {
    await parkedFor(HOUR);
    await desk.fault({ pathPattern: WAKE, kind: 'status', status: 500, times: 0 });
    await desk.writes(CUSTOMER, MESSAGE);
    await desk.close(CUSTOMER, 'ada');
    assertReturn(await line('end', 'customerWrote'), { cause: 'message', reason: REASON, ms: HOUR });
  });

  it('names the owner as the cause, for each conversation', async () => {
    await parkedFor(HOUR);
    await desk.signed(RECONCILE, { release: 'true' });
    const { changed, ...rest } = await line('reconcile', 'routed');
    assert.deepEqual(
      changed.map(({ conversationSid, outcome }) => [conversationSid, outcome]),
      [[desk.customer(CUSTOMER).conversationSid, 'routed']],
    );
    assertReturn(changed[0], { cause: 'owner', reason: REASON, ms: HOUR });
    assert.ok(!('cause' in rest));
  });

  /** The park itself routes, or the webhook, to which Twilio replays the message. */
  it('names a message that the agent had not seen', async () => {
    const fields = await desk.parkFields(CUSTOMER, { reason: REASON });
    await desk.writes(CUSTOMER, MESSAGE);
    const { body } = await desk.call('/features/park-interaction/flex/park-interaction', fields);
    assert.equal(body.outcome, 'parkedAndWoken', JSON.stringify(body));
    const { operation, ...back } = await lineThat((one) => one.includes('"cause"'));
    assert.ok(['park', 'wake'].includes(operation), operation);
    assertReturn(back, { cause: 'message', reason: REASON, ms: 0 });
  });

  it('has the parked time if the attributes were wiped', async () => {
    await parkedFor(HOUR);
    await desk.setAttributes(CUSTOMER, {});
    await desk.writes(CUSTOMER, MESSAGE);
    assertReturn(await line('wake', 'routed'), { cause: 'message', reason: REASON, ms: HOUR });
  });

  it('has none of them if nothing was routed', async () => {
    await parkedFor(HOUR);
    const { operation, conversation, outcome, ms, calls, ...more } = await line('park', 'parked');
    assert.deepEqual([operation, outcome], ['park', 'parked']);
    assert.equal(conversation, desk.customer(CUSTOMER).conversationSid);
    assert.deepEqual(more, { by: desk.agent('ada').workerSid });
    assert.ok(calls > 0 && ms >= 0);
  });
});
