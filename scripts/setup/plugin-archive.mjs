// The archives in the plugin's bundle: the agents' Wasm and the English texts, zipped together, and in the part for supervisors their Wasm.
//
// Measured: as JavaScript the texts of six languages are 10 388 bytes of the zipped bundle, and 7 670 in the archive, which has no
// escapes, and each key once. The five other languages are not in it: these are 7 800 bytes.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { inRoot, targetDir } from '../lib/paths.mjs';
import { fingerprint, unlessDone } from '../lib/stamp.mjs';
import { ENGLISH, lines, readTexts, served, TEXTS_FOLDER, TEXTS_SCRIPT } from './plugin-texts.mjs';
import { optimisedWasm, PLUGIN_FOLDER, SUPERVISOR_FOLDER } from './wasm.mjs';

const SCRIPTS = [inRoot('scripts', 'setup', 'plugin-archive.mjs'), TEXTS_SCRIPT];
const OUTPUTS = [PLUGIN_FOLDER, SUPERVISOR_FOLDER].flatMap((folder) =>
  ['archive.js', 'archive.d.ts'].map((file) => join(folder, file)),
);
const TYPES = `/** The gzipped archive, as base64. */
export const archive: string;
/** The number of bytes of the Wasm, with which the archive begins. The keys of texts and the English texts follow, in UTF-8. */
export const wasmLength: number;
/** The other languages: the SHA-256 of the texts of each, in base64, by which the Functions serve them. */
export const translations: Record<string, string>;
`;

const SUPERVISOR_TYPES = `/** The gzipped Wasm, as base64. */
export const archive: string;
`;

/** Packs the archives unless nothing changed. */
export async function packArchive() {
  const wasm = optimisedWasm('plugin');
  const supervisors = optimisedWasm('supervisor');
  const print = fingerprint({ files: [wasm, supervisors, TEXTS_FOLDER, ...SCRIPTS] });
  await unlessDone({ stamp: join(targetDir, 'plugin', 'archive-stamp'), print, outputs: OUTPUTS }, async () => {
    const bytes = readFileSync(wasm);
    const languages = await readTexts();
    const { [ENGLISH]: english } = languages;
    const keys = Object.keys(english);
    // Zopfli takes a second for what zlib does at once, and its gzip is a twentieth smaller. Compressed before it becomes base64: a
    // browser downloads a quarter less than if base64 were compressed on the way.
    const { gzipAsync } = (await import('@gfx/zopfli')).default;
    const texts = Buffer.from(`${keys.join('\n')}\0${lines(ENGLISH, english, keys)}`);
    const zipped = await gzipAsync(Buffer.concat([bytes, texts]), {});
    mkdirSync(PLUGIN_FOLDER, { recursive: true });
    const [script, types, supervisorScript, supervisorTypes] = OUTPUTS;
    const hashes = Object.entries(served(languages)).map(([tag, { sha256 }]) => [tag, sha256]);
    const constants = {
      archive: Buffer.from(zipped).toString('base64'),
      wasmLength: bytes.length,
      translations: Object.fromEntries(hashes),
    };
    const exported = Object.entries(constants).map(
      ([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`,
    );
    writeFileSync(script, exported.join(''));
    writeFileSync(types, TYPES);
    const zippedToo = Buffer.from(await gzipAsync(readFileSync(supervisors), {})).toString('base64');
    writeFileSync(supervisorScript, `export const archive = ${JSON.stringify(zippedToo)};\n`);
    writeFileSync(supervisorTypes, SUPERVISOR_TYPES);
  });
}
