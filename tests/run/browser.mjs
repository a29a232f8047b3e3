// The tests in the real Flex desktop, run by Playwright.

import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

import { run } from '../../scripts/lib/exec.mjs';
import { inRoot, targetDir } from '../../scripts/lib/paths.mjs';
import { runTests } from './runner.mjs';
import { tallyPlaywright } from './tally.mjs';

const PLAYWRIGHT = inRoot('node_modules', '.bin', 'playwright');
const CONFIG = ['--config', inRoot('tests', 'browser', 'playwright.config.mjs')];

/**
 * Runs a sample: some tests of each file.
 *
 * @param {import('../../scripts/setup/chromium.mjs').Browser} browser
 */
export async function browserSample(browser) {
  const listed = join(targetDir, 'browser-list.json');
  await run(PLAYWRIGHT, ['test', ...CONFIG, '--list', '--reporter', 'json'], {
    log: 'browser-list',
    env: { CHROMIUM: browser.chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: listed },
  });
  return playwright(browser, sampleOf(JSON.parse(readFileSync(listed, 'utf8'))));
}

/** In a sample, the distance from one test of a file to the next. */
const EVERY = 8;

/**
 * Returns the places of the first test of each file, the ninth, and so on, as Playwright names them.
 *
 * @typedef {{ file: string, specs?: { line: number }[], suites?: Suite[] }} Suite
 * @param {{ config: { rootDir: string }, suites: Suite[] }} list
 */
export function sampleOf({ config: { rootDir }, suites }) {
  /** @type {(suite: Suite) => number[]} */
  const linesOf = (suite) => [...(suite.specs ?? []).map(({ line }) => line), ...(suite.suites ?? []).flatMap(linesOf)];
  return suites.flatMap((suite) => {
    // Tests that a loop makes stand in one line, and run together.
    const lines = [...new Set(linesOf(suite))].sort((one, other) => one - other);
    const chosen = lines.filter((_, number) => number % EVERY === 0);
    return chosen.map((line) => `${relative(inRoot(), join(rootDir, suite.file))}:${line}`);
  });
}

/**
 * Runs the browser's test files, all or `files`; of their tests all, or those whose `name` matches.
 *
 * @param {import('../../scripts/setup/chromium.mjs').Browser} browser
 * @param {{ files?: string[], name?: string }} [part]
 */
export function browserTests(browser, { files = [], name } = {}) {
  const pattern = name === undefined ? [] : ['--grep', name];
  return playwright(browser, [...pattern, ...files.map(asPattern)]);
}

function playwright({ chromium }, choice) {
  const report = join(targetDir, 'browser-tests.json');
  rmSync(report, { force: true });
  return runTests(PLAYWRIGHT, ['test', ...CONFIG, '--reporter', 'list,json', ...choice], {
    log: 'browser',
    env: { CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    count: () => tallyPlaywright(JSON.parse(readFileSync(report, 'utf8'))),
  });
}

/** Playwright takes a regular expression in place of a file. */
const asPattern = (file) => `${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
