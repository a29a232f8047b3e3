import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { askAccount } from '../../deploy/verify/asking/account.mjs';
import { ASSUMPTIONS } from '../../deploy/verify/assumptions.mjs';
import { newCleanup } from '../../deploy/verify/cleanup.mjs';
import { newReport } from '../../deploy/verify/report.mjs';
import { newFindings } from '../../deploy/verify/readings.mjs';
import { READINGS } from '../../scripts/lib/readings.mjs';
import { openAccount } from './support.mjs';

const DEV = ['--environment', 'dev'];
const WAITING = 'ParkInteractionWaiting_';
const isWaiting = ({ unique_name: name }) => name.startsWith(WAITING);

/** Readings that the trial cannot find: they need another client, or more time. */
const CANNOT_BE_ASKED = new Set([
  ...['message-index', 'message-participant', 'message-author', 'redelivery', 'delivery-order', 'bot-participant'],
  ...['hung-up-function', 'task-callback', 'entry-webhook', 'old-channel', 'owner-timers', 'native-leave'],
  'left-conversation',
  'empty-channel-end',
  ...['stream-delivery', 'stream-body', 'stream-payload', 'json-array', 'stream-signature'],
]);

/** Values that are found together. */
const ANOTHER = {
  replay: 'exclusive',
  'invite-list': 'late',
  'left-participants': 'closed',
  'message-index': 'missing',
  'adapter-participant': 'missing',
  'state-webhook': 'timer-only',
  'closed-code': '50367',
  'closed-invite-code': '50377',
  'closed-status': '404',
  'closed-update': 'allowed',
  'missing-webhook-code': '50360',
  'inactive-invite': 'refused',
  'named-worker': 'canceled',
  'agent-sync-service': 'flex-service',
  'timers-count-from': 'activity',
  'timer-lateness': 'minute-late',
  'longest-timer': 'week',
  'finished-tasks': 'kept',
  'contact-uri': 'other-case',
  'already-participant': 'joins',
  'event-pages': 'first-only',
  'listed-attributes': 'null',
  'exhausted-targets': 'default-filter',
  'invite-start-time': 'ignored',
  'sink-password': 'hidden',
};
const YET_ANOTHER = {
  replay: 'none',
  'invite-list': 'without-task',
  'left-participants': 'closed-many',
  'state-webhook': 'never',
  'closed-code': '45354',
  'closed-invite-code': '45376',
  'closed-status': '409',
  'named-worker': 'offered',
  'timers-count-from': 'message',
  'contact-uri': 'missing',
  'invite-start-time': 'refused',
};

/** Returns the values of a report that are not the simulator's defaults. */
const nonDefaults = ({ readings }) =>
  Object.fromEntries(
    Object.entries(readings).filter(
      ([name, value]) => !value.startsWith('not asked: ') && value !== READINGS[name].values[0],
    ),
  );

