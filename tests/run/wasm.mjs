// The tests of the core's Wasm in a browser, run by wasm-pack.

import { runTests } from './runner.mjs';
import { tallyCargo } from './tally.mjs';

/**
 * Runs the tests of `tests/wasm`.
 *
 * @param {any} setup any: what the set-up returns
 * @param {{ args?: string[], log?: string }} [options] `args` for wasm-bindgen's test runner
 */
export function wasmTests({ wasmEnv, browser }, { args = [], log = 'wasm' } = {}) {
  return runTests('wasm-pack', wasmCommand(browser, args), { log, env: wasmEnv, count: tallyCargo });
}

/** The words after `wasm-pack`. */
export function wasmCommand({ chromedriver }, args) {
  const driver = ['--headless', '--chrome', '--chromedriver', chromedriver];
  const features = ['--no-default-features', '--features', 'supervisor'];
  return ['test', ...driver, '--mode', 'no-install', '.', ...features, '--test', 'wasm', ...['--', ...args]];
}
