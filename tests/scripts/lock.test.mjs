import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { commandName, oneAtATime } from '../../scripts/lib/lock.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { LOCK, setUp } from '../../scripts/setup/index.mjs';
import { until } from '../support/until.mjs';

/** @type {string} */
let folder;
before(() => (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
after(() => rmSync(folder, { recursive: true }));

/** Holds a lock until `let go`. */
async function hold(file, what = 'npm start') {
  /** @type {() => void} */
  let letGo = () => {};
  const work = new Promise((resolve) => (letGo = () => resolve(undefined)));
  /** @type {Promise<unknown>} */
  let held = Promise.resolve();
  await new Promise((taken) => {
    held = oneAtATime(file, { print: () => {}, what }, () => {
      taken(undefined);
      return work;
    });
  });
  return async () => {
    letGo();
    await held;
  };
}

/** A program that takes the lock, writes `in`, waits for `ms`, and writes `out`. */
const TAKER = `
  import { appendFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { oneAtATime } from '${inRoot('scripts', 'lib', 'lock.mjs')}';
  import { onSignal } from '${inRoot('scripts', 'lib', 'processes.mjs')}';
  onSignal();
  const [file, log, ms] = process.argv.slice(1);
  await oneAtATime(file, { print: console.log, what: 'the other', worthALineMs: 0 }, async () => {
    appendFileSync(log, 'in\\n');
    await sleep(Number(ms));
    appendFileSync(log, 'out\\n');
  });`;

/** Starts that program. */
function taker(file, log, ms = 0) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', TAKER, file, log, String(ms)]);
  return observed(child);
}

/** Returns a process with its output so far, and its end. */
function observed(child) {
  const seen = { child, output: '', ended: new Promise((resolve) => child.on('close', (...how) => resolve(how))) };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (seen.output += data));
  return seen;
}

/** Returns the number of a process that has ended. */
async function deadProcess() {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid;
}

const textOf = (holder) => JSON.stringify({ pid: process.pid, host: hostname(), what: 'x', began: 1, ...holder });

