#!/usr/bin/env node
// `npm run build:wasm`: compiles the core to Wasm for the plugin, the Functions and the owner's commands. Sets up what that needs.

import { messageOf } from './lib/errors.mjs';
import { onSignal } from './lib/processes.mjs';
import { setUp } from './setup/index.mjs';

onSignal();

try {
  await setUp(['archive of the plugin', 'Wasm for the Functions', 'Wasm for the owner']);
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}
