// Twilio's own local runtime for Functions, serving a folder such as `functions/`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startChild } from './children.mjs';
import { inRoot } from './paths.mjs';

/** Options that keep Node to this machine and to the simulator's time, and tell each Function its domain. */
const HOOKS = ['loopback-hook.cjs', 'clock-hook.cjs', 'domain-hook.cjs'].flatMap((name) => [
  '--require',
  inRoot('scripts', name),
]);

/**
 * Starts twilio-run on `port` for the Functions of `folder`. It can reach the simulator's TLS port, and nothing else.
 *
 * @param {object} options
 * @param {string} options.folder
 * @param {number} options.port
 * @param {number} options.tlsPort
 * @param {string} options.cert a file: the certificate of the simulator
 * @param {NodeJS.ProcessEnv} options.environment the Functions' variables, which name the account
 */
export async function startTwilioRun({ folder, port, tlsPort, cert, environment }) {
  const scratch = mkdtempSync(join(tmpdir(), 'park-interaction-'));
  const envFile = join(scratch, '.env');
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(envFile, lines.join(''), { mode: 0o600 });

  const program = createRequire(inRoot('functions', 'package.json')).resolve('twilio-run/bin/twilio-run.js');
  const options = ['--port', String(port), '--env', envFile];
  // As hosted: modules are loaded once and stay. In one process: the hook reaches the functions.
  const mode = ['--no-live', '--no-fork-process', '--no-legacy-mode'];
  const child = startChild('twilio-run', process.execPath, [...HOOKS, program, 'start', ...options, ...mode], {
    log: 'twilio-run',
    cwd: folder,
    env: { SIMULATOR_TLS_PORT: String(tlsPort), NODE_EXTRA_CA_CERTS: cert, NODE_OPTIONS: '' },
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await child.ready(() => answers(url));
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    // It has been read, and holds the account's token.
    rmSync(scratch, { recursive: true });
  }
  return { url, pid: child.pid, broken: child.broken, stop: child.stop };
}

/**
 * Returns true once a server listens there.
 *
 * @param {string} url
 */
async function answers(url) {
  try {
    await fetch(url);
    return true;
  } catch {
    return undefined;
  }
}
