// The four Wasm builds of the core. Each ends in plain JavaScript with the Wasm inlined as base64, because neither the
// Flex plugin builder nor the hosted Functions runtime ships a `.wasm` file dependably.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { runCargo } from '../lib/cargo.mjs';
import { run } from '../lib/exec.mjs';
import { inRoot, made, root, targetDir } from '../lib/paths.mjs';
import { fingerprint, unlessDone } from '../lib/stamp.mjs';
import { bundleGlue, glueTypes } from './plugin-glue.mjs';

const NAME = 'park_interaction';
const WASM_TARGET_DIR = join(targetDir, 'wasm');
/** The folder of what is generated for the plugin. */
export const PLUGIN_FOLDER = inRoot('js-shim', 'src', 'core', 'generated');
/** The folder of what is generated for the supervisors' core. */
export const SUPERVISOR_FOLDER = join(PLUGIN_FOLDER, 'supervisor');
const SCRIPTS = ['wasm.mjs', 'plugin-glue.mjs'].map((file) => inRoot('scripts', 'setup', file));
const FUNCTIONS_ASSET = inRoot('functions', 'assets', 'features', 'park-interaction', 'core.private.js');

/** The features of Wasm that rustc emits; every browser that Flex supports and Node 20 have them. */
const WASM_FEATURES = [
  '--enable-bulk-memory',
  '--enable-multivalue',
  '--enable-mutable-globals',
  '--enable-nontrapping-float-to-int',
  '--enable-reference-types',
  '--enable-sign-ext',
];
const STRIP = ['--strip-debug', '--strip-producers', '--strip-target-features'];

/**
 * For Wasm that is downloaded zipped, optimised twice. A function with one caller usually goes into it; but many small functions zip better
 * than a few large ones, and what is computed twice better than what is kept in a variable. Names of imports and exports
 * become letters, of which wasm-opt prints a list.
 */
const FOR_ZIP = [
  '-Oz',
  '--one-caller-inline-max-function-size=20',
  '--skip-pass=local-cse',
  '--minify-imports-and-exports-and-modules',
];

/** The sides of the core, by the feature that each one turns on: its optimisation, its outputs and how they are written. */
export const sides = {
  plugin: {
    outputs: [join(PLUGIN_FOLDER, 'glue.js')],
    optimise: FOR_ZIP,
    write: writePlugin,
  },
  supervisor: {
    outputs: [
      ...['glue.js', 'glue.d.ts'].map((file) => join(SUPERVISOR_FOLDER, file)),
      join(PLUGIN_FOLDER, 'glue.d.ts'),
    ],
    optimise: FOR_ZIP,
    write: writeSupervisor,
  },
  functions: forNode(FUNCTIONS_ASSET),
  owner: forNode(made.ownersCore),
};

/**
 * A side whose output is one CommonJS file.
 *
 * @param {string} outfile
 */
function forNode(outfile) {
  /** @type {string[]} */
  const optimise = [];
  return { outputs: [outfile], optimise, write: (/** @type {string} */ folder) => writeForNode(folder, outfile) };
}

/** Panics name the crate's file: not where on this machine it is, which is nobody's business and differs from one to the next. */
const CARGO_HOME = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
const RUSTC_FLAGS = [`--remap-path-prefix=${CARGO_HOME}=cargo`];

/**
 * @typedef {keyof sides} Side
 * @typedef {{ toolchain: import('./toolchain.mjs').Toolchain, tools: import('./wasm-tools.mjs').WasmTools }} Compiler
 */

/**
 * Returns the environment in which cargo and wasm-pack compile to Wasm.
 *
 * @param {Compiler} compiler
 * @returns {NodeJS.ProcessEnv}
 */
export function wasmEnv({ toolchain, tools }) {
  return {
    ...toolchain.env,
    PATH: [...tools.folders, toolchain.env.PATH ?? process.env.PATH].join(':'),
    CARGO_TARGET_DIR: WASM_TARGET_DIR,
    CARGO_ENCODED_RUSTFLAGS: RUSTC_FLAGS.join('\x1f'),
  };
}

/**
 * Builds one side unless it is up to date.
 *
 * @param {Side} side
 * @param {Compiler & { progress: (text: string) => void }} step
 */
