// The compiler for Wasm. On an ordinary machine rustup fetches the wasm32 target. Where it cannot (no way out to its
// servers), Debian's rustc comes with its sources, and the standard library is built from them once.

import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { runCargo } from '../lib/cargo.mjs';
import { ask, isExecutable, which } from '../lib/exec.mjs';
import { cacheDir } from '../lib/paths.mjs';
import { provide } from './provide.mjs';

const TARGET = 'wasm32-unknown-unknown';
const DEBIAN_RUSTC = '/usr/bin/rustc';
const DEBIAN_CARGO = '/usr/bin/cargo';
const DEBIAN_LINKER = '/usr/bin/wasm-ld-19';

/** The packages of Debian with the compiler, cargo, the standard library's sources and the linker. */
export const DEBIAN_PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld-19'];

/**
 * Decides the next move from what was found on this machine.
 *
 * @typedef {object} Found
 * @property {boolean} rustup
 * @property {boolean} rustTarget
 * @property {boolean} debianPackages
 * @property {boolean} debianStd
 * @property {boolean} canInstallPackages
 *
 * @typedef {'rustup' | 'debian'} Kind
 * @param {Found & { tried: Set<string> }} found
 * @returns {import('./provide.mjs').Move<Kind, 'rustup target add' | 'install packages' | 'build std'>}
 */
export function nextMove(found) {
  if (found.rustTarget) return { use: 'rustup' };
  if (found.debianStd) return { use: 'debian' };
  if (found.rustup && !found.tried.has('rustup target add')) return { act: 'rustup target add' };
  if (found.debianPackages) {
    if (!found.tried.has('build std')) return { act: 'build std' };
    return {
      missing: `The standard library for ${TARGET} could not be made from Debian's sources. Run \`rustup target add ${TARGET}\` where rustup has a network, or remove ${cacheDir()} and run this again.`,
    };
  }
  if (found.canInstallPackages && !found.tried.has('install packages')) return { act: 'install packages' };
  return {
    missing:
      `The Rust target ${TARGET} is missing, and the core cannot be compiled to Wasm without it: ` +
      `run \`rustup target add ${TARGET}\`, or on Debian, as root, \`apt-get install ${DEBIAN_PACKAGES.join(' ')}\`.`,
  };
}

/**
 * A compiler for Wasm.
 *
 * @typedef {object} Toolchain
 * @property {string | undefined} id identifies the compiler
 * @property {NodeJS.ProcessEnv} env the environment in which cargo and wasm-pack use it
 */

/**
 * Finds a toolchain for Wasm, or makes one.
 *
 * @param {import('./provide.mjs').Provision} provision
 * @returns {Promise<Toolchain>}
 */
export async function provideToolchain({ progress, packages }) {
  const kind = await provide({
    look: () => look(packages),
    nextMove,
    acts: {
      // A machine without a way out fails here, some only after a while. It is a download of 20 MB.
      'rustup target add': () => ask('rustup', ['target', 'add', TARGET], { timeout: 90_000 }),
      'install packages': () => packages.install(DEBIAN_PACKAGES),
      'build std': () => buildStd(progress),
    },
    progress,
  });
  return toolchain(kind);
}

/**
 * @param {import('./packages.mjs').Packages} packages
 * @returns {Promise<Found>}
 */
async function look(packages) {
  const debianPackages =
    isExecutable(DEBIAN_RUSTC) &&
    isExecutable(DEBIAN_CARGO) &&
    isExecutable(DEBIAN_LINKER) &&
    existsSync(await debianSources());
  return {
    rustup: Boolean(which('rustup')),
    rustTarget: await hasTarget(),
    debianPackages,
    debianStd:
      debianPackages && existsSync(stampFile()) && readFileSync(stampFile(), 'utf8') === (await debianVersion()),
    canInstallPackages: packages.possible,
  };
}

/**
 * @param {Kind} kind
 * @returns {Promise<Toolchain>}
 */
