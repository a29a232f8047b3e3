// The texts that agents see, as the plugin's sources have them: a file for each language. English is in the plugin's archive, the others
// are parts that the Functions serve (`plugin-parts.mjs`) to the agents whose Flex is in that language.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { inRoot } from '../lib/paths.mjs';

/** @typedef {Record<string, string>} Texts the texts of a language, by key */

/**
 * The texts of a language as the Functions serve them.
 *
 * @typedef {{ sha256: string, content: string }} Served
 */

export const TEXTS_FOLDER = inRoot('js-shim', 'src', 'strings');

/** The language that defines the keys, and stands in for missing texts. */
export const ENGLISH = 'en-US';

/** The name of a file with the texts of a language: its tag. */
export const LANGUAGE = /^[a-z]{2}(-\w+)?\.ts$/;

/** This file, on which all depends that it makes. */
export const TEXTS_SCRIPT = inRoot('scripts', 'setup', 'plugin-texts.mjs');

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

/**
 * Returns the texts of the languages beside English, by tag: a line for each key, in the order of the English keys. An empty line is
 * a missing text. The hash is in base64, as a browser expects it for the integrity of a response.
 *
 * @param {Record<string, Texts>} languages
 * @returns {Record<string, Served>}
 */
export function served({ [ENGLISH]: english, ...others }) {
  const files = Object.entries(others).map(([tag, texts]) => {
    const content = lines(tag, texts, Object.keys(english));
    return [tag, { sha256: createHash('sha256').update(content).digest('base64'), content }];
  });
  return Object.fromEntries(files);
}

/**
 * Returns the texts of a language, a line for each key.
 *
 * @param {string} tag
 * @param {Texts} texts
 * @param {string[]} keys
 */
export function lines(tag, texts, keys) {
  const broken = keys.find((key) => /[\n\0]/.test(texts[key] ?? ''));
  if (broken) throw new Error(`${tag}: ${broken}: expected a text on one line`);
  return keys.map((key) => texts[key] ?? '').join('\n');
}
