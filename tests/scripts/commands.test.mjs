import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';

/** The environment without the variable of an outer test runner, with which Node's test runner would run nothing. */
const { NODE_TEST_CONTEXT: _, ...env } = process.env;

const node = (script, ...args) => spawnSync(process.execPath, [inRoot(script), ...args], { encoding: 'utf8', env });

describe('npm start', () => {
  it('prints its usage with --help', () => {
    for (const option of ['--help', '-h']) {
      const { status, stdout, stderr } = node('scripts/start.mjs', option);
      assert.equal(status, 0);
      assert.match(stdout, /^Usage: npm start .*--port PORT.*--readings FILE/s);
      assert.equal(stderr, '');
    }
  });

  it('refuses an unknown option', () => {
    const { status, stdout, stderr } = node('scripts/start.mjs', '--prot', '80');
    assert.equal(status, 2);
    assert.match(stderr, /^--prot is no option here\. Did you mean --port\? There are: /);
    assert.match(stderr, /\nExample: npm start -- .*\nHelp: npm start -- --help, or README\.md/);
    assert.equal(stdout, '');
  });

  it('refuses a malformed port', () => {
    for (const port of ['http', '65536', '-1']) {
      const { status, stderr } = node('scripts/start.mjs', `--port=${port}`);
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`^--port ${port}: expected a number from 0 to 65535\\.\n`));
    }
  });

  it('refuses unknown readings and values', () => {
    for (const [reading, message] of /** @type {[string, RegExp][]} */ ([
      ['replya=none', /there is no reading replya\. Did you mean replay\?/],
      ['replay=some', /expected one of inclusive, exclusive, none\./],
      ['replay', /expected NAME=VALUE, such as replay=exclusive\./],
    ])) {
      const { status, stderr } = node('scripts/start.mjs', '--reading', reading);
      assert.equal(status, 2);
      assert.match(stderr, message);
    }
  });

  it('names a port that another program uses before the set-up', async () => {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const { status, stdout, stderr } = node('scripts/start.mjs', '--port', String(port));
    server.close();
    assert.equal(status, 1);
    assert.match(
      stderr,
      new RegExp(`The port ${port} cannot be used: another program uses it\\. .*Example: npm start`, 's'),
    );
    assert.equal(stdout, '');
  });
});

describe('every command', () => {
  /** @type {[string, string[], RegExp][]} the script, a wrong command line, and what is said about it */
  const WRONG = [
    ['bench/main.mjs', ['szies'], /^szies is no part: expected one of .* Did you mean sizes\?/],
    ['bench/main.mjs', ['--quick'], /^--quick is no option here/],
    ['scripts/docs.mjs', ['--opne'], /^--opne is no option here\. Did you mean --open\?/],
    ['scripts/check-flex.mjs', [], /^The version of Flex UI 2 is missing: expected a version such as 2\.9\.1\./],
    ['scripts/check-flex.mjs', ['1.9'], /^1\.9 is no version of Flex UI 2/],
    ['tests/load/main.mjs', ['--rate', '0'], /^--rate 0: expected a whole number of at least 1\./],
    ['tests/faults/main.mjs', ['--only', '('], /^--only \(: Invalid regular expression/],
    ['tests/readings/main.mjs', ['--story', 'nothing'], /^--story nothing: expected one of /],
    [
      'tests/upgrade/main.mjs',
      ['--order', 'ther and back'],
      /^--order ther and back: .* Did you mean there and back\?/,
    ],
    ['tests/fuzz/http/main.mjs', ['--cuont', '1'], /^--cuont is no option here\. Did you mean --count\?/],
  ];
  for (const [script, args, message] of WRONG) {
    it(`says what is wrong: ${script} ${args.join(' ')}`, () => {
      const { status, stdout, stderr } = node(script, ...args);
      assert.equal(status, 2);
      assert.match(stderr, message);
      assert.match(stderr, /\nExample: npm run \S+ -- .*\nHelp: npm run \S+ -- --help, or \S+\.md/);
      assert.equal(stdout, '');
    });
  }

  for (const script of new Set(WRONG.map(([script]) => script))) {
    it(`has help with exit codes: ${script}`, () => {
      const { status, stdout, stderr } = node(script, '--help');
      assert.equal(status, 0);
      assert.match(stdout, /^Usage: npm run \S+ .*\nExit codes:\n {2}0 .*\nMore: \S+\.md/s);
      assert.equal(stderr, '');
    });
  }
});

describe('npm test', () => {
  it('prints its usage and its tiers with --help', () => {
    const { status, stdout, stderr } = node('tests/run/main.mjs', '--help');
    assert.equal(status, 0);
    assert.match(stdout, /^Usage: npm test .*--file PART.*--name PATTERN.*\n {2}native .*\n {2}browser /s);
    assert.equal(stderr, '');
  });

  it('lists the tiers after an unknown one', () => {
    const { status, stderr } = node('tests/run/main.mjs', 'nativ');
    assert.equal(status, 2);
    assert.match(stderr, /There is no tier nativ\. Did you mean native\?.*native .*browser /s);
  });

  it('refuses an empty choice of tests before the set-up', () => {
    /** @type {[string[], RegExp][]} */
    const choices = [
      [['--nam', 'x'], /--nam/],
      [['--name', 'x'], /--name needs a TIER or a --file/],
      [['scripts', '--name', '('], /--name \(: Invalid regular expression/],
      [['scripts', '--file', 'nowhere'], /No test file of the tier scripts has nowhere in its path/],
      [['--file', 'nowhere', '--file', 'neither'], /No test file has nowhere or neither in its path/],
      [['lint', '--name', 'x'], /The tier lint runs as a whole/],
      [['model', '--file', 'x'], /The tier model has no test files: use --name/],
    ];
    for (const [args, message] of choices) {
      const { status, stdout, stderr } = node('tests/run/main.mjs', ...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, message);
      assert.match(stderr, /Usage: npm test/);
      assert.equal(stdout, '');
    }
  });

  it('runs one test of one file', () => {
    const { status, stdout } = node('tests/run/main.mjs', '--file', 'scripts/tally', '--name', '^adds up the tiers$');
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^scripts +ok +1 passed, 0 failed/m);
    assert.match(stdout, /\n1 passed, 0 failed\n$/);
  });

  it('fails if no test has the name', () => {
    const { status, stdout } = node('tests/run/main.mjs', 'scripts', '--file', 'tally', '--name', 'no such test');
    assert.equal(status, 1);
    assert.match(stdout, /no test was executed/);
  });
});

describe('the lock files', () => {
  for (const folder of ['.', 'js-shim', 'functions']) {
    it(`name no registry: ${folder}`, () => {
      const { packages } = JSON.parse(readFileSync(inRoot(folder, 'package-lock.json'), 'utf8'));
      const downloads = Object.values(packages).filter(({ resolved }) => /^https?:/.test(resolved ?? ''));
      assert.deepEqual(downloads, []);
    });
  }
});
