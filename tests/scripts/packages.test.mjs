import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { packagesWith } from '../../scripts/setup/packages.mjs';
import { provide } from '../../scripts/setup/provide.mjs';

describe('packages', () => {
  it('are not installed for a program that is there', async () => {
    const packages = packagesWith({
      possible: true,
      install: () => assert.fail('installed'),
      has: () => '/usr/bin/cc',
    });
    await packages.provide('cc', ['build-essential'], 'cc is missing');
  });

  it('are installed for a program that is not', async () => {
    const installed = [];
    const packages = packagesWith({
      possible: true,
      install: async (names) => {
        installed.push(...names);
      },
      has: () => installed.length > 0,
    });
    await packages.provide('cc', ['build-essential'], 'cc is missing');
    assert.deepEqual(installed, ['build-essential']);
  });

  it('that cannot be installed give the sentence', async () => {
    const packages = packagesWith({ possible: false, install: () => assert.fail('installed'), has: () => undefined });
    await assert.rejects(packages.provide('cc', ['build-essential'], 'cc is missing'), /^Error: cc is missing$/);
  });

  it('that do not bring the program give the sentence too', async () => {
    const packages = packagesWith({ possible: true, install: async () => {}, has: () => undefined });
    await assert.rejects(packages.provide('cc', ['build-essential'], 'cc is missing'), /^Error: cc is missing$/);
  });

  it('are installed one call at a time, and a failed call does not stop the next', async () => {
    let running = 0;
    const packages = packagesWith({
      possible: true,
      async install([name]) {
        running += 1;
        assert.equal(running, 1);
        await Promise.resolve();
        running -= 1;
        if (name === 'bad') throw new Error('no such package');
      },
    });
    const calls = [packages.install(['bad']), packages.install(['good']), packages.install(['other'])];
    const outcomes = await Promise.allSettled(calls);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled'],
    );
  });
});

describe('providing a tool', () => {
  const progress = () => {};

  /** Installs once; the act decides if that helps. */
  const nextMove = ({ there, tried }) => {
    if (there) return { use: 'the tool' };
    return tried.has('install') ? { missing: 'the tool is missing' } : { act: 'install' };
  };

  it('looks again after it did something', async () => {
    let there = false;
    const acts = { install: async () => (there = true) };
    assert.equal(await provide({ look: () => ({ there }), nextMove, acts, progress }), 'the tool');
  });

  it('says what is missing, and what went wrong on the way', async () => {
    const acts = { install: async () => Promise.reject(new Error('no network')) };
    const providing = provide({ look: () => ({ there: false }), nextMove, acts, progress });
    await assert.rejects(providing, /^Error: the tool is missing\nno network$/);
  });
});
