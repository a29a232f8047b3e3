#!/usr/bin/env node
// `npm run flex-config -- COMMAND`: see `--help`, or README.md beside this file.

import { fileURLToPath } from 'node:url';

import { confirm } from '../scripts/lib/confirm.mjs';
import { messageOf } from '../scripts/lib/errors.mjs';
import { onSignal } from '../scripts/lib/processes.mjs';
import { onSimulator } from '../scripts/lib/running.mjs';
import { setUp } from '../scripts/setup/index.mjs';
import { readEnvFile } from './account.mjs';
import { flexConfig } from './run.mjs';

let isSent = false;
onSignal(async () => {
  const sent = 'after the change was sent: it may be there or not. Run it again: it shows what is still to change.';
  console.error(`Interrupted${isSent ? ` ${sent}` : ': nothing was written.'}`);
});

try {
  await setUp(['flex-config', 'npm packages of the Functions'], { print: (line) => console.error(line), brief: true });
  readEnvFile();
  const onIt = await onSimulator(fileURLToPath(import.meta.url), process.argv.slice(2));
  process.exitCode = onIt ?? (await flexConfig(process.argv.slice(2), { confirm, writing: () => (isSent = true) }));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
