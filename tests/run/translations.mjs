// The texts in each language beside the English ones, which are the list of keys.

import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { ENGLISH, LANGUAGE, readTexts } from '../../scripts/setup/plugin-texts.mjs';

/** @typedef {import('../../scripts/setup/plugin-texts.mjs').Texts} Texts */

/** Folders whose code names texts. */
const SOURCES = [inRoot('src'), inRoot('js-shim', 'src')];

/** The ends of keys that code adds to a stem: by the plural, or with the customer's name. */
const ENDS = /(One|Other|With)$/;

/**
 * Prints each text that a language lacks: English stands in for it. Fails for a text that English lacks, for a `{{value}}` that the
 * English text lacks, which Flex would leave empty, and for an English text that no code names.
 */
export async function translations() {
  const { [ENGLISH]: english, ...others } = await readTexts();
  const findings = Object.entries(others).map(([language, texts]) => compare(language, texts, english));
  const missing = findings.flatMap((finding) => finding.missing);
  const wrong = [...findings.flatMap((finding) => finding.wrong), ...unused(Object.keys(english), namedKeys())];
  for (const line of missing) console.log(`  to translate: ${line}`);
  for (const line of wrong) console.log(`  wrong: ${line}`);
  const failed = Number(wrong.length > 0);
  console.log(`${failed ? 'failed' : 'ok'}: translations, ${missing.length} missing, ${wrong.length} wrong`);
  return { passed: 1 - failed, failed };
}

/**
 * Compares the texts of a language with the English ones.
 *
 * @param {string} language
 * @param {Texts} texts
 * @param {Texts} english
 */
export function compare(language, texts, english) {
  const missing = Object.keys(english).filter((key) => !texts[key]);
  const unknown = Object.keys(texts).filter((key) => !(key in english));
  const values = Object.keys(texts)
    .filter((key) => key in english)
    .flatMap((key) => valuesOf(texts[key]).map((value) => [key, value]))
    .filter(([key, value]) => !english[key].includes(value));
  return {
    missing: missing.map((key) => `${language}: ${key}`),
    wrong: [
      ...unknown.map((key) => `${language}: ${key} is not in ${ENGLISH}`),
      ...values.map(([key, value]) => `${language}: ${key} has ${value}, which ${ENGLISH} has not`),
    ],
  };
}

/**
 * Finds the keys of English texts that are not among `named`.
 *
 * @param {string[]} keys
 * @param {Set<string>} named
 */
export function unused(keys, named) {
  return keys
    .filter((key) => !named.has(key) && !named.has(key.replace(ENDS, '')))
    .map((key) => `${ENGLISH}: no code names ${key}`);
}

/** @param {string} text */
const valuesOf = (text) => text.match(/{{\w+}}/g) ?? [];

/** Collects the keys that code names, but for what is generated. */
function namedKeys() {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(rs|tsx?)$/.test(file) && !LANGUAGE.test(basename(file)) && !file.includes('generated'))
      .map((file) => join(folder, file)),
  );
  return new Set(files.flatMap((file) => readFileSync(file, 'utf8').match(/\bParkInteraction\w+/g) ?? []));
}
