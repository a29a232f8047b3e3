// Shortens the pauses of a command under test: `setTimeout` of `node:timers/promises`, which `deploy/` waits with.

const { syncBuiltinESMExports } = require('node:module');
const timers = require('node:timers/promises');

const LONGEST_MS = 200;
const { setTimeout: wait } = timers;

timers.setTimeout = (ms, ...others) => wait(Math.min(ms, LONGEST_MS), ...others);
syncBuiltinESMExports();
