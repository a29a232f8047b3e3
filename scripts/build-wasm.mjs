#!/usr/bin/env node
// Compiles the core to Wasm for the plugin and for the Functions: `node scripts/build-wasm.mjs [plugin] [functions]`.
// It provides its own toolchain, and does nothing when nothing changed.

import { buildWasm, sides } from './setup/wasm.mjs';
import { debianPackages } from './setup/packages.mjs';
import { provideToolchain } from './setup/toolchain.mjs';
import { provideWasmTools } from './setup/wasm-tools.mjs';

const chosen = process.argv.slice(2);
const unknown = chosen.filter((side) => !Object.hasOwn(sides, side));
if (unknown.length > 0) {
  console.error(`build-wasm does not know ${unknown.join(', ')}: expected ${Object.keys(sides).join(' or ')}.`);
  process.exit(2);
}

const progress = (text) => console.log(text);
try {
  const toolchain = await provideToolchain({ progress, packages: await debianPackages() });
  const tools = await provideWasmTools({ progress });
  for (const side of chosen.length > 0 ? chosen : Object.keys(sides)) {
    console.log(`${side}: ${await buildWasm(side, { toolchain, tools, progress })}`);
  }
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
