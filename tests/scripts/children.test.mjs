import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';

import { startChild } from '../../scripts/lib/children.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';

/** A program that starts another one, prints that one's process id, and waits. */
const PARENT = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  console.log('grandchild ' + child.pid);
  setInterval(() => {}, 1000);`;

const start = (code, log) => startChild('The server', process.execPath, ['-e', code], { log: `children-test-${log}` });
const grandchild = (output) => /^grandchild (\d+)$/m.exec(output)?.[1];

/** Waits until the process has ended. */
async function gone(pid) {
  const deadline = Date.now() + 5000;
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

describe('a server beside this program', () => {
  it('is ready when its output matches', async () => {
    const server = start("console.log('port 4711'); setInterval(() => {}, 1000)", 'ready');
    assert.equal(await server.ready((output) => /port (\d+)/.exec(output)?.[1]), '4711');
    await server.stop();
  });

  it('fails with its last output if it ends before it is ready', async () => {
    const server = start("console.error('the port is taken'); process.exit(3)", 'early');
    await assert.rejects(
      server.ready(() => undefined),
      /The server ended with code 3\..*the port is taken/s,
    );
  });

  it('fails in time if it is never ready', async () => {
    const server = start('setInterval(() => {}, 1000)', 'late');
    await assert.rejects(
      server.ready(() => undefined, { withinMs: 100 }),
      /was not ready within 0\.1 s/,
    );
    await server.stop();
  });

  it('fails if it cannot be started', async () => {
    const server = startChild('The server', '/nowhere/server', [], { log: 'children-test-nowhere' });
    await assert.rejects(
      server.ready(() => undefined),
      /The server did not start: .*ENOENT/,
    );
  });

  it('is ended with all its child processes', async () => {
    const server = start(PARENT, 'group');
    const pid = await server.ready(grandchild);
    await server.stop();
    assert.ok(await gone(pid), `process ${pid} still runs`);
  });

  it('reports a crash, not a stop', async () => {
    const breaking = start("console.log('up'); setTimeout(() => process.exit(1), 50)", 'breaking');
    assert.match(await breaking.broken, /The server ended with code 1/);

    const stopped = start("console.log('up'); setInterval(() => {}, 1000)", 'stopped');
    await stopped.ready((output) => output || undefined);
    await stopped.stop();
    assert.equal(await Promise.race([stopped.broken, Promise.resolve('quiet')]), 'quiet');
  });

  it('ends with the program that started it', async () => {
    const module = JSON.stringify(inRoot('scripts', 'lib', 'children.mjs'));
    const forgetful = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { startChild } from ${module};
       const server = startChild('The server', process.execPath, ['-e', ${JSON.stringify(PARENT)}], { log: 'children-test-forgotten' });
       console.log(await server.ready((output) => /^grandchild (\\d+)$/m.exec(output)?.[1]));
       process.exit();`,
    ]);
    let output = '';
    forgetful.stdout.on('data', (data) => (output += data));
    await new Promise((resolve) => forgetful.on('close', resolve));
    assert.match(output, /^\d+\n$/);
    assert.ok(await gone(Number(output)), `process ${output.trim()} still runs`);
  });
});
