// Everything that the product needs before it runs or is tested. Steps that do not need each other run side by side; each
// is skipped when it has been done already.

import { join } from 'node:path';

import { counted } from '../lib/counts.mjs';
import { removeOldLogs } from '../lib/exec.mjs';
import { oneAtATime } from '../lib/lock.mjs';
import { cacheDir, inRoot } from '../lib/paths.mjs';
import { runSteps, withWhatTheyRestOn } from '../lib/steps.mjs';
import { provideCargoDeny } from './cargo-deny.mjs';
import { provideChromium } from './chromium.mjs';
import { buildDesktop } from './desktop.mjs';
import { buildFlexConfig } from './flex-config.mjs';
import { checkMachine } from './machine.mjs';
import { provideNpmPackages } from './npm.mjs';
import { debianPackages } from './packages.mjs';
import { packArchive } from './plugin-archive.mjs';
import { packParts } from './plugin-parts.mjs';
import { buildPlugin } from './plugin.mjs';
import { checkRust } from './rust.mjs';
import { buildSimulator } from './simulator.mjs';
import { provideTls } from './tls.mjs';
import { provideToolchain } from './toolchain.mjs';
import { provideWasmTools } from './wasm-tools.mjs';
import { buildWasm, wasmEnv } from './wasm.mjs';

/** The steps that the product needs to run. Any browser opens its pages, so Chromium is for the tests. */
export const TO_RUN = [
  'npm packages of the Functions',
  'TLS certificate',
  'simulator',
  'Wasm for the Functions',
  'Flex plugin',
  'parts for the Functions',
  'Flex desktop',
];

/**
 * The results of steps that other steps and the tests use.
 *
 * @typedef {{
 *   'Wasm compiler': import('./toolchain.mjs').Toolchain,
 *   'Wasm tools': import('./wasm-tools.mjs').WasmTools,
 *   Chromium: import('./chromium.mjs').Browser,
 *   'cargo-deny': import('./cargo-deny.mjs').CargoDeny,
 * }} Results
 */

/** @typedef {import('../lib/steps.mjs').Step<Results>} Step */

/** Is there while a command sets this clone up: two at once would break each other's packages and builds. */
export const LOCK = inRoot('target', 'set-up.lock');

/**
 * Provides what `wanted` names, and the steps that it needs.
 *
 * @param {string[]} wanted
 * @param {{ print?: (line: string) => void, brief?: boolean }} [options] `brief`: print only about steps that take their time
 * @returns {Promise<{ wasmEnv: NodeJS.ProcessEnv | undefined, browser: import('./chromium.mjs').Browser,
 *   cargoDeny: import('./cargo-deny.mjs').CargoDeny }>} what the tests need;
 *   each is undefined unless its step ran
 */
export async function setUp(wanted, { print = console.log, brief = false } = {}) {
  const began = performance.now();
  checkMachine();
  removeOldLogs();
  const steps = withWhatTheyRestOn(everyStep(await debianPackages(), print), wanted);
  const frame = brief ? () => {} : print;
  const results = await oneAtATime(LOCK, { print }, () => {
    frame(`Setting up: ${counted(steps.length, 'step')}, side by side. What is done already is skipped.`);
    return runSteps(steps, { print });
  });
  frame(`Set up in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  return {
    wasmEnv: results['Wasm tools'] && wasmEnv(wasmWith(results)),
    browser: results['Chromium'],
    cargoDeny: results['cargo-deny'],
  };
}

/**
 * @param {import('./packages.mjs').Packages} packages
 * @param {(line: string) => void} print
 * @returns {Step[]}
 */
function everyStep(packages, print) {
  /**
   * Makes something in the cache, which other clones use too.
   *
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} work
   */
  const inCache = (name, work) => oneAtATime(join(cacheDir(), `${name}.lock`), { print }, work);
  return [
    { name: 'npm packages of the project', run: (step) => provideNpmPackages('.', step) },
    { name: 'npm packages of the plugin', run: (step) => provideNpmPackages('js-shim', step) },
    { name: 'npm packages of the Functions', run: (step) => provideNpmPackages('functions', step) },
    { name: 'npm packages of the documentation', run: (step) => provideNpmPackages('docs/site', step) },
    { name: 'Rust', run: checkRust },
    {
      name: 'C compiler',
      // Whoever needs it compiles Rust.
      after: ['Rust'],
      run: () =>
        packages.provide(
          'cc',
          ['build-essential'],
          'A C compiler is missing: Rust links with it. Install one (Debian: `apt-get install build-essential`, macOS: `xcode-select --install`) and run this again.',
        ),
    },
    { name: 'TLS certificate', run: () => inCache('tls', () => provideTls({ packages })) },
    { name: 'Chromium', run: (step) => provideChromium({ ...step, packages }) },
    {
      name: 'Wasm compiler',
      after: ['C compiler'],
      run: (step) => inCache('wasm-toolchain', () => provideToolchain({ ...step, packages })),
    },
    { name: 'Wasm tools', after: ['C compiler'], run: (step) => inCache('wasm-tools', () => provideWasmTools(step)) },
    { name: 'cargo-deny', after: ['C compiler'], run: (step) => inCache('cargo-deny', () => provideCargoDeny(step)) },
    { name: 'flex-config', after: ['C compiler'], run: (step) => buildFlexConfig(step) },
    { name: 'simulator', after: ['C compiler'], run: (step) => buildSimulator(step) },
    {
      name: 'Wasm for the plugin',
      after: ['Wasm compiler', 'Wasm tools', 'npm packages of the project'],
      run: ({ progress, results }) => buildWasm('plugin', { ...wasmWith(results), progress }),
    },
    {
      name: 'Wasm for supervisors',
      // One after the other: cargo allows one build at a time in a folder, and they share what they compile.
      after: ['Wasm for the plugin'],
      run: ({ progress, results }) => buildWasm('supervisor', { ...wasmWith(results), progress }),
    },
    {
      name: 'Wasm for the Functions',
      after: ['Wasm for supervisors'],
      run: ({ progress, results }) => buildWasm('functions', { ...wasmWith(results), progress }),
    },
    {
      name: 'Wasm for the owner',
      after: ['Wasm for the Functions'],
      run: ({ progress, results }) => buildWasm('owner', { ...wasmWith(results), progress }),
    },
    {
      name: 'archive of the plugin',
      after: ['Wasm for supervisors'],
      run: packArchive,
    },
    {
      name: 'Flex plugin',
      after: ['archive of the plugin', 'npm packages of the plugin'],
      run: (step) => buildPlugin(step),
    },
    {
      name: 'parts for the Functions',
      after: ['Flex plugin'],
      run: packParts,
    },
    {
      name: 'Flex desktop',
      after: ['npm packages of the project', 'npm packages of the plugin'],
      run: (step) => buildDesktop(step),
    },
  ];
}

/** @param {Results} results */
const wasmWith = (results) => ({ toolchain: results['Wasm compiler'], tools: results['Wasm tools'] });