describe('npm run verify:account', () => {
  let account;
  let untouched;
  before(async () => {
    // Twilio would give its domain to the deployed Functions, and the deployment its key.
    account = await openAccount();
    await account.begin();
    await account.succeeds('deploy', DEV, { env: { PARK_INTERACTION_EVENTS_KEY: account.facts.eventsKey } });
  });
  after(() => account.stop());
  beforeEach(async () => {
    await account.control('DELETE', 'faults');
    untouched = await resources();
  });
  afterEach(async () => {
    assert.deepEqual(await resources(), untouched, 'something was left behind');
    await account.end();
  });

  /**
   * Returns the resources that the trial could leave behind, and the offers to other workers. Claims expire by themselves. The maps
   * of waiting items belong to the product: they stay, empty.
   */
  async function resources() {
    const world = await account.control('GET', 'world');
    const queues = await account.workspace().taskQueues.list();
    const theirs = world.workers.map(({ sid }) => sid);
    return {
      workers: world.workers.map(({ friendly_name: name, activity_sid: activity }) => ({ name, activity })),
      queues: queues.map(({ friendlyName }) => friendlyName),
      workflows: world.workflows.map(({ friendly_name: name }) => name),
      conversations: world.conversations.map(({ sid }) => sid),
      maps: world.maps.map(({ unique_name: name }) => name).filter((name) => !name.startsWith(WAITING)),
      waiting: world.maps.filter(isWaiting).flatMap(({ items }) => Object.keys(items)),
      openTasks: world.tasks
        .filter(({ assignment_status: status }) => ['pending', 'reserved', 'assigned'].includes(status))
        .map(({ sid }) => sid),
      theirOffers: world.reservations
        .filter(
          ({ worker_sid: worker, reservation_status: status }) => theirs.includes(worker) && status === 'accepted',
        )
        .map(({ sid }) => sid),
    };
  }

  /**
   * Runs the command. When it waits for a timer, the simulator's clock is advanced.
   *
   * @param {import('./support.mjs').RunOptions & { args?: string[] }} [called]
   */
  function verify({ args = ['--only', 'assumptions'], onOutput = () => {}, ...options } = {}) {
    const advance = (advanceMs) => () => account.control('POST', 'clock', { advanceMs });
    const hear = [
      once('waiting a minute for the timer', advance(61_000)),
      once('waiting for the list of invites', advance(31_000)),
      // Long enough for finished tasks to be deleted, which takes five minutes.
      once('waiting for a timer of one minute', advance(360_000)),
    ];
    return account.run('verify-account', [...DEV, ...args], {
      ...options,
      onOutput(text, child) {
        for (const listen of [...hear, onOutput]) listen(text, child);
      },
    });
  }

  /** Runs the command for readings while some are set. Returns `{ code, report }`. */
  async function ask(readings, options = {}) {
    await account.control('POST', 'readings', readings);
    const file = join(account.files, 'report.json');
    const { code, output } = await verify({ args: ['--only', 'readings', '--report', file], ...options });
    await account.control('DELETE', 'readings');
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /[A-Z]{2}[0-9a-f]{32}/, 'the report holds a SID');
    const report = JSON.parse(text);
    assert.deepEqual(Object.keys(report.readings), Object.keys(READINGS));
    for (const [name, value] of Object.entries(report.readings)) {
      const line = output.split('\n').find((one) => one.startsWith(`${name} `));
      assert.ok(line?.endsWith(` ${value}`), `${name}: ${value}\n${output}`);
    }
    return { code, report };
  }

  /** Returns a listener that calls `work` as soon as the output has a text. */
  function once(text, work) {
    let isDone = false;
    return (output) => {
      if (isDone || !output.includes(text)) return;
      isDone = true;
      void work();
    };
  }

  it('finds all assumptions and default readings', async () => {
    const { code, output } = await verify({ args: [] });
    assert.equal(code, 0, output);
    const [assumptions, readings] = output.split('\nReadings: ');
    const verdicts = assumptions.match(/(as expected|DIFFERS|not checked|not set up)$/gm);
    assert.equal(verdicts.length, Object.keys(ASSUMPTIONS).length);
    assert.ok(
      verdicts.every((verdict) => verdict === 'as expected'),
      output,
    );
    const found = readings.match(/^\S+ +R\d+ .*$/gm).map((line) => line.split(/ {2,}/));
    assert.deepEqual(
      found.map(([name]) => name),
      Object.keys(READINGS),
    );
    for (const [name, , assumed, value] of found) {
      if (CANNOT_BE_ASKED.has(name)) assert.match(value, /^not asked: /, name);
      else assert.equal(value, assumed, name);
    }
  });

  it('finds other readings, with the token of a signed-in user', async () => {
    const { token } = account.agent('ben');
    const { code, report } = await ask(ANOTHER, { env: { FLEX_TOKEN: token } });
    assert.equal(code, 0);
    assert.deepEqual(nonDefaults(report), ANOTHER);
  });

  it('finds further values of readings', async () => {
    const { code, report } = await ask(YET_ANOTHER);
    assert.equal(code, 0);
    assert.deepEqual(nonDefaults(report), YET_ANOTHER);
  });

  it('goes on after readings that could not be asked', async () => {
    await account.control('POST', 'faults', { pathPattern: '/Invites$', method: 'POST', kind: 'status', times: 0 });
    const set = { 'invite-list': '403', 'contact-uri': 'bare', 'closed-code': '45376' };
    const { code, report } = await ask(set);
    assert.equal(code, 1);
    assert.deepEqual(nonDefaults(report), set);
    assert.match(report.readings['named-worker'], /^not asked: it failed: .*20500/);
    assert.equal(report.readings['timer-lateness'], 'exact');
  });

  it('refuses wrong options before any request', async () => {
    for (const [args, message] of /** @type {[string[], RegExp][]} */ ([
      [['--only', 'assumptions', '--report', 'report.json'], /--report FILE holds readings: expected no --only/],
      [['--only', 'nothing'], /--only nothing: expected one of assumptions, readings\./],
      [['--report', '/nowhere/report.json'], /--report \/nowhere\/report.json cannot be written: expected a file in a/],
    ])) {
      const { code, output } = await verify({ args });
      assert.equal(code, 2, output);
      assert.match(output, message);
    }
  });

  it('knows the readings of the simulator', async () => {
    const known = (await account.control('GET', 'readings')).map(({ name, id, values }) => [name, { id, values }]);
    assert.deepEqual(Object.entries(READINGS), known);
  });

  it('reports a difference with its meaning and exit code', async () => {
    await account.control('POST', 'faults', {
      method: 'POST',
      pathPattern: '/Webhooks$',
      mentions: ['number=6'],
      kind: 'status',
      status: 400,
      code: 50399,
    });
    const { code, output } = await verify();
    assert.equal(code, 5, output);
    assert.match(output, /A sixth webhook on a conversation is refused +error 50361 +error 50399 +DIFFERS/);
    assert.match(output, /What differs:\n {2}A sixth webhook .*please report it/);
  });

  it('reports differences caused by readings', async () => {
    const readings = { replay: 'exclusive', 'adapter-participant': 'missing', 'contact-uri': 'bare' };
    await account.control('POST', 'readings', readings);
    // TaskRouter's events are lost.
    const { eventCallbackUrl, eventsFilter } = await account.workspace().fetch();
    await account.workspace().update({ eventCallbackUrl: 'https://reports.example.com/events', eventsFilter });
    const { token } = account.agent('ben');
    const { code, output } = await verify({
      env: { FLEX_TOKEN: token },
      onOutput: once('Trying: resume', () => account.control('POST', 'clock', { speed: 20 })),
    });
    await account.control('POST', 'clock', { speed: 1 });
    await account.control('DELETE', 'readings');
    await account.workspace().update({ eventCallbackUrl, eventsFilter });
    assert.equal(code, 5, output);
    for (const [what, seen] of [
      [/replays the message with that very index too/, /not replayed/],
      [/in a participant's name bears their SID/, /it does not/],
      [/identity into the worker's contact_uri/, /ben/],
    ]) {
      assert.match(output, new RegExp(`${what.source} .* ${seen.source} +DIFFERS`));
      assert.match(output, new RegExp(`${what.source}: nobody is lost by it`));
    }
    assert.match(
      output,
      /A message that came during a resume makes a task when that is declined +a task +a task +as exp/,
    );
  });

  it('cleans up after a failure and runs independent parts', async () => {
    await account.control('POST', 'faults', { pathPattern: '/settle-interaction$', times: 0, kind: 'status' });
    const { code, output } = await verify();
    assert.equal(code, 1, output);
    assert.match(output, /FAILED: Settling failed/);
    assert.match(output, /The agent can resume through the deployed Functions +routed +not checked/);
    assert.match(output, /A Sync map item cannot be made twice .* as expected/);
  });

  it('cleans up after Ctrl-C', async () => {
    const { token } = account.facts.agents.find(({ identity }) => identity === 'ben');
    let stopped = false;
    const { code, output } = await verify({
      env: { FLEX_TOKEN: token },
      onOutput(text, child) {
        if (stopped || !text.includes('Trying: resume')) return;
        stopped = true;
        child.kill('SIGINT');
      },
    });
    assert.equal(code, 130, output);
    assert.match(output, /Stopping.*FAILED: stopped.*Tidying up/s);
    assert.ok(!output.includes(token), 'a secret was printed');
  });

  it('requires deployed Functions', async () => {
    const { code, output } = await account.run('verify-account', ['--environment', 'other']);
    assert.equal(code, 3, output);
    assert.match(output, /no Functions for other: npm run deploy first/);
  });
});

describe('the report', () => {
  it('is good only if everything was as expected', () => {
    const report = newReport();
    const names = Object.keys(ASSUMPTIONS);
    for (const name of names.slice(1)) report.see(name, ASSUMPTIONS[name].expected);
    assert.equal(report.allAsExpected, false);
    assert.match(report.table(), /not checked/);
    report.see(names[0], ASSUMPTIONS[names[0]].expected);
    assert.equal(report.allAsExpected, true);
    report.see('stateStreamed', 'no sink');
    assert.equal(report.allAsExpected, true, 'Event Streams may be left out');
    assert.match(report.table(), /no sink +not set up$/m);
    report.see('inviteAnswer', 'without it');
    assert.equal(report.allAsExpected, false);
    assert.match(report.table(), /nobody is lost by it: the list of invites is read/);
  });

  it('refuses an unknown assumption', () => {
    assert.throws(() => newReport().see('other', 'x'), /no assumption other/);
  });
});

describe('readings from the account', () => {
  /** Returns the readings that are found in an account with these workers and default timers. */
  async function found(workers, account = {}) {
    const findings = newFindings();
    const all = workers.map((worker, number) => ({ ...worker, sid: `WK${number}` }));
    const list = (sid) => ({ fetch: async () => all.find((worker) => worker.sid === sid) });
    list.list = async () => all;
    const asking = { ...findings, about: (_, work) => work() };
    const client = { events: { v1: { sinks: { list: async () => [] } } } };
    const stage = { client, workspace: { workers: list }, agent: { isOurs: true }, account };
    // The objects have only the fields that are read.
    await askAccount(.../** @type {Parameters<typeof askAccount>} */ (/** @type {unknown} */ ([asking, stage])));
    return findings.report().readings;
  }
  const worker = (friendlyName, attributes) => ({ friendlyName, attributes: JSON.stringify(attributes) });

  it('include contact-uri if all workers agree', async () => {
    const ann = worker('Ann', { email: 'ann@example.com', contact_uri: 'client:ann_40example_2Ecom' });
    assert.equal((await found([ann, ann]))['contact-uri'], 'client');
    assert.equal((await found([worker('ann', { contact_uri: 'ann' })]))['contact-uri'], 'bare');
    const mixed = (await found([ann, worker('ben', {})]))['contact-uri'];
    assert.match(mixed, /^not asked: workers differ: client, missing; FLEX_TOKEN/);
    for (const other of ['client:Ben', 'client:somebody']) {
      const { 'contact-uri': value } = await found([worker('ben', { contact_uri: other })]);
      assert.match(value, /^not asked: workers differ: one that does not fit the name/);
    }
    assert.match((await found([]))['contact-uri'], /^not asked: there is no worker beside/);
  });

  it('include owner-timers if the account has defaults', async () => {
    const timers = async (account) => (await found([], account))['owner-timers'];
    assert.equal(await timers({ closedTimer: 'P1D' }), 'closed');
    assert.equal(await timers({ inactiveTimer: 'PT1H' }), 'inactive');
    assert.match(await timers({}), /^not asked: the account sets none by itself/);
  });
});

describe('the findings', () => {
  it('distinguish known, unknown and unasked values', () => {
    const findings = newFindings();
    const sid = `CH${'0'.repeat(32)}`;
    findings.found('replay', 'none');
    findings.notAsked('replay', 'too late');
    findings.found('closed-code', '50999');
    findings.notAsked('closed-update', `${sid} was not found`);
    const { date, product, version, readings } = findings.report(new Date('2026-11-26T12:00:00Z'));
    assert.deepEqual([date, product], ['2026-11-26', 'flex-park-interaction']);
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.equal(readings.replay, 'none');
    assert.equal(readings['closed-code'], 'other: 50999');
    assert.equal(readings['closed-update'], 'not asked: CH… was not found');
    assert.equal(readings['longest-timer'], 'not asked: the trial ended before');
    assert.throws(() => findings.found('nonsense', 'x'), /no reading nonsense/);
  });
});

describe('cleaning up', () => {
  it('runs backwards past failures, and names them', async () => {
    const done = [];
    const cleanup = newCleanup(() => {});
    const gone = Object.assign(new Error('gone'), { status: 404 });
    for (const [name, error] of /** @type {[string, Error?][]} */ ([
      ['first'],
      ['second', new Error('no')],
      ['third', gone],
      ['fourth'],
    ])) {
      cleanup.later(name, async () => {
        done.push(name);
        if (error) throw error;
      });
    }
    assert.deepEqual(await cleanup.all(), ['second']);
    assert.deepEqual(done, ['fourth', 'third', 'second', 'first']);
  });
});
