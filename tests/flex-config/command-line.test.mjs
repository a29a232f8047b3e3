import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { makeClient, readEnvFile } from '../../flex-config/account.mjs';
import { ENVIRONMENT_OPTION } from '../../deploy/command.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { until } from '../support/until.mjs';
import { openAccount } from './support.mjs';

let account;
before(async () => (account = await openAccount('command-line')));
beforeEach(() => account.begin());
afterEach(() => account.end());
after(() => account?.stop());

/**
 * Runs the command in a process of its own, with this environment. `started` gets the process.
 *
 * @param {string} line
 * @param {NodeJS.ProcessEnv} [env]
 * @param {(child: import('node:child_process').ChildProcess) => unknown} [started]
 */
async function run(line, env, started = () => {}) {
  const { TWILIO_ACCOUNT_SID: _, TWILIO_AUTH_TOKEN: __, ...rest } = process.env;
  const hook = ['--require', inRoot('scripts', 'loopback-hook.cjs')];
  const child = spawn(process.execPath, [...hook, inRoot('flex-config', 'main.mjs'), ...line.split(' ')], {
    env: { ...rest, ...env },
  });
  void started(child);
  const [code, stdout, stderr] = await Promise.all([
    new Promise((resolve) => child.on('close', resolve)),
    child.stdout.toArray(),
    child.stderr.toArray(),
  ]);
  return { code, said: Buffer.concat(stdout).toString(), warned: Buffer.concat(stderr).toString() };
}

test('results and errors have their streams, without credentials', async () => {
  const good = await run('show-list off', account.credentials);
  assert.equal(good.code, 0, good.warned);
  assert.match(good.said, /show_list: true → false/);
  const bad = await run('show-list on', { ...account.credentials, TWILIO_AUTH_TOKEN: 'f'.repeat(32) });
  assert.equal(bad.code, 2);
  assert.equal(bad.said, '');
  assert.match(bad.warned, /HTTP 401, error 20003.*Check that TWILIO_ACCOUNT_SID .* TWILIO_AUTH_TOKEN/);
  for (const text of [good.said, good.warned, bad.said, bad.warned]) {
    assert.ok(!text.includes(account.facts.authToken) && !text.includes('ffff'), text);
  }
});

test('help and errors have their exit codes', async () => {
  const help = await run('--help');
  assert.equal(help.code, 0);
  assert.match(help.said, /Usage: npm run flex-config -- .*Exit codes:/s);
  for (const line of [
    'delete',
    'diff',
    'diff --environment ../x',
    'show-list maybe',
    'deploy --environment dev --token x',
  ]) {
    const { code, said, warned } = await run(line, account.credentials);
    assert.deepEqual([code, said], [2, ''], line);
    assert.match(warned, /error: /);
  }
});

test('a wrong use is answered with an example of the command and its help', async () => {
  const see = (example, command) =>
    `\nExample: npm run flex-config -- ${example}\nHelp: npm run flex-config -- ${command} --help, or flex-config/README.md`;
  for (const [words, first, last] of [
    [
      ['set', 'max_parked', '-1'],
      'error: `custom_data.features.park_interaction.max_parked` is malformed: expected a whole number from 0 to 50. You wrote: -1',
      see('set list_ttl_hours 48 --dry-run', 'set'),
    ],
    [
      ['set', 'reasons', '["Parts"]', '--queue', 'Everyon'],
      'error: there is no queue `Everyon`. Did you mean `Everyone`?',
      see(`set reasons '["Waiting for parts"]' --queue Support`, 'set'),
    ],
    [
      ['unset', 'listttl'],
      'error: there is no flag `listttl`. Did you mean `list_ttl_hours`?',
      see('unset max_parked --worker ada', 'unset'),
    ],
    [
      ['disable', '--save', '--environment', 'Prod'],
      'error: --environment Prod: expected a name of 1 to 16 of a-z, 0-9 and -, such as production. Did you mean prod?',
      see('disable --dry-run', 'disable'),
    ],
  ]) {
    const { code, said, warned } = await account.runWords(words);
    assert.deepEqual([code, said], [2, ''], warned);
    assert.ok(warned.startsWith(first) && warned.endsWith(last), warned);
  }
});

test('every command says the same about the name of an environment', async () => {
  const { warned } = await account.run('diff --environment Prod');
  for (const name of ['Prod', 'eu_dev', '-', 'production-of-europe', 'Ä']) {
    const { accepts, suggest, expected } = ENVIRONMENT_OPTION;
    assert.equal(accepts?.(name), false);
    const near = suggest?.(name);
    const { code, warned } = await account.runWords(['diff', `--environment=${name}`]);
    const meant = near === undefined ? '' : ` Did you mean ${near}?`;
    assert.deepEqual([code, warned.split('\n')[0]], [2, `error: --environment ${name}: expected ${expected}.${meant}`]);
  }
  assert.match(warned, /Did you mean prod\?/);
});

test('Ctrl-C says whether something may be written', async () => {
  for (const [method, said] of [
    ['GET', 'Interrupted: nothing was written.\n'],
    [
      'POST',
      'Interrupted after the change was sent: it may be there or not. Run it again: it shows what is still to change.\n',
    ],
  ]) {
    await account.simulator.control('POST', 'faults', {
      method,
      pathPattern: '/Configuration$',
      kind: 'holdBefore',
      times: 1,
    });
    const ending = run('show-list off', account.credentials, (child) =>
      until('the request', async () => (await account.simulator.control('GET', 'faults'))[0].held > 0).then(() =>
        child.kill('SIGINT'),
      ),
    );
    const { code, warned } = await ending;
    assert.deepEqual([code, warned], [130, said]);
    await account.simulator.control('DELETE', 'faults');
    await account.forget();
  }
});

test('missing credentials are named before any request', async () => {
  const { code, warned } = await account.run('enable', { env: { TWILIO_ACCOUNT_SID: account.facts.accountSid } });
  assert.equal(code, 2);
  assert.match(warned, /^error: TWILIO_AUTH_TOKEN, or TWILIO_API_KEY with TWILIO_API_SECRET, is missing/);
  assert.deepEqual(await account.methods(), []);
});

test('the environment overrides the file `.env`', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flex-config-'));
  const file = join(folder, '.env');
  const names = ['FLEX_CONFIG_TEST_BOTH', 'FLEX_CONFIG_TEST_FILE'];
  try {
    process.env[names[0]] = 'environment';
    writeFileSync(file, names.map((name) => `${name}=file\n`).join(''));
    readEnvFile(file);
    assert.deepEqual(
      names.map((name) => process.env[name]),
      ['environment', 'file'],
    );
    readEnvFile(join(folder, 'none'));
  } finally {
    for (const name of names) delete process.env[name];
    rmSync(folder, { recursive: true });
  }
});

test('a key and its secret log in to the account', () => {
  const [key, sid] = [`SK${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`];
  const client = makeClient({ TWILIO_ACCOUNT_SID: sid, TWILIO_API_KEY: key, TWILIO_API_SECRET: 'a secret' });
  assert.deepEqual([client.username, client.accountSid], [key, sid]);
});