async function toolchain(kind) {
  if (kind === 'rustup') return { id: await ask('rustc', ['-vV']), env: {} };
  return {
    id: await debianVersion(),
    env: {
      PATH: `${join(wasmToolchain(), 'bin')}:${process.env.PATH}`,
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: DEBIAN_LINKER,
    },
  };
}

/**
 * Builds the standard library for Wasm and puts it into a sysroot of our own: a folder whose host part is a link to
 * Debian's, so that nothing outside the cache is written to and root is needed for the packages only.
 *
 * @param {(text: string) => void} progress
 */
async function buildStd(progress) {
  const home = wasmToolchain();
  const scratch = join(home, 'std');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(scratch, 'src'), { recursive: true });
  writeFileSync(
    join(scratch, 'Cargo.toml'),
    '[package]\nname = "only-for-its-std"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n',
  );
  writeFileSync(join(scratch, 'src', 'lib.rs'), '');

  await runCargo(DEBIAN_CARGO, ['build', '--release', '--target', TARGET, '-Zbuild-std=std,panic_abort,test'], {
    what: 'building the standard library for Wasm',
    progress,
    log: 'std-for-wasm',
    cwd: scratch,
    env: {
      RUSTC: DEBIAN_RUSTC,
      // rustc builds std on request only: this is not for everyday use.
      RUSTC_BOOTSTRAP: '1',
      CARGO_TARGET_DIR: join(scratch, 'target'),
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: DEBIAN_LINKER,
    },
  });

  const sysroot = join(home, 'sysroot');
  const lib = join(sysroot, 'lib', 'rustlib', TARGET, 'lib');
  const built = join(scratch, 'target', TARGET, 'release', 'deps');
  const host = join(needed(await debianSysroot()), 'lib', 'rustlib');
  mkdirSync(lib, { recursive: true });
  for (const file of readdirSync(built)) {
    if (/^lib.*\.rlib$/.test(file) && !file.startsWith('libonly_for_its_std'))
      cpSync(join(built, file), join(lib, file));
  }
  for (const part of readdirSync(host)) {
    if (part !== TARGET) symlinkSync(join(host, part), join(sysroot, 'lib', 'rustlib', part));
  }

  mkdirSync(join(home, 'bin'), { recursive: true });
  symlinkSync(DEBIAN_CARGO, join(home, 'bin', 'cargo'));
  writeFileSync(join(home, 'bin', 'rustc'), `#!/bin/sh\nexec ${DEBIAN_RUSTC} --sysroot '${sysroot}' "$@"\n`);
  chmodSync(join(home, 'bin', 'rustc'), 0o755);
  rmSync(scratch, { recursive: true });
  writeFileSync(stampFile(), needed(await debianVersion()));
}

/**
 * Returns the output of Debian's rustc, which has just compiled something.
 *
 * @param {string | undefined} output
 */
function needed(output) {
  if (output === undefined) throw new Error(`${DEBIAN_RUSTC} does not run`);
  return output;
}

const wasmToolchain = () => join(cacheDir(), 'wasm-toolchain');
const stampFile = () => join(wasmToolchain(), 'rustc-version');
const debianVersion = () => ask(DEBIAN_RUSTC, ['-vV']);
const debianSysroot = () => ask(DEBIAN_RUSTC, ['--print', 'sysroot']);

async function debianSources() {
  const sysroot = isExecutable(DEBIAN_RUSTC) ? await debianSysroot() : undefined;
  return join(sysroot ?? dirname(DEBIAN_RUSTC), 'lib', 'rustlib', 'src', 'rust', 'library', 'std', 'Cargo.toml');
}

async function hasTarget() {
  const folder = await ask('rustc', ['--print', 'target-libdir', '--target', TARGET]);
  return Boolean(folder && existsSync(folder) && readdirSync(folder).some((file) => /^libstd-.*\.rlib$/.test(file)));
}
