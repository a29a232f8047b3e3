// The tests in the real Flex desktop, run by Playwright.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { inRoot, targetDir } from '../../scripts/lib/paths.mjs';
import { runTests } from './runner.mjs';
import { tallyPlaywright } from './tally.mjs';

/**
 * Runs the browser's test files, all or `files`; of their tests all, or those whose `name` matches.
 *
 * @param {import('../../scripts/setup/chromium.mjs').Browser} browser
 * @param {{ files?: string[], name?: string }} [part]
 */
export function browserTests({ chromium }, { files = [], name } = {}) {
  const report = join(targetDir, 'browser-tests.json');
  rmSync(report, { force: true });
  const pattern = name === undefined ? [] : ['--grep', name];
  return runTests(
    inRoot('node_modules', '.bin', 'playwright'),
    [
      'test',
      ...['--config', inRoot('tests', 'browser', 'playwright.config.mjs'), '--reporter', 'list,json'],
      ...pattern,
      ...files.map(asPattern),
    ],
    {
      log: 'browser',
      env: { CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
      count: () => tallyPlaywright(JSON.parse(readFileSync(report, 'utf8'))),
    },
  );
}

/** Playwright takes a regular expression in place of a file. */
const asPattern = (file) => `${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
