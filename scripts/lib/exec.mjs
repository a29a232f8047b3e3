// Running other programs.

import { spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

import { root, targetDir } from './paths.mjs';
import { spawnGroup } from './processes.mjs';

/** The number of lines of a failed program's output in its error. The whole output is in the log. */
const TAIL = 30;

const LOGS = join(targetDir, 'logs');
const LOGS_KEPT_MS = 24 * 60 * 60 * 1000;

/** A program ended badly. The message holds the end of its output. */
export class CommandFailed extends Error {
  /**
   * @param {string} command
   * @param {string} outcome
   * @param {string} log
   * @param {string[]} tail
   */
  constructor(command, outcome, log, tail) {
    super(`\`${command}\` ${outcome}. Its whole output is in ${log}; it ended with:\n${tail.join('\n')}`);
    this.name = 'CommandFailed';
  }
}

/**
 * @typedef {object} RunOptions
 * @property {string} log the name of the log file
 * @property {string} [cwd] the repository's root unless named
 * @property {NodeJS.ProcessEnv} [env] adds to the environment
 * @property {(line: string) => void} [onLine] gets every line of the output as it comes, for progress
 * @property {RegExp} [noise] lines that do not go into the log
 */

/**
 * Runs a program to its end with its output in `target/logs/<log>.log`.
 *
 * Nothing is read from the terminal, so a program that asks a question fails at once instead of waiting for ever.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} options
 */
export async function run(program, args, { log, cwd = root, env = {}, onLine = () => {}, noise }) {
  const file = logFile(log);
  const out = createWriteStream(file);
  /** @type {string[]} */
  const tail = [];
  const child = spawnGroup(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    // Both are there: they are pipes.
    createInterface({ input: /** @type {import('node:stream').Readable} */ (stream) }).on('line', (line) => {
      onLine(line);
      if (noise?.test(line)) return;
      out.write(`${line}\n`);
      tail.push(line);
      if (tail.length > TAIL) tail.shift();
    });
  }
  /** @type {string | undefined} */
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(`did not start: ${error.message}`));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`));
  });
  await new Promise((resolve) => out.end(() => resolve(undefined)));
  if (outcome) throw new CommandFailed([program, ...args].join(' '), outcome, file, tail);
}

/**
 * Runs a program and returns its standard output, trimmed; `undefined` when the program is not there or fails.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, timeout?: number }} [options] `timeout` in milliseconds
 * @returns {Promise<string | undefined>}
 */
export function ask(program, args, { env = {}, timeout = 60_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout,
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? output.trim() : undefined));
  });
}

/**
 * Returns the full path of a program on `PATH`, or `undefined`.
 *
 * @param {string} name
 */
export function which(name, path = process.env.PATH ?? '') {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * Returns true if the file is there and may be run.
 *
 * @param {string} file
 */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Returns the path of a log, whose folder is there afterwards.
 *
 * @param {string} name
 */
export function logFile(name) {
  mkdirSync(LOGS, { recursive: true });
  return join(LOGS, `${name}.log`);
}

/** Removes logs older than a day. */
export function removeOldLogs() {
  if (!existsSync(LOGS)) return;
  for (const name of readdirSync(LOGS)) {
    const file = join(LOGS, name);
    if (statSync(file).mtimeMs < Date.now() - LOGS_KEPT_MS) rmSync(file);
  }
}
