#!/usr/bin/env node
// `npm run build:wasm`: compiles the core to Wasm for the plugin and for the Functions. Sets up what that needs.

import { messageOf } from './lib/errors.mjs';
import { onSignal } from './lib/processes.mjs';
import { setUp } from './setup/index.mjs';

onSignal();

try {
  await setUp(['Wasm for the plugin', 'Wasm for the Functions']);
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}
