import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { cacheDir } from '../../scripts/lib/paths.mjs';
import { fingerprint, unlessDone } from '../../scripts/lib/stamp.mjs';
import { nextMove as nextDenyMove } from '../../scripts/setup/cargo-deny.mjs';
import { nextMove as nextBrowserMove } from '../../scripts/setup/chromium.mjs';
import { whatIsMissing } from '../../scripts/setup/machine.mjs';
import { oldestRust, whatIsWrongWithRust } from '../../scripts/setup/rust.mjs';
import { nextMove as nextCompilerMove } from '../../scripts/setup/toolchain.mjs';
import { lockedVersion, nextMove as nextToolMove } from '../../scripts/setup/wasm-tools.mjs';
import { known } from '../support/known.mjs';

describe('the choice of the Wasm compiler', () => {
  const found = (facts, ...tried) =>
    nextCompilerMove({
      rustup: false,
      rustTarget: false,
      debianPackages: false,
      debianStd: false,
      canInstallPackages: false,
      ...facts,
      tried: new Set(tried),
    });

  it('is the target of rustup if it is installed', () => {
    assert.deepEqual(found({ rustup: true, rustTarget: true, debianPackages: true, debianStd: true }), {
      use: 'rustup',
    });
  });

  it('tries rustup before it installs anything', () => {
    assert.deepEqual(found({ rustup: true, canInstallPackages: true }), { act: 'rustup target add' });
  });

  it('does not try rustup again after building the library', () => {
    assert.deepEqual(found({ rustup: true, debianPackages: true, debianStd: true }), { use: 'debian' });
  });

  it('installs the Debian packages after a failure of rustup', () => {
    const machine = { rustup: true, canInstallPackages: true };
    assert.deepEqual(found(machine, 'rustup target add'), { act: 'install packages' });
  });

  it('installs the Debian packages without rustup', () => {
    assert.deepEqual(found({ canInstallPackages: true }), { act: 'install packages' });
  });

  it('builds the standard library with the Debian packages', () => {
    const machine = { rustup: true, debianPackages: true };
    assert.deepEqual(found(machine, 'rustup target add'), { act: 'build std' });
  });

  it('fails with instructions if nothing can be installed', () => {
    const { missing } = found({ rustup: true }, 'rustup target add');
    assert.match(missing ?? '', /wasm32-unknown-unknown is missing.*rustup target add.*apt-get install rustc-web/);
  });

  it('does not repeat a failed step', () => {
    assert.ok(found({ canInstallPackages: true }, 'install packages').missing);
    assert.ok(found({ debianPackages: true }, 'build std').missing);
  });
});

describe('the choice of a Wasm tool', () => {
  const tool = { crate: 'wasm-bindgen-cli', program: 'wasm-bindgen' };
  const found = (facts, ...tried) => nextToolMove({ tool, version: '0.2.130', ...facts, tried: new Set(tried) });

  it('is the one on PATH with the right version', () => {
    assert.deepEqual(found({ onPath: { file: '/bin/wasm-bindgen', version: '0.2.130' } }), {
      use: '/bin/wasm-bindgen',
    });
  });

  it('does not use another version', () => {
    assert.deepEqual(found({ onPath: { file: '/bin/wasm-bindgen', version: '0.2.129' } }), { act: 'cargo install' });
  });

  it('uses the one in the cache', () => {
    assert.deepEqual(found({ cached: { file: '/cache/wasm-bindgen', version: '0.2.130' } }), {
      use: '/cache/wasm-bindgen',
    });
  });

  it('downloads by cargo-binstall, or else compiles', () => {
    assert.deepEqual(found({ binstall: true }), { act: 'binstall' });
    assert.deepEqual(found({ binstall: true }, 'binstall'), { act: 'cargo install' });
  });

  it('fails with the command that installs it', () => {
    assert.match(found({}, 'cargo install').missing ?? '', /cargo install wasm-bindgen-cli --version 0\.2\.130/);
  });

  it('takes the version of exactly this package from Cargo.lock', () => {
    const lock =
      '[[package]]\nname = "wasm-bindgen-macro"\nversion = "9.9.9"\n\n[[package]]\nname = "wasm-bindgen"\nversion = "0.2.130"\n';
    assert.equal(lockedVersion(lock, 'wasm-bindgen'), '0.2.130');
    assert.equal(lockedVersion(lock, 'gloo'), undefined);
  });
});

describe('the choice of cargo-deny', () => {
  const found = (facts, ...tried) => nextDenyMove({ version: '0.20.2', ...facts, tried: new Set(tried) });

  it('is this version or a later one', () => {
    for (const version of ['0.20.2', '0.20.10', '0.21.0', '1.0.0']) {
      assert.deepEqual(found({ onPath: { file: '/bin/cargo-deny', version } }), { use: '/bin/cargo-deny' });
    }
  });

  it('prefers the one in the cache to an older one on PATH', () => {
    for (const version of ['0.19.9', '0.20.1', undefined]) {
      const onPath = { file: '/bin/cargo-deny', version };
      assert.deepEqual(found({ onPath }), { act: 'cargo install' });
      const cached = { file: '/cache/cargo-deny', version: '0.20.2' };
      assert.deepEqual(found({ onPath, cached }), { use: '/cache/cargo-deny' });
    }
  });

  it('downloads by cargo-binstall, or else compiles once', () => {
    assert.deepEqual(found({ binstall: true }), { act: 'binstall' });
    assert.deepEqual(found({ binstall: true }, 'binstall'), { act: 'cargo install' });
    assert.match(
      known(found({ binstall: true }, 'binstall', 'cargo install').missing),
      /0\.20\.2 could not be installed/,
    );
  });
});

