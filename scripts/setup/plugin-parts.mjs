// The parts of the plugin that only some people need, as an asset of the Functions: the texts of each language but English, and the code
// for supervisors. The plugin's bundle names each by its SHA-256.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { inRoot, made, targetDir } from '../lib/paths.mjs';
import { fingerprint, unlessDone } from '../lib/stamp.mjs';
import { readTexts, served, TEXTS_FOLDER, TEXTS_SCRIPT } from './plugin-texts.mjs';

/**
 * A part as the Functions serve it.
 *
 * @typedef {{ type: string, content: string }} Part
 */

const SCRIPT = inRoot('scripts', 'setup', 'plugin-parts.mjs');

/** The Functions' asset: each part, by its SHA-256. */
const ASSET = inRoot('functions', 'assets', 'features', 'park-interaction', 'parts.private.js');

/** Writes the Functions' asset unless nothing changed. */
export async function packParts() {
  const print = fingerprint({ files: [TEXTS_FOLDER, TEXTS_SCRIPT, SCRIPT, made.team] });
  await unlessDone({ stamp: join(targetDir, 'plugin', 'parts-stamp'), print, outputs: [ASSET] }, async () => {
    mkdirSync(dirname(ASSET), { recursive: true });
    writeFileSync(ASSET, `module.exports = ${JSON.stringify(Object.fromEntries(await readParts()), null, 2)};\n`);
  });
}

/**
 * Reads every part, with its SHA-256 in base64, as a browser expects it for the integrity of a response.
 *
 * @returns {Promise<[sha256: string, part: Part][]>}
 */
export async function readParts() {
  const texts = Object.values(served(await readTexts()));
  return [
    ...texts.map(({ sha256, content }) => /** @type {[string, Part]} */ ([sha256, { type: 'text/plain', content }])),
    teamPart(),
  ];
}

/**
 * Returns the code for supervisors.
 *
 * @returns {[sha256: string, part: Part]}
 */
export function teamPart() {
  const content = readFileSync(made.team, 'utf8');
  return [createHash('sha256').update(content).digest('base64'), { type: 'text/javascript', content }];
}
