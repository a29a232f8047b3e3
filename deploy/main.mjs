#!/usr/bin/env node
// `npm run deploy`, `npm run undeploy`, `npm run verify:account` and `npm run parked`. What they rest on, a fresh clone has yet
// to get.

import { setUp } from '../scripts/setup/index.mjs';

const COMMANDS = {
  deploy: './deploy.mjs',
  undeploy: './undeploy.mjs',
  'verify-account': './verify-account.mjs',
  parked: '../parked/command.mjs',
};

const [command, ...argv] = process.argv.slice(2);
if (!Object.hasOwn(COMMANDS, command)) throw new Error(`expected one of ${Object.keys(COMMANDS).join(', ')}`);
try {
  const packages = ['npm packages of the project', 'npm packages of the Functions'];
  // Standard output is for results.
  await setUp(packages, { brief: true, print: (line) => console.error(line) });
  const { run } = await import(COMMANDS[command]);
  process.exitCode = await run(argv);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
