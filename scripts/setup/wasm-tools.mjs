// wasm-pack and wasm-bindgen's command line tool. The latter must be of exactly the version of the library in Cargo.lock.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { runCargo } from '../lib/cargo.mjs';
import { ask, isExecutable, which } from '../lib/exec.mjs';
import { cacheDir, inRoot } from '../lib/paths.mjs';
import { provide } from './provide.mjs';

const WASM_PACK = '0.15.1';

/**
 * Returns the version of a package in the text of a Cargo.lock, or `undefined`.
 *
 * @param {string} lock
 * @param {string} name
 */
export function lockedVersion(lock, name) {
  return new RegExp(`^name = "${name}"\\nversion = "([^"]+)"$`, 'm').exec(lock)?.[1];
}

/** @typedef {{ crate: string, program: string }} Tool */

/** @typedef {{ file: string, version?: string }} Installed */

/**
 * Decides the next move for one tool. Its `use` is a path.
 *
 * @typedef {object} Found
 * @property {Tool} tool
 * @property {string} version the right one
 * @property {Installed} [cached]
 * @property {Installed} [onPath]
 * @property {boolean} [binstall] true if cargo-binstall is there
 *
 * @param {Found & { tried: Set<string> }} found
 * @returns {import('./provide.mjs').Move<string, 'binstall' | 'cargo install'>}
 */
export function nextMove({ tool, version, cached, onPath, binstall, tried }) {
  if (onPath && onPath.version === version) return { use: onPath.file };
  if (cached && cached.version === version) return { use: cached.file };
  if (binstall && !tried.has('binstall')) return { act: 'binstall' };
  if (!tried.has('cargo install')) return { act: 'cargo install' };
  return {
    missing: `${tool.program} ${version} is missing, and the Wasm builds need it: run \`cargo install ${tool.crate} --version ${version}\`.`,
  };
}

/**
 * Both tools: the folders for `PATH`, and a text that identifies their versions.
 *
 * @typedef {{ folders: string[], id: string }} WasmTools
 */

/**
 * Finds or installs both tools.
 *
 * @param {{ progress: (text: string) => void }} step
 * @returns {Promise<WasmTools>}
 */
export async function provideWasmTools({ progress }) {
  const wasmBindgen = lockedVersion(readFileSync(inRoot('Cargo.lock'), 'utf8'), 'wasm-bindgen');
  if (!wasmBindgen) throw new Error('Cargo.lock has no wasm-bindgen.');
  const tools = [
    { tool: { crate: 'wasm-pack', program: 'wasm-pack' }, version: WASM_PACK },
    { tool: { crate: 'wasm-bindgen-cli', program: 'wasm-bindgen' }, version: wasmBindgen },
  ];
  const folders = [];
  for (const { tool, version } of tools) folders.push(await provideTool(tool, version, progress));
  return { folders, id: tools.map(({ tool, version }) => `${tool.program} ${version}`).join(', ') };
}

/**
 * @param {Tool} tool
 * @param {string} version
 * @param {(text: string) => void} progress
 */
async function provideTool(tool, version, progress) {
  const home = join(cacheDir(), 'tools', `${tool.crate}-${version}`);
  const program = await provide({
    look: async () => ({
      tool,
      version,
      cached: await versionOf(join(home, 'bin', tool.program)),
      onPath: await versionOf(which(tool.program)),
      binstall: Boolean(which('cargo-binstall')),
    }),
    nextMove,
    acts: {
      binstall: () => binstall({ tool, version, home, progress }),
      'cargo install': () => cargoInstall({ tool, version, home, progress }),
    },
    progress,
  });
  return dirname(program);
}

/**
 * @typedef {{ tool: Tool, version: string, home: string, progress: (text: string) => void }} Installation
 * @param {Installation} installation
 */
async function binstall({ tool, version, home, progress }) {
  progress(`downloading ${tool.crate} ${version}`);
  mkdirSync(join(home, 'bin'), { recursive: true });
  // Without a build for this machine it would compile with full optimisation. The next act compiles faster.
  const quietly = ['--no-confirm', '--disable-strategies', 'compile', '--install-path', join(home, 'bin')];
  await ask('cargo-binstall', [...quietly, `${tool.crate}@${version}`], { timeout: 300_000 });
}

/** @param {Installation} installation */
async function cargoInstall({ tool, version, home, progress }) {
  const build = join(cacheDir(), 'build', tool.crate);
  await runCargo('cargo', ['install', '--debug', tool.crate, '--version', version, '--root', home], {
    what: `compiling ${tool.crate} ${version}`,
    progress,
    log: tool.crate,
    // Unoptimised and without debug information the build takes a third of the time, and is fast enough for one small crate.
    env: { CARGO_PROFILE_DEV_DEBUG: '0', CARGO_TARGET_DIR: build },
  });
  rmSync(build, { recursive: true, force: true });
}

/** @param {string | undefined} file */
async function versionOf(file) {
  if (!file || !isExecutable(file)) return undefined;
  const answer = await ask(file, ['--version']);
  return { file, version: /\d+\.\d+\.\d+\S*/.exec(answer ?? '')?.[0] };
}
