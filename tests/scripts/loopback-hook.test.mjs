import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { inRoot, made } from '../../scripts/lib/paths.mjs';
import { debianPackages } from '../../scripts/setup/packages.mjs';
import { provideTls } from '../../scripts/setup/tls.mjs';

const hook = inRoot('scripts', 'loopback-hook.cjs');

describe('the loopback hook', () => {
  let folder;
  let cert;
  let server;
  let connections = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loopback-hook-'));
    const files = await provideTls({ packages: await debianPackages(), files: made.tls(folder) });
    cert = files.cert;
    server = https.createServer({ key: readFileSync(files.key), cert: readFileSync(cert) }, (request, response) =>
      response.end(`simulated ${request.headers.host}`),
    );
    server.on('secureConnection', () => (connections += 1));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  /** Runs a piece of JavaScript under the hook. Returns its trimmed output. */
  function underHook(code, { port = server.address().port } = {}) {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert, SIMULATOR_TLS_PORT: String(port) };
    const child = spawn(process.execPath, ['--require', hook, '--input-type=module', '--eval', code], { env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    return new Promise((resolve) => child.on('close', () => resolve({ stdout: stdout.trim(), stderr: stderr.trim() })));
  }

  it('sends https requests to the simulator, with TLS verification', async () => {
    const { stdout } = await underHook(`
      import https from 'node:https';
      https.get('https://conversations.twilio.com/v1', (response) => response.pipe(process.stdout));`);
    assert.equal(stdout, 'simulated conversations.twilio.com');
  });

  it('sends `fetch` of the Functions’ domain to the simulator', async () => {
    const { stdout } = await underHook(`console.log(await (await fetch('https://park-1.twil.io/x')).text())`);
    assert.equal(stdout, 'simulated park-1.twil.io');
  });

  it('lets a keep-alive agent reuse a connection', async () => {
    const earlier = connections;
    const { stdout } = await underHook(`
      import https from 'node:https';
      const agent = new https.Agent({ keepAlive: true });
      for (const path of ['/a', '/b', '/c']) {
        await new Promise((resolve, reject) => https
          .get('https://sync.twilio.com' + path, { agent }, (response) => response.resume().on('end', resolve))
          .on('error', reject));
      }
      console.log('done');
      process.exit();`);
    assert.equal(stdout, 'done');
    assert.equal(connections - earlier, 1);
  });

  it('refuses another host by name', async () => {
    const { stdout, stderr } = await underHook(`
      import https from 'node:https';
      https.get('https://example.com/').on('error', (error) => console.log(error.message));`);
    assert.equal(stdout, 'loopback-hook: refused a connection to example.com:443');
    assert.equal(stderr, stdout);
  });

  it('refuses a host whose name only ends like Twilio’s', async () => {
    const { stdout } = await underHook(`
      import net from 'node:net';
      net.connect(443, 'nottwilio.com').on('error', (error) => console.log(error.message));`);
    assert.match(stdout, /refused a connection to nottwilio\.com:443/);
  });

  it('refuses Twilio without a simulator', async () => {
    const { stdout } = await underHook(
      `await fetch('https://api.twilio.com/').catch((error) => console.log(error.cause.message))`,
      { port: '' },
    );
    assert.match(stdout, /refused a connection to api\.twilio\.com:443/);
  });

  for (const call of [
    'listen(0)',
    "listen('0')",
    "listen({ port: 0, host: '0.0.0.0' })",
    "listen(0, '::')",
    'listen()',
  ]) {
    it(`makes a server that calls ${call} listen on loopback only`, async () => {
      const { stdout } = await underHook(`
        import http from 'node:http';
        const server = http.createServer();
        server.on('listening', () => { console.log(server.address().address); server.close(); });
        server.${call};`);
      assert.equal(stdout, '127.0.0.1');
    });
  }

  it('allows connections on this machine', async () => {
    const { stdout } = await underHook(`
      import http from 'node:http';
      const server = http.createServer((request, response) => response.end('here')).listen(0, async () => {
        console.log(await (await fetch('http://localhost:' + server.address().port)).text());
        process.exit();
      });`);
    assert.equal(stdout, 'here');
  });
});
