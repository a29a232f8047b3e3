// The owner's commands with `--simulator`, as somebody runs them beside `npm start`.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { noteRunning } from '../../scripts/lib/running.mjs';
import { Account } from './support.mjs';
import { startStack } from '../../scripts/lib/stack.mjs';

describe('--simulator', () => {
  let account;
  let folder;
  let note;
  before(async () => {
    const stack = await startStack({ eventStreams: true });
    folder = mkdtempSync(join(tmpdir(), 'running-'));
    note = join(folder, 'running.json');
    noteRunning(stack, note);
    account = new Account(stack);
  });
  after(async () => {
    await account?.stop();
    rmSync(folder, { recursive: true });
  });

  /** Runs a command with the credentials of another account in its environment, and without a way to the simulator. */
  async function run(script, ...args) {
    const { NODE_EXTRA_CA_CERTS: _, SIMULATOR_TLS_PORT: __, ...rest } = process.env;
    const others = {
      ...{ TWILIO_ACCOUNT_SID: `AC${'9'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'theirs' },
      ...{ TWILIO_API_KEY: `SK${'9'.repeat(32)}`, TWILIO_API_SECRET: 'theirs' },
    };
    const env = { ...rest, ...others, PARK_INTERACTION_RUNNING: note };
    const child = spawn(process.execPath, [inRoot(script), ...args, '--simulator'], { env });
    const [code, stdout, stderr] = await Promise.all([
      new Promise((resolve) => child.on('close', resolve)),
      child.stdout.toArray(),
      child.stderr.toArray(),
    ]);
    return { code, said: Buffer.concat(stdout).toString(), warned: Buffer.concat(stderr).toString() };
  }

  it('lists and mends what is parked there', async () => {
    const charlie = await account.parks('charlie');
    const { code, said, warned } = await run('deploy/main.mjs', 'parked', 'list', '--names');
    assert.equal(code, 0, warned);
    assert.match(said, new RegExp(`^${charlie}  ${account.customer('charlie').name}  ada `, 'm'));
    const mended = await run('deploy/main.mjs', 'parked', 'reconcile', '--conversation', charlie);
    assert.equal(mended.code, 0, mended.warned);
    assert.match(mended.said, new RegExp(`^${charlie}  ignored$`, 'm'));
  });

  it('sets a flag there', async () => {
    const { code, said, warned } = await run('flex-config/main.mjs', 'set', 'list_ttl_hours', '7');
    assert.equal(code, 0, warned);
    assert.match(said, /list_ttl_hours: \(not set\) → 7/);
    assert.equal((await account.customData()).features.park_interaction.list_ttl_hours, 7);
  });

  it('is all ok to the doctor, without an environment', async () => {
    const { code, said, warned } = await run('deploy/main.mjs', 'doctor');
    assert.equal(code, 0, said + warned);
    assert.match(said, /^ok {7}functions {6}npm start runs those of this clone$/m);
    assert.match(said, /^11 ok, 0 warnings, 0 errors$/m);
  });

  it('says where Flex calls deployed Functions instead', async () => {
    const deployed = await run('deploy/main.mjs', 'deploy', '--environment', 'dev');
    assert.equal(deployed.code, 0, deployed.said + deployed.warned);
    const { said } = await run('deploy/main.mjs', 'doctor');
    assert.match(said, /^ok {7}functions {6}Flex calls those of dev, which --environment dev examines$/m);
  });

  it('names a wrong word of the command', async () => {
    const { code, said } = await run('deploy/main.mjs', 'parked', 'lsit');
    assert.equal(code, 2);
    assert.match(said, /^lsit is no command: .* Did you mean list\?$/m);
  });

  it('says how to start a contact centre where none runs', async () => {
    rmSync(note);
    for (const [script, ...args] of [
      ['deploy/main.mjs', 'parked', 'list'],
      ['flex-config/main.mjs', 'enable'],
    ]) {
      const { code, said, warned } = await run(script, ...args);
      assert.notEqual(code, 0);
      assert.equal(said, '');
      assert.match(warned, /No contact centre runs on this machine: start one with npm start/);
    }
  });
});
