// From the start of the Functions' process to its first answer: with our core, and without.

import { readFileSync, rmSync } from 'node:fs';

import { made } from '../scripts/lib/paths.mjs';
import { freePorts } from '../scripts/lib/stack.mjs';
import { startTwilioRun } from '../scripts/lib/twilio-run.mjs';
import { WAKE } from '../tests/functions/support.mjs';
import { functionsWithBaseline } from './operations.mjs';
import { median } from './rounds.mjs';
import { within } from './within.mjs';

const TIMES = 5;

/** Yields figures. */
export async function* measureColdStart({ tell }) {
  const folder = functionsWithBaseline();
  try {
    tell(`${TIMES} starts of the Functions with the core, and ${TIMES} without`);
    const ours = [];
    const baseline = [];
    for (let time = 0; time < TIMES; time += 1) {
      // It refuses the empty request: by then the Wasm is compiled and has run.
      ours.push(await coldStart(folder, WAKE, 400));
      baseline.push(await coldStart(folder, '/bench/hello', 200));
    }
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

async function coldStart(folder, path, expected) {
  const [port, nobody] = await freePorts(2);
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
    const { status } = await within(`the answer of ${path}`, fetch(`${running.url}${path}`, { method: 'POST' }));
    const ms = performance.now() - began;
    if (status !== expected) throw new Error(`${path} answered ${status}`);
    return { ms, megabytes: residentMegabytes(running.pid) };
  } finally {
    await running.stop();
  }
}

/** Linux tells; elsewhere there is no figure. */
function residentMegabytes(pid) {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(kilobytes) / 1024;
  } catch {
    return NaN;
  }
}
