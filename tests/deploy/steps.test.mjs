import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { inSteps, interrupted } from '../../deploy/steps.mjs';

describe('steps', () => {
  it('say how many are done before the one that failed', async () => {
    for (const [good, said] of /** @type {[number, string | undefined][]} */ ([
      [0, undefined],
      [1, 'Step 1 is done. Run the command again to go on from there.'],
      [2, 'Steps 1 to 2 are done. Run the command again to go on from there.'],
    ])) {
      const lines = [];
      const code = await inSteps(3, { print: (line) => lines.push(line), dryRun: false }, async (step) => {
        for (let done = 0; done < good; done += 1) await step('a good one', () => 'done');
        await step('a bad one', () => Promise.reject(new Error('no')));
      });
      assert.equal(code, 1);
      assert.deepEqual(lines.slice(good * 2 + 1), ['  FAILED: no', said].filter(Boolean));
    }
  });

  it('say after Ctrl-C what is done and what goes on', () => {
    const state = { begun: 2, count: 9, doing: 'Functions', dryRun: false };
    const goesOn =
      'What Twilio and the Functions have begun goes on by itself, such as routing to agents. Run the command again to go on from there.';
    for (const [change, said] of /** @type {[object, string][]} */ ([
      [{}, `Interrupted in step 2 of 9, Functions. Step 1 is done. ${goesOn}`],
      [{ begun: 1 }, `Interrupted in step 1 of 9, Functions. ${goesOn}`],
      [{ begun: 3 }, `Interrupted in step 3 of 9, Functions. Steps 1 to 2 are done. ${goesOn}`],
      [{ begun: 0 }, 'Interrupted: nothing was changed.'],
      [{ dryRun: true }, 'Interrupted: nothing was changed.'],
    ])) {
      assert.equal(interrupted({ ...state, ...change }), said);
    }
  });
});
