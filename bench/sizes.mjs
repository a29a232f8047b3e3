// What an agent's browser has to fetch. The tier `bundle` of `npm test` holds the budget; here are the figures.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { made } from '../scripts/lib/paths.mjs';
import { optimisedWasm } from '../scripts/setup/wasm.mjs';

/** Answers figures. */
export function measureSizes() {
  const bundle = readFileSync(made.plugin());
  const gzipped = (content) => gzipSync(content, { level: 9 }).length;
  const figure = (name, value) => ({ name, unit: 'bytes', value });
  return [
    figure('bundle_gzip', gzipped(bundle)),
    figure('bundle_raw', bundle.length),
    figure('wasm_gzip', gzipped(readFileSync(optimisedWasm('plugin')))),
    figure('functions_wasm_gzip', gzipped(readFileSync(optimisedWasm('functions')))),
  ];
}