export async function buildWasm(side, { toolchain, tools, progress }) {
  const { outputs, write } = sides[side];
  const folder = packageFolder(side);
  await unlessDone(
    {
      stamp: join(folder, 'stamp'),
      outputs,
      print: fingerprint({
        files: [inRoot('Cargo.toml'), inRoot('Cargo.lock'), inRoot('src'), ...SCRIPTS],
        values: [toolchain.id, tools.id],
      }),
    },
    async () => {
      const printed = await compile(side, folder, { env: wasmEnv({ toolchain, tools }), progress });
      await write(folder, printed);
    },
  );
}

/**
 * Returns the path of the optimised Wasm of one side, as it is before it is inlined.
 *
 * @param {Side} side
 */
export const optimisedWasm = (side) => join(packageFolder(side), `${NAME}_bg.wasm`);

/** @param {Side} side */
const packageFolder = (side) => join(WASM_TARGET_DIR, 'packages', side);

/**
 * Compiles one side into `folder`. Returns the output of the optimiser.
 *
 * @param {Side} side
 * @param {string} folder
 * @param {{ env: NodeJS.ProcessEnv, progress: (text: string) => void }} how
 */
async function compile(side, folder, { env, progress }) {
  rmSync(folder, { recursive: true, force: true });
  const layout = ['--target', 'bundler', '--no-pack', '--out-name', NAME, '--out-dir', folder];
  const features = ['--no-default-features', '--features', side];
  await runCargo('wasm-pack', ['build', root, '--mode', 'no-install', '--no-opt', ...layout, '--', ...features], {
    what: `compiling the core for the ${side}`,
    progress,
    log: `wasm-${side}`,
    env,
  });
  if (existsSync(join(folder, 'snippets'))) {
    throw new Error(
      `The ${side} build brought a crate's JavaScript snippets along, which nothing ships: see ${join(folder, 'snippets')}.`,
    );
  }
  progress(`optimising the Wasm for the ${side}`);
  const wasm = optimisedWasm(side);
  const wasmOpt = inRoot('node_modules', 'binaryen', 'bin', 'wasm-opt');
  const how = ['-Oz', ...sides[side].optimise, ...WASM_FEATURES, ...STRIP];
  /** @type {string[]} */
  const printed = [];
  await run(process.execPath, [wasmOpt, ...how, wasm, '-o', wasm], {
    log: `wasm-opt-${side}`,
    onLine: (line) => printed.push(line),
  });
  return printed.join('\n');
}

/**
 * Writes the glue. The Wasm goes into the plugin's archive.
 *
 * @param {string} folder
 * @param {string} names the output of the optimiser
 */
async function writePlugin(folder, names) {
  await writeGlue(PLUGIN_FOLDER, folder, names);
}

/**
 * Writes the glue of the supervisors' core, and the types of both: the agents' core has a part of the same exports.
 *
 * @param {string} folder
 * @param {string} names the output of the optimiser
 */
async function writeSupervisor(folder, names) {
  const types = await writeGlue(SUPERVISOR_FOLDER, folder, names);
  writeFileSync(join(PLUGIN_FOLDER, 'glue.d.ts'), glueTypes(types));
  writeFileSync(join(SUPERVISOR_FOLDER, 'glue.d.ts'), "export * from '../glue';\n");
}

/**
 * Writes the glue of one side into a folder. Returns its types.
 *
 * @param {string} to
 * @param {string} folder
 * @param {string} names the output of the optimiser
 */
async function writeGlue(to, folder, names) {
  const types = readFileSync(join(folder, `${NAME}.d.ts`), 'utf8');
  const glue = await bundleGlue({ folder, glue: `${NAME}_bg.js`, types, names: JSON.parse(names) });
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'glue.js'), glue);
  return types;
}

/**
 * Writes one CommonJS file which is ready when it has been required.
 *
 * @param {string} folder
 * @param {string} outfile
 */
async function writeForNode(folder, outfile) {
  const { build } = await import('esbuild');
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    stdin: {
      resolveDir: folder,
      contents: `
        import * as glue from './${NAME}_bg.js';
        import wasm from './${NAME}_bg.wasm';
        const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), { './${NAME}_bg.js': glue });
        glue.__wbg_set_wasm(instance.exports);
        instance.exports.__wbindgen_start();
        export * from './${NAME}_bg.js';`,
    },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    loader: { '.wasm': 'binary' },
    outfile,
    logLevel: 'error',
  });
}
