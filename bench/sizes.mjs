// The sizes of what an agent's browser downloads. The tier `bundle` of `npm test` checks the budget; here are the figures.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { made } from '../scripts/lib/paths.mjs';
import { optimisedWasm } from '../scripts/setup/wasm.mjs';

/**
 * Yields figures.
 *
 * @returns {Generator<import('./report.mjs').Figure>}
 */
export function* measureSizes() {
  const bundle = readFileSync(made.plugin());
  /** @param {Buffer} content */
  const gzipped = (content) => gzipSync(content, { level: 9 }).length;
  /**
   * @param {string} name
   * @param {number} value
   */
  const figure = (name, value) => ({ name, unit: 'bytes', value });
  yield figure('bundle_gzip', gzipped(bundle));
  yield figure('bundle_raw', bundle.length);
  yield figure('wasm_gzip', gzipped(readFileSync(optimisedWasm('plugin'))));
  yield figure('functions_wasm_gzip', gzipped(readFileSync(optimisedWasm('functions'))));
}