describe('the choice of a browser', () => {
  const found = (facts, ...tried) => nextBrowserMove({ canInstallPackages: false, ...facts, tried: new Set(tried) });

  it('is the installed one', () => {
    const both = { chromium: '/usr/bin/chromium', chromedriver: '/usr/bin/chromedriver' };
    assert.deepEqual(found(both), { use: both });
  });

  it('installs packages if one of the two is missing', () => {
    assert.deepEqual(found({ chromium: '/usr/bin/chromium', canInstallPackages: true }), { act: 'install packages' });
  });

  it('names exactly the missing parts if it cannot install', () => {
    assert.match(found({ chromium: '/usr/bin/chromium' }).missing ?? '', /^chromedriver missing.*in CHROMEDRIVER\.$/);
    assert.match(found({}).missing ?? '', /^Chromium and chromedriver missing/);
  });
});

describe('the prerequisites of a machine', () => {
  const machine = { nodeVersion: '20.20.2', npm: '/bin/npm', cargo: '/bin/cargo', rustc: '/bin/rustc' };

  it('are Node, npm and Rust', () => {
    for (const nodeVersion of ['20.12.0', '20.20.2', '22.1.0']) {
      assert.equal(whatIsMissing({ ...machine, nodeVersion }), undefined);
    }
  });

  it('are named in one sentence, with reason and source', () => {
    for (const nodeVersion of ['18.20.0', '20.11.1']) {
      assert.match(
        whatIsMissing({ ...machine, nodeVersion }) ?? '',
        /^Node \d+\.\d+\.\d is too old: .* need Node 20\.12 or later.*https:\/\/nodejs\.org/,
      );
    }
    assert.match(whatIsMissing({ ...machine, npm: undefined }) ?? '', /npm is missing.*https:\/\/nodejs\.org/);
    assert.match(whatIsMissing({ ...machine, cargo: undefined }) ?? '', /Rust is missing.*https:\/\/rustup\.rs/);
  });
});

describe('the Rust of a machine', () => {
  const problemWith = (printed) => whatIsWrongWithRust({ printed, oldest: '1.88' });

  it('may be the oldest supported one, or a later one', () => {
    for (const version of ['1.88.0 (6b00bc388 2025-06-23)', '1.95.0', '1.100.0-nightly (abc 2026-11-01)', '2.0.0']) {
      assert.equal(problemWith(`rustc ${version}`), undefined);
    }
  });

  it('is too old otherwise', () => {
    for (const version of ['1.87.0', '1.9.0', '0.12.0']) {
      assert.match(known(problemWith(`rustc ${version}`)), /need Rust 1\.88 or later: run `rustup update stable`/);
    }
  });

  it('is missing if rustup lacks the pinned toolchain', () => {
    assert.match(known(problemWith(undefined)), /`rustup toolchain install stable`.*RUSTUP_TOOLCHAIN/);
  });

  it('is named in Cargo.toml', () => {
    assert.equal(oldestRust('[workspace.package]\nedition = "2021"\nrust-version = "1.88"\n'), '1.88');
  });
});

describe('the cache folder', () => {
  it('is below XDG_CACHE_HOME', () => {
    assert.equal(cacheDir({ XDG_CACHE_HOME: '/var/cache' }, '/home/ada'), '/var/cache/flex-park-interaction');
  });

  it('is below ~/.cache if that is not set, or relative', () => {
    assert.equal(cacheDir({}, '/home/ada'), '/home/ada/.cache/flex-park-interaction');
    assert.equal(cacheDir({ XDG_CACHE_HOME: 'cache' }, '/home/ada'), '/home/ada/.cache/flex-park-interaction');
  });
});

describe('finished work', () => {
  let folder;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'stamp-'))));
  after(() => rmSync(folder, { recursive: true }));

  async function did(print) {
    return unlessDone({ stamp: join(folder, 'stamp'), print, outputs: [join(folder, 'out')] }, async () =>
      writeFileSync(join(folder, 'out'), ''),
    );
  }

  it('is skipped until inputs change or the output is gone', async () => {
    assert.equal(await did('one'), true);
    assert.equal(await did('one'), false);
    assert.equal(await did('two'), true);
    rmSync(join(folder, 'out'));
    assert.equal(await did('two'), true);
  });

  it('does not include failed work', async () => {
    const stamp = join(folder, 'failing');
    await assert.rejects(unlessDone({ stamp, print: 'x' }, async () => Promise.reject(new Error('no'))));
    assert.equal(await unlessDone({ stamp, print: 'x' }, async () => {}), true);
  });

  it('has another fingerprint after any change in a folder', () => {
    const sources = join(folder, 'sources');
    mkdirSync(join(sources, 'deep'), { recursive: true });
    const prints = new Set();
    const note = () => prints.add(fingerprint({ files: [sources] }));
    note();
    writeFileSync(join(sources, 'deep', 'a'), '1');
    note();
    writeFileSync(join(sources, 'deep', 'a'), '2');
    note();
    rmSync(join(sources, 'deep', 'a'));
    writeFileSync(join(sources, 'deep', 'b'), '2');
    note();
    assert.equal(prints.size, 4);
  });
});
