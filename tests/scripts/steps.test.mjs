import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { StepFailed, runSteps, withWhatTheyRestOn } from '../../scripts/lib/steps.mjs';

const quiet = { print: () => {} };

/** Returns a promise and the function that resolves it, to hold a step. */
function gate() {
  let open = () => {};
  /** @type {Promise<void>} */
  const opened = new Promise((resolve) => (open = resolve));
  return { open, opened };
}

describe('steps', () => {
  it('run in parallel if they are independent', async () => {
    const left = gate();
    const right = gate();
    const meet = (mine, other) => async () => {
      mine.open();
      await other.opened;
    };
    await runSteps(
      [
        { name: 'left', run: meet(left, right) },
        { name: 'right', run: meet(right, left) },
      ],
      quiet,
    );
  });

  it('wait for their dependencies and get their results', async () => {
    const order = [];
    const results = await runSteps(
      [
        {
          name: 'second',
          after: ['first'],
          run: async ({ results }) => {
            order.push('second');
            return results.first + 1;
          },
        },
        {
          name: 'first',
          run: async () => {
            order.push('first');
            return 1;
          },
        },
      ],
      quiet,
    );
    assert.deepEqual(order, ['first', 'second']);
    assert.deepEqual(results, { first: 1, second: 2 });
  });

  it('run once for several dependents', async () => {
    let times = 0;
    const base = { name: 'base', run: async () => (times += 1) };
    const others = ['a', 'b', 'c'].map((name) => ({ name, after: ['base'], run: async () => {} }));
    await runSteps([...others, base], quiet);
    assert.equal(times, 1);
  });

  it('stop at the first failure, with the name of the step', async () => {
    let reached = false;
    const failing = runSteps(
      [
        { name: 'compiler', run: async () => Promise.reject(new Error('there is none')) },
        { name: 'build', after: ['compiler'], run: async () => (reached = true) },
      ],
      quiet,
    );
    await assert.rejects(
      failing,
      (error) => error instanceof StepFailed && error.message === 'compiler: there is none',
    );
    assert.equal(reached, false);
  });

  it('report progress while they run', async () => {
    const held = gate();
    const lines = [];
    await runSteps(
      [
        {
          name: 'download',
          run: async ({ progress }) => {
            progress('3 of 9');
            await held.opened;
          },
        },
      ],
      {
        heartbeatMs: 1,
        print(line) {
          lines.push(line);
          held.open();
        },
      },
    );
    assert.match(lines[0], /^ {2}download: 3 of 9 \(\d+\.\d s\)$/);
  });

  it('must not depend on a missing step', async () => {
    await assert.rejects(runSteps([{ name: 'a', after: ['b'], run: async () => {} }], quiet), /`a` rests on `b`/);
  });

  it('are chosen together with their dependencies', () => {
    const steps = [
      { name: 'a' },
      { name: 'b', after: ['a'] },
      { name: 'c', after: ['b'] },
      { name: 'd', after: ['a'] },
    ];
    assert.deepEqual(
      withWhatTheyRestOn(steps, ['c']).map(({ name }) => name),
      ['a', 'b', 'c'],
    );
  });
});
