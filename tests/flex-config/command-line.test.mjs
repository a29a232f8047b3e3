import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { makeClient, readEnvFile } from '../../flex-config/account.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { openAccount } from './support.mjs';

let account;
before(async () => (account = await openAccount('command-line')));
beforeEach(() => account.begin());
afterEach(() => account.end());
after(() => account?.stop());

/** Runs the command in a process of its own, with this environment. */
async function run(line, env) {
  const { TWILIO_ACCOUNT_SID: _, TWILIO_AUTH_TOKEN: __, ...rest } = process.env;
  const hook = ['--require', inRoot('scripts', 'loopback-hook.cjs')];
  const child = spawn(process.execPath, [...hook, inRoot('flex-config', 'main.mjs'), ...line.split(' ')], {
    env: { ...rest, ...env },
  });
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
  assert.equal(bad.code, 4);
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
