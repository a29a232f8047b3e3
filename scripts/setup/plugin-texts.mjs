// The texts that agents see, as the plugin's sources have them: a file for each language.

import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { inRoot } from '../lib/paths.mjs';

/** @typedef {Record<string, string>} Texts the texts of a language, by key */

export const TEXTS_FOLDER = inRoot('js-shim', 'src', 'strings');

/** The language that defines the keys, and stands in for missing texts. */
export const ENGLISH = 'en-US';

/** The name of a file with the texts of a language: its tag. */
export const LANGUAGE = /^[a-z]{2}(-\w+)?\.ts$/;

/**
 * Reads the texts by language.
 *
 * @returns {Promise<Record<string, Texts>>}
 */
export async function readTexts() {
  const files = readdirSync(TEXTS_FOLDER).filter((file) => LANGUAGE.test(file));
  const all = files.map(
    async (file) => /** @type {const} */ ([basename(file, '.ts'), await read(join(TEXTS_FOLDER, file))]),
  );
  return Object.fromEntries(await Promise.all(all));
}

/**
 * Reads the texts in a file.
 *
 * @param {string} file
 * @returns {Promise<Texts>}
 */
async function read(file) {
  // The set-up may have to provide the package first.
  const { transform } = await import('esbuild');
  const { code } = await transform(readFileSync(file, 'utf8'), { loader: 'ts', format: 'esm' });
  const { default: texts } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return texts;
}
