// The texts in each language beside the English ones, which are the list of keys.

import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { inRoot } from '../../scripts/lib/paths.mjs';

const FOLDER = inRoot('js-shim', 'src', 'strings');
const ENGLISH = 'en-US';

/**
 * Prints each text that a language lacks: English stands in for it. Fails for a text that English lacks, and for a `{{value}}` that the
 * English text lacks, which Flex would leave empty.
 */
export async function translations() {
  const { [ENGLISH]: english, ...others } = await readAll();
  const findings = Object.entries(others).map(([language, texts]) => compare(language, texts, english));
  const missing = findings.flatMap((finding) => finding.missing);
  const wrong = findings.flatMap((finding) => finding.wrong);
  for (const line of missing) console.log(`  to translate: ${line}`);
  for (const line of wrong) console.log(`  wrong: ${line}`);
  const failed = Number(wrong.length > 0);
  console.log(`${failed ? 'failed' : 'ok'}: translations, ${missing.length} missing, ${wrong.length} wrong`);
  return { passed: 1 - failed, failed };
}

/** Compares the texts of a language with the English ones. */
export function compare(language, texts, english) {
  const missing = Object.keys(english).filter((key) => !texts[key]);
  const unknown = Object.keys(texts).filter((key) => !(key in english));
  const values = Object.keys(texts)
    .filter((key) => key in english)
    .flatMap((key) =>
      valuesOf(texts[key])
        .filter((value) => !english[key].includes(value))
        .map((value) => [key, value]),
    );
  return {
    missing: missing.map((key) => `${language}: ${key}`),
    wrong: [
      ...unknown.map((key) => `${language}: ${key} is not in ${ENGLISH}`),
      ...values.map(([key, value]) => `${language}: ${key} has ${value}, which ${ENGLISH} has not`),
    ],
  };
}

const valuesOf = (text) => text.match(/{{\w+}}/g) ?? [];

/** Reads the texts by language. Each file of a language is named by its tag and exports its texts. */
async function readAll() {
  const files = readdirSync(FOLDER).filter((file) => /^[a-z]{2}(-\w+)?\.ts$/.test(file));
  const all = files.map(async (file) => [basename(file, '.ts'), await read(join(FOLDER, file))]);
  return Object.fromEntries(await Promise.all(all));
}

async function read(file) {
  // The set-up may have to provide the package first.
  const { transform } = await import('esbuild');
  const { code } = await transform(readFileSync(file, 'utf8'), { loader: 'ts', format: 'esm' });
  const { default: texts } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return texts;
}
