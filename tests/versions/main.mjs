#!/usr/bin/env node
// `npm run check:versions`: each plugin with each Functions, of today's code and of a release, in the real desktop over today's simulator.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { CHECK_EXIT_CODES, readOrExit } from '../../scripts/lib/command-line.mjs';
import { messageOf } from '../../scripts/lib/errors.mjs';
import { inRoot, targetDir } from '../../scripts/lib/paths.mjs';
import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';
import { runTests } from '../run/runner.mjs';
import { tallyPlaywright } from '../run/tally.mjs';
import { checkout, releaseOf } from './checkout.mjs';

onSignal();

const { values } = readOrExit(process.argv.slice(2), {
  command: 'npm run check:versions --',
  help: `Usage: npm run check:versions [-- --against REF]
  --against REF  the other version: a tag, a branch or a SHA; the newest tag \`v*\` unless one is named
  --help         this text

Runs each plugin with each Functions, of today's code and of that version, in the real desktop: park, list, wake, resume, settle; and what
today's plugin says of actions that older Functions lack. The other version is built once, by its own scripts, in target/versions.

${CHECK_EXIT_CODES}`,
  example: 'npm run check:versions -- --against v0.2.0',
  docs: 'docs/upgrade.md#versions-that-meet',
  options: { against: { type: 'string', expected: 'a tag, a branch or a SHA' } },
});

const PLAYWRIGHT = inRoot('node_modules', '.bin', 'playwright');
const CONFIG = inRoot('tests', 'versions', 'playwright.config.mjs');

try {
  const against = /** @type {string | undefined} */ (values.against);
  const { sha, why } = await releaseOf(against);
  console.log(`Against ${sha.slice(0, 10)}: ${why}.`);
  const { browser } = await setUp([...TO_RUN, 'Chromium']);
  const other = await checkout(sha);
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const [today, theirs] = [`today's code (${version})`, `${other.version} (${sha.slice(0, 10)})`];
  const results = [];
  for (const [plugin, functions] of [
    [theirs, theirs],
    [theirs, today],
    [today, theirs],
    [today, today],
  ]) {
    console.log(`\n== the plugin of ${plugin}, the Functions of ${functions}`);
    const tally = await pair(browser, {
      ...(plugin === theirs && { PLUGIN_BUNDLE: other.plugin }),
      ...(functions === theirs && { FUNCTIONS_FOLDER: other.functions }),
    });
    results.push({ plugin, functions, ...tally });
  }
  console.log('\n== summary');
  for (const { plugin, functions, passed, failed, why: reason } of results) {
    const verdict = failed === 0 && passed > 0 ? 'ok    ' : 'FAILED';
    console.log(`${verdict} plugin: ${plugin}, Functions: ${functions}: ${passed} passed, ${failed} failed`);
    if (reason) console.log(`       ${reason}`);
  }
  process.exit(results.every(({ passed, failed }) => failed === 0 && passed > 0) ? 0 : 1);
} catch (error) {
  console.error(`\n${messageOf(error)}`);
  process.exit(1);
}

/**
 * Runs the tests with one pair. Returns the tally.
 *
 * @param {import('../../scripts/setup/chromium.mjs').Browser} browser
 * @param {NodeJS.ProcessEnv} chosen
 */
function pair({ chromium }, chosen) {
  const report = join(targetDir, 'versions-tests.json');
  rmSync(report, { force: true });
  return runTests(PLAYWRIGHT, ['test', '--config', CONFIG, '--reporter', 'list,json'], {
    log: 'versions',
    env: { CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: report, ...chosen },
    count: () => tallyPlaywright(JSON.parse(readFileSync(report, 'utf8'))),
  });
}
