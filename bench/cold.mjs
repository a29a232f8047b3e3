// The time from the start of the Functions' process to its first response: with our core, and without.

import { readFileSync, rmSync } from 'node:fs';

import { made } from '../scripts/lib/paths.mjs';
import { freePorts } from '../scripts/lib/stack.mjs';
import { startTwilioRun } from '../scripts/lib/twilio-run.mjs';
import { WAKE } from '../tests/functions/support.mjs';
import { functionsWithBaseline } from './operations.mjs';
import { median } from './rounds.mjs';
import { within } from './within.mjs';

const TIMES = 5;

/**
 * Yields figures.
 *
 * @param {Pick<import('./report.mjs').Tools, 'tell'>} tools
 * @returns {AsyncGenerator<import('./report.mjs').Figure>}
 */
export async function* measureColdStart({ tell }) {
  const folder = functionsWithBaseline();
  try {
    tell(`${TIMES} starts of the Functions with the core, and ${TIMES} without`);
    /** @type {Start[]} */
    const ours = [];
    /** @type {Start[]} */
    const baseline = [];
    for (let time = 0; time < TIMES; time += 1) {
      // It refuses the empty request. By then the Wasm is compiled and has run.
      ours.push(await coldStart(folder, WAKE, 400));
      baseline.push(await coldStart(folder, '/bench/hello', 200));
    }
    /**
     * @param {string} name
     * @param {string} unit
     * @param {keyof Start} what
     */
    const figure = (name, unit, what) => ({
      name,
      unit,
      value: median(ours.map((one) => one[what])),
      baseline: median(baseline.map((one) => one[what])),
    });
    yield figure('cold_start_ms', 'ms', 'ms');
    yield figure('functions_memory_mb', 'MB', 'megabytes');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @typedef {{ ms: number, megabytes: number }} Start
 * @param {string} folder
 * @param {string} path
 * @param {number} expected the status of the response
 * @returns {Promise<Start>}
 */
async function coldStart(folder, path, expected) {
  const [port, nobody] = await freePorts(2);
  /** @param {string} prefix */
  const sid = (prefix) => prefix + '0'.repeat(32);
  const began = performance.now();
  const running = await startTwilioRun({
    folder,
    port,
    tlsPort: nobody,
    cert: made.tls().cert,
    environment: {
      ACCOUNT_SID: sid('AC'),
      AUTH_TOKEN: '0'.repeat(32),
      DOMAIN_NAME: 'example.twil.io',
      TWILIO_FLEX_WORKSPACE_SID: sid('WS'),
      TWILIO_FLEX_SYNC_SID: sid('IS'),
    },
  });
  try {
    const { status } = await within(`the response of ${path}`, fetch(`${running.url}${path}`, { method: 'POST' }));
    const ms = performance.now() - began;
    if (status !== expected) throw new Error(`${path} responded ${status}`);
    return { ms, megabytes: residentMegabytes(running.pid) };
  } finally {
    await running.stop();
  }
}

/**
 * Returns the resident memory of a process on Linux; elsewhere there is no figure.
 *
 * @param {number | undefined} pid
 */
function residentMegabytes(pid) {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return NaN;
  }
}