describe('one at a time', () => {
  it('is told which command it waits for, in one line, and goes on after it', async () => {
    const file = join(folder, 'told');
    const letGo = await hold(file);
    const lines = [];
    let isIn = false;
    const second = oneAtATime(file, { print: (line) => lines.push(line), worthALineMs: 0 }, () => (isIn = true));
    await until('the line', () => lines.length > 0);
    assert.equal(isIn, false);
    await letGo();
    await second;
    assert.equal(isIn, true);
    assert.deepEqual(lines, [
      `Waiting for npm start (process ${process.pid}), which sets up the same. Ctrl-C ends this.`,
    ]);
    assert.equal(existsSync(file), false);
  });

  it('lets go after a failure', async () => {
    const file = join(folder, 'failure');
    const failing = oneAtATime(file, { print: assert.fail }, () => Promise.reject(new Error('no')));
    await assert.rejects(failing, /^Error: no$/);
    assert.equal(existsSync(file), false);
  });

  it('takes over what a process left that is gone', async () => {
    const gone = {
      'another process': textOf({ pid: await deadProcess() }),
      'a former process with the number of this one': textOf({ pid: process.pid }),
    };
    for (const [whose, text] of Object.entries(gone)) {
      const file = join(folder, 'left');
      writeFileSync(file, text);
      assert.equal(await oneAtATime(file, { print: assert.fail, worthALineMs: 0 }, () => whose), whose);
      assert.equal(existsSync(file), false);
    }
  });

  it('takes over what was never completed, and the turn that was broken off', async () => {
    const file = join(folder, 'half');
    writeFileSync(file, '{"pid":');
    writeFileSync(`${file}.turn`, '');
    utimesSync(`${file}.turn`, 1, 1);
    assert.equal(await oneAtATime(file, { print: assert.fail, worthALineMs: 0 }, () => 1), 1);
    assert.equal(existsSync(`${file}.turn`), false);
  });

  it('waits for a process of another machine that has the same files', async () => {
    const file = join(folder, 'elsewhere');
    writeFileSync(file, textOf({ pid: await deadProcess(), host: 'another' }));
    const lines = [];
    const second = oneAtATime(file, { print: (line) => lines.push(line), worthALineMs: 0 }, () => 1);
    await until('the line', () => lines.length > 0);
    rmSync(file);
    assert.equal(await second, 1);
  });

  it('lets in one of many that find the same lock left', async () => {
    const file = join(folder, 'many');
    const log = join(folder, 'many.log');
    writeFileSync(file, textOf({ pid: await deadProcess() }));
    const all = Array.from({ length: 4 }, () => taker(file, log, 20));
    for (const { ended } of all) assert.deepEqual(await ended, [0, null]);
    assert.equal(readFileSync(log, 'utf8'), 'in\nout\n'.repeat(4));
  });

  it('goes on when the other is killed', async () => {
    const file = join(folder, 'killed');
    const log = join(folder, 'killed.log');
    const other = taker(file, log, 600_000);
    await until('the other', () => existsSync(log));
    const lines = [];
    const second = oneAtATime(file, { print: (line) => lines.push(line), worthALineMs: 0 }, () => 1);
    await until('the line', () => lines.length > 0);
    assert.match(lines[0], new RegExp(`the other \\(process ${other.child.pid}\\)`));
    other.child.kill('SIGKILL');
    assert.equal(await second, 1);
  });

  it('ends at once by Ctrl-C, and leaves the lock to its holder', async () => {
    const file = join(folder, 'interrupted');
    const letGo = await hold(file);
    const waiting = taker(file, join(folder, 'interrupted.log'));
    await until('the line', () => waiting.output.includes('Waiting for'));
    waiting.child.kill('SIGINT');
    assert.deepEqual(await waiting.ended, [130, null]);
    assert.equal(existsSync(file), true);
    await letGo();
  });

  it('removes the lock of a command that Ctrl-C ends', async () => {
    const file = join(folder, 'ended');
    const log = join(folder, 'ended.log');
    const holder = taker(file, log, 600_000);
    await until('the holder', () => existsSync(log));
    holder.child.kill('SIGINT');
    assert.deepEqual(await holder.ended, [130, null]);
    assert.equal(existsSync(file), false);
  });
});

describe('the set-up', () => {
  it('waits for that of another command', async () => {
    const letGo = await hold(LOCK, 'npm run doctor');
    const lines = [];
    const second = setUp([], { print: (line) => lines.push(line) });
    await until('the line', () => lines.length > 0);
    assert.match(lines[0], /^Waiting for npm run doctor \(process \d+\), which sets up the same\./);
    await letGo();
    await second;
    assert.match(lines[1], /^Setting up: 0 steps/);
  });

  for (const script of ['deploy/main.mjs doctor', 'flex-config/main.mjs check', 'scripts/build-wasm.mjs']) {
    it(`ends by Ctrl-C while it waits: ${script}`, async () => {
      const letGo = await hold(LOCK);
      const [file, ...words] = script.split(' ');
      const waiting = observed(spawn(process.execPath, [inRoot(file), ...words]));
      await until('the line', () => waiting.output.includes('Waiting for npm start'));
      waiting.child.kill('SIGINT');
      assert.deepEqual(await waiting.ended, [130, null]);
      await letGo();
    });
  }
});

describe('the name of a command', () => {
  it('is that with which it was called', () => {
    for (const [line, name] of [
      ['scripts/start.mjs --no-open', 'npm start'],
      ['tests/run/main.mjs functions', 'npm test'],
      ['deploy/main.mjs doctor --environment dev', 'npm run doctor'],
      ['flex-config/main.mjs set enabled true', 'npm run flex-config'],
      ['scripts/build-wasm.mjs', 'npm run build:wasm'],
      ['container/build.mjs', 'node container/build.mjs'],
    ]) {
      const [script, ...words] = line.split(' ');
      assert.equal(commandName([inRoot(script), ...words]), name);
    }
  });
});
