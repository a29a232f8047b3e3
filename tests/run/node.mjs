// The tests for Node's test runner, a folder of `tests` for each tier.

import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { inRoot, made } from '../../scripts/lib/paths.mjs';
import { runTests } from './runner.mjs';
import { tallyNode } from './tally.mjs';

/** The tests of the tooling need no simulator. Those of all other folders reach it as if it were Twilio. */
const WITHOUT_SIMULATOR = ['scripts'];

/**
 * The number of test files that run at the same time. Each has a simulator of its own and waits most of the time: for Functions that are
 * held, for deadlines, for commands. Node's own choice, the cores less one, leaves the second of two cores idle.
 */
const FILES_AT_ONCE = Math.max(2, availableParallelism() - 1);

/** A line of Node about a test that `--test-name-pattern` leaves out. */
const LEFT_OUT = /# test name does not match pattern$/;

/** Returns the test files below `tests/<folder>`, as paths from the root. */
export function nodeTestFiles(folder) {
  return readdirSync(inRoot('tests', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test\.[cm]?js$/.test(file))
    .sort()
    .map((file) => join('tests', folder, file));
}

/**
 * Runs the test files of a folder, all or `files`; of their tests all, or those whose `name` matches, or in each file the first one and
 * those at a distance of `every`.
 *
 * @param {string} folder
 * @param {{ files?: string[], name?: string, every?: number }} [part]
 */
export function nodeTests(folder, { files, name, every } = {}) {
  const hooked = !WITHOUT_SIMULATOR.includes(folder);
  const sampling = every === undefined ? [] : ['--require', inRoot('tests', 'run', 'sample-hook.cjs')];
  const hook = hooked ? ['--require', inRoot('scripts', 'loopback-hook.cjs')] : [];
  const pattern = name === undefined ? [] : ['--test-name-pattern', name];
  const paths = (files ?? nodeTestFiles(folder)).map((file) => inRoot(file));
  const atOnce = ['--test-concurrency', String(FILES_AT_ONCE)];
  return runTests(
    process.execPath,
    [...hook, ...sampling, '--test', ...atOnce, '--test-reporter', 'spec', ...pattern, ...paths],
    {
      log: files || name !== undefined ? `${folder}-part` : folder,
      env: {
        ...(hooked && { NODE_EXTRA_CA_CERTS: made.tls().cert }),
        ...(every !== undefined && { SAMPLE_EVERY: String(every) }),
      },
      count: tallyNode,
      hidden: LEFT_OUT,
    },
  );
}
