// Skipping work that is done already: a stamp beside the result holds the fingerprint of its inputs.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { root } from './paths.mjs';

/**
 * Returns a fingerprint of files and folders (with everything below them) and of plain strings such as versions.
 *
 * @param {{ files?: string[], values?: (string | undefined)[] }} inputs
 */
export function fingerprint({ files = [], values = [] }) {
  const hash = createHash('sha256');
  for (const file of files.flatMap(filesBelow)) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  for (const value of values) hash.update(`${value}\0`);
  return hash.digest('hex');
}

/**
 * Does `work` unless the stamp holds the same fingerprint and the outputs are still there. Returns true if it did.
 *
 * @param {{ stamp: string, print: string, outputs?: string[] }} done `print` is the fingerprint
 * @param {() => Promise<unknown>} work
 */
export async function unlessDone({ stamp, print, outputs = [] }, work) {
  const done = outputs.every((output) => existsSync(output)) && readStamp(stamp) === print;
  if (!done) {
    await work();
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, print);
  }
  return !done;
}

/** @param {string} file */
function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
