import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { sum, tallyCargo, tallyModel, tallyNode, tallyPlaywright, verdict } from '../run/tally.mjs';

describe('counting tests', () => {
  it('adds up the test programs of cargo', () => {
    const output = [
      'test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s',
      'noise',
      'test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s',
    ].join('\n');
    assert.deepEqual(tallyCargo(output), { passed: 15, failed: 2 });
  });

  it('finds nothing if cargo has run no test', () => {
    assert.deepEqual(tallyCargo('error: could not compile'), { passed: 0, failed: 0 });
  });

  it('counts cancelled tests of Node as failed, and no skipped ones', () => {
    const output = 'ℹ tests 9\nℹ pass 5\nℹ fail 1\nℹ cancelled 2\nℹ skipped 1\nℹ todo 0';
    assert.deepEqual(tallyNode(output), { passed: 5, failed: 3 });
  });

  it('counts a flaky test of Playwright as failed', () => {
    const report = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 1 } };
    assert.deepEqual(tallyPlaywright(report), { passed: 4, failed: 2 });
  });

  it("counts the model checker's scenarios and variants", () => {
    const output = 'ok: wake: 902 states\nBROKEN: park: 3 states\n  I1: broken by\nok: caught: I2\nNOT CAUGHT: I3';
    assert.deepEqual(tallyModel(output), { passed: 2, failed: 2 });
  });

  it('adds up the tiers', () => {
    assert.deepEqual(
      sum([
        { passed: 1, failed: 0 },
        { passed: 2, failed: 3 },
      ]),
      { passed: 3, failed: 3 },
    );
  });
});

describe('the verdict on a tier', () => {
  it('is a failure if no test was executed', () => {
    assert.deepEqual(verdict({ passed: 0, failed: 0 }, { runnerFailed: false }), {
      passed: 0,
      failed: 1,
      why: 'no test was executed',
    });
  });

  it('is a failure if the runner failed and every test passed', () => {
    assert.equal(verdict({ passed: 7, failed: 0 }, { runnerFailed: true }).failed, 1);
  });

  it('follows the tests otherwise', () => {
    assert.deepEqual(verdict({ passed: 7, failed: 0 }, { runnerFailed: false }), { passed: 7, failed: 0 });
    assert.deepEqual(verdict({ passed: 7, failed: 2 }, { runnerFailed: true }), { passed: 7, failed: 2 });
  });
});
