import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { StepFailed, runSteps, withWhatTheyRestOn } from '../../scripts/lib/steps.mjs';

const quiet = { print: () => {} };

/** Makes a promise and the function that resolves it, to hold a step. */
function gate() {
  let open = () => {};
  /** @type {Promise<void>} */
  const opened = new Promise((resolve) => (open = resolve));
  return { open, opened };
}

describe('steps', () => {
  it('run side by side when they do not rest on each other', async () => {
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

  it('wait for those they rest on, and get their results', async () => {
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

  it('run once, however many rest on them', async () => {
    let times = 0;
    const base = { name: 'base', run: async () => (times += 1) };
    const others = ['a', 'b', 'c'].map((name) => ({ name, after: ['base'], run: async () => {} }));
    await runSteps([...others, base], quiet);
    assert.equal(times, 1);
  });

  it('stop at the first failure, which names the step', async () => {
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

  it('tell what they are doing while they take their time', async () => {
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

  it('must not rest on something that is not there', async () => {
    await assert.rejects(runSteps([{ name: 'a', after: ['b'], run: async () => {} }], quiet), /`a` rests on `b`/);
  });

  it('can be chosen, and bring along what they rest on', () => {
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
