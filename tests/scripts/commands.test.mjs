import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';

const node = (script, ...args) => spawnSync(process.execPath, [inRoot(script), ...args], { encoding: 'utf8' });

describe('npm start', () => {
  it('does not start with an option that it does not know', () => {
    const { status, stdout, stderr } = node('scripts/start.mjs', '--prot', '80');
    assert.equal(status, 2);
    assert.match(stderr, /--prot.*Usage: npm start/s);
    assert.equal(stdout, '');
  });

  it('does not start with a port that is none', () => {
    for (const port of ['http', '65536', '-1']) {
      const { status, stderr } = node('scripts/start.mjs', `--port=${port}`);
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`--port ${port} is not a port: expected a number from 0 to 65535`));
    }
  });
});

describe('npm test', () => {
  it('lists the tiers when it does not know one', () => {
    const { status, stderr } = node('tests/run/main.mjs', 'nativ');
    assert.equal(status, 2);
    assert.match(stderr, /There is no tier nativ\..*native .*browser /s);
  });
});

describe('the lock files', () => {
  for (const folder of ['.', 'js-shim', 'functions']) {
    it(`name no registry: ${folder}`, () => {
      const { packages } = JSON.parse(readFileSync(inRoot(folder, 'package-lock.json'), 'utf8'));
      const downloads = Object.values(packages).filter(({ resolved }) => /^https?:/.test(resolved ?? ''));
      assert.deepEqual(downloads, []);
    });
  }
});
