#!/usr/bin/env node
// Compiles the core to Wasm for the plugin, the Functions and the owner's commands, with all that this needs: `npm run build:wasm`.

import { onSignal } from './lib/processes.mjs';
import { setUp } from './setup/index.mjs';

onSignal();

try {
  await setUp(['Wasm for the plugin', 'Wasm for the Functions', 'Wasm for the owner']);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
