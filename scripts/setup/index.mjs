// Everything that has to be there before the product runs or is tested. Steps that do not need each other run side by
// side; each looks first whether it has been done already.

import { runSteps } from '../lib/steps.mjs';
import { provideChromium } from './chromium.mjs';
import { buildDesktop } from './desktop.mjs';
import { checkMachine } from './machine.mjs';
import { provideNpmPackages } from './npm.mjs';
import { debianPackages } from './packages.mjs';
import { buildPlugin } from './plugin.mjs';
import { buildSimulator } from './simulator.mjs';
import { provideTls } from './tls.mjs';
import { provideToolchain } from './toolchain.mjs';
import { provideWasmTools } from './wasm-tools.mjs';
import { buildWasm, wasmEnv } from './wasm.mjs';

/**
 * Sets up, and answers what only the tests need to know: `{ wasmEnv, browser? }`.
 *
 * `browser` asks for Chromium too, which the product itself does not need: any browser opens its pages.
 */
export async function setUp({ browser = false, print = console.log } = {}) {
  checkMachine();
  const packages = await debianPackages();
  const began = performance.now();
  const wasm =
    (side) =>
    ({ progress, results }) =>
      buildWasm(side, { toolchain: results['Wasm compiler'], tools: results['Wasm tools'], progress });

  const steps = [
    { name: 'npm packages of the project', run: (step) => provideNpmPackages('.', step) },
    { name: 'npm packages of the plugin', run: (step) => provideNpmPackages('js-shim', step) },
    { name: 'npm packages of the Functions', run: (step) => provideNpmPackages('functions', step) },
    { name: 'TLS certificate', run: () => provideTls() },
    { name: 'Wasm compiler', run: (step) => provideToolchain({ ...step, packages }) },
    { name: 'Wasm tools', run: (step) => provideWasmTools(step) },
    { name: 'simulator', run: (step) => buildSimulator(step) },
    {
      name: 'Wasm for the plugin',
      after: ['Wasm compiler', 'Wasm tools', 'npm packages of the project'],
      run: wasm('plugin'),
    },
    // After the other side, because cargo lets one build at a time into a folder, and they share what they compile.
    { name: 'Wasm for the Functions', after: ['Wasm for the plugin'], run: wasm('functions') },
    {
      name: 'Flex plugin',
      after: ['Wasm for the plugin', 'npm packages of the plugin'],
      run: (step) => buildPlugin(step),
    },
    {
      name: 'Flex desktop',
      after: ['npm packages of the project', 'npm packages of the plugin'],
      run: (step) => buildDesktop(step),
    },
  ];
  if (browser) steps.push({ name: 'Chromium', run: (step) => provideChromium({ ...step, packages }) });

  print(`Setting up: ${steps.length} steps, side by side. What is done already is skipped.`);
  const results = await runSteps(steps, { print });
  print(`Set up in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  return {
    wasmEnv: wasmEnv({ toolchain: results['Wasm compiler'], tools: results['Wasm tools'] }),
    browser: results['Chromium'],
  };
}
