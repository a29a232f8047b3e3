// The tests in the real Flex desktop, run by Playwright.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
  const sample = join(targetDir, 'browser-sample.txt');
  writeFileSync(sample, sampleOf(JSON.parse(readFileSync(listed, 'utf8'))).join('\n'));
  return playwright(browser, ['--test-list', sample]);
}

/** In a sample, the distance from one test of a file to the next. Of those that a loop makes, which stand in one line, the first counts. */
const EVERY = 16;

/**
 * Returns the first test of each file, the seventeenth, and so on, as Playwright's list of tests has them.
 *
 * @typedef {{ title: string, file: string, specs?: { line: number, title: string }[], suites?: Suite[] }} Suite
 * @param {{ suites: Suite[] }} list
 */
export function sampleOf({ suites }) {
  /** @type {(suite: Suite, titles: string[]) => { line: number, titles: string[] }[]} */
  const testsOf = ({ specs = [], suites: groups = [] }, titles) => [
    ...specs.map(({ line, title }) => ({ line, titles: [...titles, title] })),
    ...groups.flatMap((group) => testsOf(group, [...titles, group.title])),
  ];
  return suites.flatMap((suite) => {
    const tests = testsOf(suite, [suite.file]).toSorted((one, other) => one.line - other.line);
    const ofLines = tests.filter(({ line }, index) => line !== tests[index - 1]?.line);
    return ofLines.filter((_, number) => number % EVERY === 0).map(({ titles }) => titles.join(' › '));
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
