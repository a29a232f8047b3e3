// The archive in the plugin's bundle: its Wasm and the texts of all languages, zipped together.
//
// Measured: as JavaScript the texts of six languages are 10 388 bytes of the zipped bundle, and 7 670 in the archive, which has no
// escapes, and each key once.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { inRoot, targetDir } from '../lib/paths.mjs';
import { fingerprint, unlessDone } from '../lib/stamp.mjs';
import { ENGLISH, readTexts, TEXTS_FOLDER } from './plugin-texts.mjs';
import { optimisedWasm, PLUGIN_FOLDER } from './wasm.mjs';

/** @typedef {import('./plugin-texts.mjs').Texts} Texts */

const SCRIPTS = ['plugin-archive.mjs', 'plugin-texts.mjs'].map((file) => inRoot('scripts', 'setup', file));
const OUTPUTS = ['archive.js', 'archive.d.ts'].map((file) => join(PLUGIN_FOLDER, file));
const TYPES = `/** The gzipped archive, as base64. */
export const archive: string;
/** The number of bytes of the Wasm, with which the archive begins. The texts follow, in UTF-8. */
export const wasmLength: number;
`;

/** Packs the archive unless nothing changed. */
export async function packArchive() {
  const wasm = optimisedWasm('plugin');
  const print = fingerprint({ files: [wasm, TEXTS_FOLDER, ...SCRIPTS] });
  await unlessDone({ stamp: join(targetDir, 'plugin', 'archive-stamp'), print, outputs: OUTPUTS }, async () => {
    const bytes = readFileSync(wasm);
    // Zopfli takes a second for what zlib does at once, and its gzip is a twentieth smaller. Compressed before it becomes base64: a
    // browser downloads a quarter less than if base64 were compressed on the way.
    const { gzipAsync } = (await import('@gfx/zopfli')).default;
    const zipped = await gzipAsync(Buffer.concat([bytes, Buffer.from(lines(await readTexts()))]), {});
    mkdirSync(PLUGIN_FOLDER, { recursive: true });
    const [script, types] = OUTPUTS;
    const base64 = Buffer.from(zipped).toString('base64');
    writeFileSync(script, `export const archive = '${base64}';\nexport const wasmLength = ${bytes.length};\n`);
    writeFileSync(types, TYPES);
  });
}

/**
 * Returns the texts as the plugin reads them: the keys, then each language's tag and its texts in the order of the keys. An empty one
 * is missing. Lines end with a line feed, parts with a NUL.
 *
 * @param {Record<string, Texts>} languages
 */
export function lines(languages) {
  const keys = Object.keys(languages[ENGLISH]);
  const parts = Object.entries(languages).map(([tag, texts]) => [tag, ...keys.map((key) => texts[key] ?? '')]);
  for (const [tag, ...texts] of parts) {
    const broken = texts.findIndex((text) => /[\n\0]/.test(text));
    if (broken >= 0) throw new Error(`${tag}: ${keys[broken]}: expected a text on one line`);
  }
  return [keys, ...parts].map((part) => part.join('\n')).join('\0');
}
