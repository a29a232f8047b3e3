import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';

const FILE = `
import { describe, it, test } from 'node:test';
describe('a suite', () => {
  for (const number of [1, 2, 3]) it('test ' + number, () => {});
});
test('test 4', () => {});
test('test 5', () => {});
`;

describe('a sample of tests for Node', () => {
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'park-interaction-'));
    writeFileSync(join(folder, 'some.test.mjs'), FILE);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Returns the names of the tests that run. */
  function sampled(every) {
    const hook = ['--require', inRoot('tests', 'run', 'sample-hook.cjs')];
    const { stdout } = spawnSync(
      process.execPath,
      [...hook, '--test', '--test-reporter', 'tap', join(folder, 'some.test.mjs')],
      // Node's runner marks its children, and a child of those would not run tests.
      { encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined, SAMPLE_EVERY: String(every) } },
    );
    return [...stdout.matchAll(/^ *ok \d+ - (test \d)/gm)].map(([, name]) => name);
  }

  it('is the first test of a file, and others at a distance', () => {
    assert.deepEqual(sampled(1), ['test 1', 'test 2', 'test 3', 'test 4', 'test 5']);
    assert.deepEqual(sampled(3), ['test 1', 'test 4']);
    assert.deepEqual(sampled(9), ['test 1']);
  });
});
