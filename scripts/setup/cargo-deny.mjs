// cargo-deny, which checks licences and sources of crates. Only a lint needs it, so a machine that cannot have it goes without.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { runCargo } from '../lib/cargo.mjs';
import { messageOf } from '../lib/errors.mjs';
import { ask, isExecutable, which } from '../lib/exec.mjs';
import { cacheDir } from '../lib/paths.mjs';
import { provide } from './provide.mjs';

const VERSION = '0.20.2';

/** @typedef {{ file: string, version?: string }} Installed */

/** @typedef {{ program?: string, why?: string }} CargoDeny either the program, or why there is none */

/**
 * The next thing to do. Exactly one of:
 * - `{ use: path }`: this version or a later one is there;
 * - `{ act: 'binstall' | 'cargo install' }`: do this and look again;
 * - `{ missing }`: a sentence for the reader.
 *
 * @param {{ version: string, onPath?: Installed, cached?: Installed, binstall: boolean, tried: Set<string> }} found
 */
export function nextMove({ version, onPath, cached, binstall, tried }) {
  const found = [onPath, cached].find((one) => one?.version && !isOlder(one.version, version));
  if (found) return { use: found.file };
  if (binstall && !tried.has('binstall')) return { act: 'binstall' };
  if (!tried.has('cargo install')) return { act: 'cargo install' };
  return { missing: `cargo-deny ${version} could not be installed: \`cargo install cargo-deny --locked\` shows why.` };
}

/**
 * Finds or installs it.
 *
 * @param {{ progress: (text: string) => void }} step
 * @returns {Promise<CargoDeny>}
 */
export async function provideCargoDeny({ progress }) {
  const home = join(cacheDir(), 'tools', `cargo-deny-${VERSION}`);
  try {
    const program = await provide({
      look: async () => ({
        version: VERSION,
        onPath: await versionOf(which('cargo-deny')),
        cached: await versionOf(join(home, 'bin', 'cargo-deny')),
        binstall: Boolean(which('cargo-binstall')),
      }),
      nextMove,
      acts: { binstall: () => binstall(home), 'cargo install': () => cargoInstall(home, progress) },
      progress,
    });
    return { program };
  } catch (error) {
    return { why: messageOf(error) };
  }
}

/** @param {string} home */
async function binstall(home) {
  mkdirSync(join(home, 'bin'), { recursive: true });
  const quietly = ['--no-confirm', '--disable-strategies', 'compile', '--install-path', join(home, 'bin')];
  await ask('cargo-binstall', [...quietly, `cargo-deny@${VERSION}`], { timeout: 300_000 });
}

/**
 * Compiles it, unoptimised and without debug information: that is quicker by far, and it runs for a second.
 *
 * @param {string} home
 * @param {(text: string) => void} progress
 */
async function cargoInstall(home, progress) {
  const build = join(cacheDir(), 'build', 'cargo-deny');
  await runCargo('cargo', ['install', '--debug', '--locked', 'cargo-deny', '--version', VERSION, '--root', home], {
    what: `compiling cargo-deny ${VERSION}`,
    progress,
    log: 'cargo-deny',
    env: { CARGO_PROFILE_DEV_DEBUG: '0', CARGO_TARGET_DIR: build },
  });
  rmSync(build, { recursive: true, force: true });
}

/**
 * @param {string | undefined} file
 * @returns {Promise<Installed | undefined>}
 */
async function versionOf(file) {
  if (!file || !isExecutable(file)) return undefined;
  const answer = await ask(file, ['--version']);
  return { file, version: /\d+\.\d+\.\d+/.exec(answer ?? '')?.[0] };
}

/**
 * @param {string} one
 * @param {string} other
 */
function isOlder(one, other) {
  const [ones, others] = [one, other].map((version) => version.split('.').map(Number));
  const place = ones.findIndex((number, index) => number !== others[index]);
  return place >= 0 && ones[place] < others[place];
}
