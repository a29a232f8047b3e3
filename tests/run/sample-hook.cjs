// Leaves most tests of a file out: `SAMPLE_EVERY=3 node --require tests/run/sample-hook.cjs --test …` runs the first of each file, the
// fourth, and so on. A loop's tests count one by one. Node's runner has no list of the tests of which names could be chosen.

'use strict';

const { syncBuiltinESMExports } = require('node:module');
const runner = require('node:test');

const every = Number(process.env.SAMPLE_EVERY);
if (!(every >= 1)) throw new Error('SAMPLE_EVERY: expected a whole number of at least 1');

let seen = 0;

/**
 * Returns a function in the place of `it` or `test`. The hooks of a suite stay.
 *
 * @param {typeof runner.it} it
 */
const sampled = (it) =>
  Object.assign((/** @type {Parameters<typeof it>} */ ...args) => {
    seen += 1;
    return (seen - 1) % every === 0 ? it(...args) : Promise.resolve();
  }, it);

Object.assign(runner, { it: sampled(runner.it), test: sampled(runner.test) });
// For `import { it } from 'node:test'` too.
syncBuiltinESMExports();
