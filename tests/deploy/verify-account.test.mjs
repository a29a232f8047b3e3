import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { ASSUMPTIONS } from '../../deploy/verify/assumptions.mjs';
import { newCleanup } from '../../deploy/verify/cleanup.mjs';
import { newReport } from '../../deploy/verify/report.mjs';
import { openAccount } from './support.mjs';

const DEV = ['--environment', 'dev'];
const WAITING = 'ParkInteractionWaiting_';
const isWaiting = ({ unique_name: name }) => name.startsWith(WAITING);

describe('npm run verify:account', () => {
  let account;
  let untouched;
  before(async () => {
    account = await openAccount();
    await account.begin();
    await account.succeeds('deploy', DEV);
  });
  after(() => account.stop());
  beforeEach(async () => {
    await account.control('DELETE', 'faults');
    untouched = await belongings();
  });
  afterEach(async () => {
    assert.deepEqual(await belongings(), untouched, 'something was left behind');
    await account.end();
  });

  /**
   * All that the trial could leave behind, and what others could have noticed of it. Claims go by themselves, and the maps of what
   * waits for an agent are the product's: they stay, empty.
   */
  async function belongings() {
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

  /** Runs the command. What it waits for by the conversation's timer comes at once: the simulator's clock is moved on. */
  function verify({ onOutput = () => {}, ...options } = {}) {
    const moveOn = once('waiting a minute for the timer', () =>
      account.control('POST', 'clock', { advanceMs: 61_000 }),
    );
    return account.run('verify-account', DEV, {
      ...options,
      onOutput(text, child) {
        moveOn(text);
        onOutput(text, child);
      },
    });
  }

  /** Does something as soon as the output has a text. */
  function once(text, work) {
    let isDone = false;
    return (output) => {
      if (isDone || !output.includes(text)) return;
      isDone = true;
      void work();
    };
  }

  it('finds everything as expected, and leaves nothing behind', async () => {
    const { code, output } = await verify();
    assert.equal(code, 0, output);
    const verdicts = output.match(/(as expected|DIFFERS|not checked)$/gm);
    assert.equal(verdicts.length, Object.keys(ASSUMPTIONS).length);
    assert.ok(
      verdicts.every((verdict) => verdict === 'as expected'),
      output,
    );
  });

  it('says what differs, what that means, and ends with another code', async () => {
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

  it('sees where Twilio is read otherwise, and what the product makes of it', async () => {
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

  it('tidies up after a failure, and tries what does not rest on it', async () => {
    await account.control('POST', 'faults', { pathPattern: '/settle-interaction$', times: 0, kind: 'status' });
    const { code, output } = await verify();
    assert.equal(code, 1, output);
    assert.match(output, /FAILED: Settling failed/);
    assert.match(output, /The agent can resume through the deployed Functions +routed +not checked/);
    assert.match(output, /A Sync map item cannot be made twice .* as expected/);
  });

  it('tidies up after Ctrl-C, also with the token of somebody who is signed in', async () => {
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

  it('needs Functions to try', async () => {
    const { code, output } = await account.run('verify-account', ['--environment', 'other']);
    assert.equal(code, 3, output);
    assert.match(output, /no Functions for other: npm run deploy first/);
  });
});

describe('the report', () => {
  it('is good only when all of it was seen as expected', () => {
    const report = newReport();
    const names = Object.keys(ASSUMPTIONS);
    for (const name of names.slice(1)) report.see(name, ASSUMPTIONS[name].expected);
    assert.equal(report.allAsExpected, false);
    assert.match(report.table(), /not checked/);
    report.see(names[0], ASSUMPTIONS[names[0]].expected);
    assert.equal(report.allAsExpected, true);
    report.see('inviteAnswer', 'without it');
    assert.equal(report.allAsExpected, false);
    assert.match(report.table(), /nobody is lost by it: the list of invites is read/);
  });

  it('takes nothing that nobody expects', () => {
    assert.throws(() => newReport().see('other', 'x'), /no assumption other/);
  });
});

describe('tidying up', () => {
  it('goes backwards, past what fails, and names that', async () => {
    const done = [];
    const cleanup = newCleanup(() => {});
    const gone = Object.assign(new Error('gone'), { status: 404 });
    for (const [name, error] of [['first'], ['second', new Error('no')], ['third', gone], ['fourth']]) {
      cleanup.later(name, async () => {
        done.push(name);
        if (error) throw error;
      });
    }
    assert.deepEqual(await cleanup.all(), ['second']);
    assert.deepEqual(done, ['fourth', 'third', 'second', 'first']);
  });
});
