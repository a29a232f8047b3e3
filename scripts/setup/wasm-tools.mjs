// wasm-pack and wasm-bindgen's command line tool. The latter must be of exactly the version of the library in Cargo.lock.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { runCargo } from '../lib/cargo.mjs';
import { ask, isExecutable, which } from '../lib/exec.mjs';
import { cacheDir, inRoot } from '../lib/paths.mjs';
import { provide } from './provide.mjs';

const WASM_PACK = '0.15.1';

/** The version of a package in the text of a Cargo.lock, or `undefined`. */
export function lockedVersion(lock, name) {
  return new RegExp(`^name = "${name}"\\nversion = "([^"]+)"$`, 'm').exec(lock)?.[1];
}

/**
 * The next thing to do for one tool. Exactly one of:
 * - `{ use: path }`: the right version is there;
 * - `{ act: 'binstall' | 'cargo install' }`: do this and look again;
 * - `{ missing }`: a sentence for the reader.
 */
export function nextMove({ tool, version, cached, onPath, binstall, tried }) {
  if (onPath?.version === version) return { use: onPath.file };
  if (cached?.version === version) return { use: cached.file };
  if (binstall && !tried.has('binstall')) return { act: 'binstall' };
  if (!tried.has('cargo install')) return { act: 'cargo install' };
  return {
    missing: `${tool.program} ${version} is missing, and the Wasm builds need it: run \`cargo install ${tool.crate} --version ${version}\`.`,
  };
}

/** Finds or installs both tools. Answers the folders to put on `PATH`, and what identifies the tools. */
export async function provideWasmTools({ progress }) {
  const wasmBindgen = lockedVersion(readFileSync(inRoot('Cargo.lock'), 'utf8'), 'wasm-bindgen');
  const tools = [
    { tool: { crate: 'wasm-pack', program: 'wasm-pack' }, version: WASM_PACK },
    { tool: { crate: 'wasm-bindgen-cli', program: 'wasm-bindgen' }, version: wasmBindgen },
  ];
  const folders = [];
  for (const { tool, version } of tools) folders.push(await provideTool(tool, version, progress));
  return { folders, id: tools.map(({ tool, version }) => `${tool.program} ${version}`).join(', ') };
}

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

async function binstall({ tool, version, home, progress }) {
  progress(`downloading ${tool.crate} ${version}`);
  mkdirSync(join(home, 'bin'), { recursive: true });
  // Where nothing built is offered it would compile with full optimisation. The quicker way to compile is the next one.
  const quietly = ['--no-confirm', '--disable-strategies', 'compile', '--install-path', join(home, 'bin')];
  await ask('cargo-binstall', [...quietly, `${tool.crate}@${version}`], { timeout: 300_000 });
}

async function cargoInstall({ tool, version, home, progress }) {
  const build = join(cacheDir(), 'build', tool.crate);
  await runCargo('cargo', ['install', '--debug', tool.crate, '--version', version, '--root', home], {
    what: `compiling ${tool.crate} ${version}`,
    progress,
    log: tool.crate,
    // Unoptimised and without debug information it is built in a third of the time, and quick enough for one small crate.
    env: { CARGO_PROFILE_DEV_DEBUG: '0', CARGO_TARGET_DIR: build },
  });
  rmSync(build, { recursive: true, force: true });
}

async function versionOf(file) {
  if (!file || !isExecutable(file)) return undefined;
  const answer = await ask(file, ['--version']);
  return { file, version: /\d+\.\d+\.\d+\S*/.exec(answer ?? '')?.[0] };
}
