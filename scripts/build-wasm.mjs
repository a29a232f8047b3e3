#!/usr/bin/env node
// Compiles the core to Wasm for the plugin and for the Functions, and whatever that needs: `npm run build:wasm`.

import { onSignal } from './lib/processes.mjs';
import { setUp } from './setup/index.mjs';

onSignal();

try {
  await setUp(['Wasm for the plugin', 'Wasm for the Functions']);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
