#!/usr/bin/env node
// `npm run deploy`, `upgrade`, `rollback`, `undeploy`, `verify:account`, `doctor` and `parked`. A fresh clone lacks the packages that they
// import, so these are installed first.

import { fileURLToPath } from 'node:url';

import { WRONG_USE, WrongUse } from '../scripts/lib/command-line.mjs';
import { messageOf } from '../scripts/lib/errors.mjs';
import { onSignal } from '../scripts/lib/processes.mjs';
import { onSimulator } from '../scripts/lib/running.mjs';
import { setUp } from '../scripts/setup/index.mjs';

/** @type {Record<string, () => Promise<{ run: (argv: string[]) => Promise<number> }>>} */
const COMMANDS = {
  deploy: () => import('./deploy.mjs'),
  upgrade: () => import('./upgrade.mjs'),
  rollback: () => import('./rollback.mjs'),
  undeploy: () => import('./undeploy.mjs'),
  'verify-account': () => import('./verify-account.mjs'),
  doctor: () => import('./doctor/command.mjs'),
  parked: () => import('./parked/command.mjs'),
};

const [command = '', ...argv] = process.argv.slice(2);
if (!Object.hasOwn(COMMANDS, command)) throw new Error(`expected one of ${Object.keys(COMMANDS).join(', ')}`);
// Until the command does something: what the set-up has started ends with it.
onSignal(async () => console.error('Interrupted: nothing was changed.'));
try {
  const packages = ['npm packages of the project', 'npm packages of the Functions'];
  // Standard output is for results.
  await setUp(packages, { brief: true, print: (line) => console.error(line) });
  const onIt = await onSimulator(fileURLToPath(import.meta.url), process.argv.slice(2));
  if (onIt === undefined) {
    const { run } = await COMMANDS[command]();
    process.exitCode = await run(argv);
  } else {
    process.exitCode = onIt;
  }
} catch (error) {
  console.error(messageOf(error));
  // With 1, the doctor has found warnings.
  const failed = command === 'doctor' ? 3 : 1;
  process.exitCode = error instanceof WrongUse ? WRONG_USE : failed;
}
