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

/** How many lines of a failed program's output are shown. The whole of it is in its log. */
const TAIL = 30;

const LOGS = join(targetDir, 'logs');
const LOGS_KEPT_MS = 24 * 60 * 60 * 1000;

/** A program ended badly. The message holds the end of what it printed. */
export class CommandFailed extends Error {
  constructor(command, outcome, log, tail) {
    super(`\`${command}\` ${outcome}. Its whole output is in ${log}; it ended with:\n${tail.join('\n')}`);
    this.name = 'CommandFailed';
  }
}

/**
 * Runs a program to its end with its output in `target/logs/<log>.log`.
 *
 * `onLine` sees every line as it comes, for progress; lines that match `noise` do not go into the log. Nothing is read
 * from the terminal, so a program that asks a question fails at once instead of waiting for ever.
 */
export async function run(program, args, { log, cwd = root, env = {}, onLine = () => {}, noise }) {
  const file = logFile(log);
  const out = createWriteStream(file);
  const tail = [];
  const child = spawnGroup(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      onLine(line);
      if (noise?.test(line)) return;
      out.write(`${line}\n`);
      tail.push(line);
      if (tail.length > TAIL) tail.shift();
    });
  }
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(`did not start: ${error.message}`));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`));
  });
  await new Promise((resolve) => out.end(resolve));
  if (outcome) throw new CommandFailed([program, ...args].join(' '), outcome, file, tail);
}

/** Runs a program for its answer: its standard output, trimmed, or `undefined` when it is not there or fails. */
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

/** The full path of a program on `PATH`, or `undefined`. */
export function which(name, path = process.env.PATH ?? '') {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Whether a file is there and may be run. */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The file that a program's output goes to. */
export function logFile(name) {
  mkdirSync(LOGS, { recursive: true });
  return join(LOGS, `${name}.log`);
}

/** Removes logs that nobody will read any more. */
export function removeOldLogs() {
  if (!existsSync(LOGS)) return;
  for (const name of readdirSync(LOGS)) {
    const file = join(LOGS, name);
    if (statSync(file).mtimeMs < Date.now() - LOGS_KEPT_MS) rmSync(file);
  }
}
