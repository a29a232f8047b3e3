#!/usr/bin/env node
// `npm run deploy`, `npm run undeploy` and `npm run verify:account`. What they rest on, a fresh clone has yet to get.

import { setUp } from '../scripts/setup/index.mjs';

const COMMANDS = ['deploy', 'undeploy', 'verify-account'];

const [command, ...argv] = process.argv.slice(2);
if (!COMMANDS.includes(command)) throw new Error(`expected one of ${COMMANDS.join(', ')}`);
try {
  await setUp(['npm packages of the project', 'npm packages of the Functions'], { brief: true });
  const { run } = await import(`./${command}.mjs`);
  process.exitCode = await run(argv);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
