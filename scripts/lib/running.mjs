// The contact centre that `npm start` runs, for the commands with `--simulator`.

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { WrongUse } from './command-line.mjs';
import { control } from './control.mjs';
import { inRoot, made, targetDir } from './paths.mjs';
import { onSignal } from './processes.mjs';

/** The option of every command for the owner of an account. */
export const SIMULATOR = 'simulator';
/** Set in the environment of a command that works on the running contact centre. */
const MARK = 'PARK_INTERACTION_SIMULATOR';

/** Names the contact centre that runs. A test has a note of its own. */
const NOTE = process.env.PARK_INTERACTION_RUNNING ?? join(targetDir, 'running.json');
/** In place of `flex-config/`: a trial changes no file of the project. */
const FILES = join(targetDir, 'running-files');
const COMMON = 'ui_attributes.common.json';

/**
 * The address of the simulator, and its port for Twilio's hosts.
 *
 * @typedef {{ simulatorUrl: string, tlsPort: number }} Running
 */

/**
 * Notes that a contact centre runs. Returns a function that removes the note.
 *
 * @param {Running} running
 * @param {string} [note] the file
 */
export function noteRunning({ simulatorUrl, tlsPort }, note = NOTE) {
  const text = JSON.stringify({ simulatorUrl, tlsPort });
  mkdirSync(targetDir, { recursive: true });
  writeFileSync(note, text);
  return () => {
    // Another `npm start` may have written its own since.
    if (existsSync(note) && readFileSync(note, 'utf8') === text) rmSync(note);
  };
}

/** Returns true in a command that works on the running contact centre. */
export const isOnSimulator = (env = process.env) => env[MARK] === '1';

/**
 * Runs a script of Node again, on the running contact centre. Returns its exit code, or undefined where its words do not ask for that.
 *
 * @param {string} script
 * @param {string[]} argv
 */
export async function onSimulator(script, argv) {
  if (isOnSimulator() || !argv.includes(`--${SIMULATOR}`)) return undefined;
  const env = await environmentOf(await findRunning());
  const hook = ['--require', inRoot('scripts', 'loopback-hook.cjs')];
  const child = spawn(process.execPath, [...hook, script, ...argv], { stdio: 'inherit', env });
  /** @type {Promise<number>} */
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  onSignal((signal) => {
    // The terminal sends Ctrl-C to both: the command decides when it ends.
    if (signal !== 'SIGINT') child.kill(signal);
    return ended;
  });
  return ended;
}

/**
 * Finds the running contact centre. Throws where there is none.
 *
 * @param {string} [note]
 * @returns {Promise<Running & { facts: import('./control.mjs').Facts }>}
 */
export async function findRunning(note = NOTE) {
  const none =
    'No contact centre runs on this machine: start one with npm start, in another terminal, and run this again.';
  if (!existsSync(note)) throw new WrongUse(none);
  /** @type {Running} */
  const running = JSON.parse(readFileSync(note, 'utf8'));
  try {
    return { ...running, facts: await control(running.simulatorUrl, 'GET', 'facts') };
  } catch {
    throw new WrongUse(`${none} (Nothing answers at ${running.simulatorUrl}.)`);
  }
}

/**
 * Returns the environment of a command on the running contact centre: its account, and the way to it.
 *
 * @param {Awaited<ReturnType<typeof findRunning>>} running
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function environmentOf({ tlsPort, facts }) {
  mkdirSync(FILES, { recursive: true });
  if (!existsSync(join(FILES, COMMON))) copyFileSync(inRoot('flex-config', COMMON), join(FILES, COMMON));
  // An empty variable counts as unset, and wins over `.env`.
  const unset = ['TWILIO_API_KEY', 'TWILIO_API_SECRET', 'TWILIO_FLEX_WORKSPACE_SID', 'FLEX_TOKEN'];
  return {
    ...process.env,
    ...Object.fromEntries(unset.map((name) => [name, ''])),
    TWILIO_ACCOUNT_SID: facts.accountSid,
    TWILIO_AUTH_TOKEN: facts.authToken,
    // Its account has two services that desktops might use, as many have.
    TWILIO_FLEX_SYNC_SID: facts.agentSyncServiceSid,
    SIMULATOR_TLS_PORT: String(tlsPort),
    NODE_EXTRA_CA_CERTS: made.tls().cert,
    FLEX_CONFIG_FOLDER: FILES,
    [MARK]: '1',
  };
}
