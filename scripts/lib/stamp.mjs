// Knowing that work is done already: a stamp beside the result holds the fingerprint of what it was made from.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { root } from './paths.mjs';

/** A fingerprint of files and folders (with everything below them) and of plain strings such as versions. */
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
 * Does `work` unless the stamp says that it was done for the same fingerprint and its outputs are still there.
 * Answers whether it did it.
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

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
