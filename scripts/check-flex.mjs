#!/usr/bin/env node
// `npm run check:flex -- VERSION`: runs the browser tests in the desktop of another version of Flex UI, from npm.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { WrongUse, readOrExit } from './lib/command-line.mjs';
import { messageOf } from './lib/errors.mjs';
import { run } from './lib/exec.mjs';
import { cacheDir, inRoot } from './lib/paths.mjs';
import { onSignal } from './lib/processes.mjs';
import { setUp, TO_RUN } from './setup/index.mjs';

onSignal();

/** The version of React that Flex UI 2 is built on. */
const REACT = '17.0.2';
/** Old versions of Flex UI, such as 2.0.2, expect the bundler to bring this module of Node, as webpack 4 does. */
const EVENTS = '3.3.0';

const {
  words: [version, ...tests],
} = readOrExit(
  process.argv.slice(2),
  {
    command: 'npm run check:flex --',
    help: `Usage: npm run check:flex -- VERSION [TEST...]
  VERSION  a version of Flex UI 2 at npm, such as 2.9.1
  TEST     a part of the path of a test file in tests/browser; all of them unless one is named
  --help   this text

Exit codes:
  0  every test passed
  1  a test failed, or could not be run
  2  the command line cannot be used`,
    example: 'npm run check:flex -- 2.9.1 park',
    docs: 'README.md#install-in-a-flex-account',
    words: { what: 'version of Flex UI 2', least: 1, most: 100, expected: 'a version such as 2.9.1' },
  },
  (read) => {
    const [version] = read.words;
    if (/^2\.\d+\.\d+$/.test(version)) return read;
    throw new WrongUse(`${version} is no version of Flex UI 2: expected three numbers such as 2.9.1.`);
  },
);

try {
  const { browser } = await setUp([...TO_RUN, 'Chromium']);
  const desktop = await desktopOf(version);
  process.exit(await browserTests(browser, desktop));
} catch (error) {
  console.error(`\n${messageOf(error)}`);
  process.exit(1);
}

/**
 * Installs a version of Flex UI beside the project's own. Returns the folder of its desktop.
 *
 * @param {string} wanted
 */
async function desktopOf(wanted) {
  const home = join(cacheDir(), 'flex', wanted);
  mkdirSync(home, { recursive: true });
  const dependencies = { '@twilio/flex-ui': wanted, react: REACT, 'react-dom': REACT, events: EVENTS };
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies }));
  console.log(`Flex UI ${wanted}: installing and bundling it`);
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
  await run('npm', ['install', ...quietly], { log: 'flex-version', cwd: home });
  const out = join(home, 'desktop');
  const modules = join(home, 'node_modules');
  await run(process.execPath, [inRoot('simulator', 'desktop', 'build.mjs'), '--modules', modules, '--out', out], {
    log: 'flex-version',
  });
  return out;
}

/**
 * Runs the tests and returns the exit code.
 *
 * @param {import('./setup/chromium.mjs').Browser} browser
 * @param {string} desktop
 * @returns {Promise<number>}
 */
function browserTests({ chromium }, desktop) {
  const config = inRoot('tests', 'browser', 'playwright.config.mjs');
  const child = spawn(
    inRoot('node_modules', '.bin', 'playwright'),
    ['test', '--config', config, '--reporter', 'list', ...tests],
    { stdio: 'inherit', env: { ...process.env, CHROMIUM: chromium, FLEX_DESKTOP: desktop } },
  );
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
