import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { packagesWith } from '../../scripts/setup/packages.mjs';
import { provide } from '../../scripts/setup/provide.mjs';

describe('packages', () => {
  it('are not installed for an existing program', async () => {
    const packages = packagesWith({
      possible: true,
      install: () => assert.fail('installed'),
      has: () => '/usr/bin/cc',
    });
    await packages.provide('cc', ['build-essential'], 'cc is missing');
  });

  it('are installed for a missing program', async () => {
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

  it('fail with the message if they cannot be installed', async () => {
    const packages = packagesWith({ possible: false, install: () => assert.fail('installed'), has: () => undefined });
    await assert.rejects(packages.provide('cc', ['build-essential'], 'cc is missing'), /^Error: cc is missing$/);
  });

  it('fail with the message if the program is still missing', async () => {
    const packages = packagesWith({ possible: true, install: async () => {}, has: () => undefined });
    await assert.rejects(packages.provide('cc', ['build-essential'], 'cc is missing'), /^Error: cc is missing$/);
  });

  it('are installed one call at a time, also after a failure', async () => {
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

  /** Chooses to install once. */
  const nextMove = ({ there, tried }) => {
    if (there) return { use: 'the tool' };
    return tried.has('install') ? { missing: 'the tool is missing' } : { act: 'install' };
  };

  it('looks again after an act', async () => {
    let there = false;
    const acts = { install: async () => (there = true) };
    assert.equal(await provide({ look: () => ({ there }), nextMove, acts, progress }), 'the tool');
  });

  it('fails with the missing tool and the earlier error', async () => {
    const acts = { install: async () => Promise.reject(new Error('no network')) };
    const providing = provide({ look: () => ({ there: false }), nextMove, acts, progress });
    await assert.rejects(providing, /^Error: the tool is missing\nno network$/);
  });
});
