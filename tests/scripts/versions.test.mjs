// Versions that are stated in more than one place.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { whatIsMissing } from '../../scripts/setup/machine.mjs';
import { oldestRust } from '../../scripts/setup/rust.mjs';
import { known } from '../support/known.mjs';

const read = (...parts) => readFileSync(inRoot(...parts), 'utf8');
/** The folders of the workspace's packages beside the root. */
const members = JSON.parse(/^members = (\[.*\])$/m.exec(read('Cargo.toml'))?.[1] ?? '[]');
const enginesOf = (folder) => JSON.parse(read(folder, 'package.json')).engines?.node;

describe('the oldest supported Node', () => {
  const [, major, minor] = known(/^>=(\d+)\.(\d+)$/.exec(enginesOf('.'))).map(Number);

  it('is the same for npm, the set-up and the README', () => {
    const missing = (nodeVersion) => whatIsMissing({ nodeVersion, npm: 'npm', cargo: 'cargo', rustc: 'rustc' });
    assert.equal(missing(`${major}.${minor}.0`), undefined);
    assert.match(known(missing(`${major}.${minor - 1}.9`)), new RegExp(`need Node ${major}\\.${minor} or later`));
    assert.match(read('README.md'), new RegExp(`Node ${major}\\.${minor} or newer`));
  });

  it('has the major version of nvm and the workflows', () => {
    assert.equal(read('.nvmrc'), `${major}\n`);
    for (const workflow of ['test.yml', 'advisories.yml']) {
      const text = read('.github', 'workflows', workflow);
      assert.match(text, /node-version-file: \.nvmrc/);
      assert.doesNotMatch(text, /node-version: /);
    }
  });

  it('has the major version of the other packages, if stated', () => {
    for (const folder of ['js-shim', 'functions']) {
      const engines = enginesOf(folder);
      if (engines !== undefined) assert.match(engines, new RegExp(`^>=${major}(\\.\\d+)?$`), folder);
    }
  });
});

describe('the oldest supported Rust', () => {
  const oldest = oldestRust(read('Cargo.toml'));

  it('is the same in all packages and the README', () => {
    assert.ok(members.length > 0);
    for (const folder of ['.', ...members]) {
      const [, head] = known(/^\[package\]\n((?:[^[].*\n|\n)*)/m.exec(read(folder, 'Cargo.toml')));
      assert.match(head, /^rust-version\.workspace = true$/m, folder);
    }
    assert.match(read('README.md'), new RegExp(`Rust ${oldest.replace('.', '\\.')} or newer`));
  });

  it('is not the version of rust-toolchain.toml', () => {
    const toolchain = read('rust-toolchain.toml').replace(/^#.*\n/gm, '');
    assert.equal(toolchain.trim(), '[toolchain]\nchannel = "stable"');
  });
});

describe('npm', () => {
  it('has the same major version in the README and the workflow', () => {
    const [, major] = known(/with npm (\d+)/.exec(read('README.md')));
    assert.match(read('.github', 'workflows', 'test.yml'), new RegExp(`npm@${major}\\n`));
  });
});

describe('the version of the product', () => {
  it('is the same in every package', () => {
    const { version } = JSON.parse(read('package.json'));
    for (const folder of ['.', 'js-shim', 'functions']) {
      assert.equal(JSON.parse(read(folder, 'package.json')).version, version, folder);
      const lock = JSON.parse(read(folder, 'package-lock.json'));
      assert.deepEqual([lock.version, lock.packages[''].version], [version, version], `the lock file of ${folder}`);
    }
    for (const folder of ['.', ...members]) {
      assert.match(read(folder, 'Cargo.toml'), new RegExp(`^version = "${version}"$`, 'm'), folder);
    }
  });
});
