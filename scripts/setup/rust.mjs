// Rust itself. `rust-toolchain.toml` asks rustup for the stable channel, and Cargo.toml names the oldest version that works.

import { readFileSync } from 'node:fs';

import { ask } from '../lib/exec.mjs';
import { inRoot } from '../lib/paths.mjs';

/**
 * Returns the oldest version that works, such as `1.88`.
 *
 * @param {string} manifest the text of Cargo.toml
 */
export const oldestRust = (manifest) => /^rust-version = "([\d.]+)"$/m.exec(manifest)?.[1] ?? '';

/**
 * Returns true if `version` is older than `other`, by their first two numbers.
 *
 * @param {string} version
 * @param {string} other
 */
export function isRustOlder(version, other) {
  const [[major, minor], [otherMajor, otherMinor]] = [version, other].map((one) => one.split('.').map(Number));
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/**
 * Returns the sentence about what is wrong with the Rust of this machine, or `undefined`.
 *
 * @param {{ printed: string | undefined, oldest: string }} rust `printed` by `rustc --version`
 */
export function whatIsWrongWithRust({ printed, oldest }) {
  if (!printed) {
    return (
      'rustc is there and does not run. rust-toolchain.toml asks rustup for the stable toolchain: run `rustup toolchain install stable`, ' +
      'or set RUSTUP_TOOLCHAIN to another one that `rustup toolchain list` shows, and run this again.'
    );
  }
  const [version] = /\d+\.\d+\.\d+/.exec(printed) ?? ['0.0'];
  if (!isRustOlder(version, oldest)) return undefined;
  return `\`rustc --version\` says ${printed}, and the core and the simulator need Rust ${oldest} or later: run \`rustup update stable\` and run this again.`;
}

/** Fails with that sentence. */
export async function checkRust() {
  const oldest = oldestRust(readFileSync(inRoot('Cargo.toml'), 'utf8'));
  // Where the toolchain is missing and there is a network, rustup installs it now, which takes a while.
  const printed = await ask('rustc', ['--version'], { timeout: 300_000 });
  const wrong = whatIsWrongWithRust({ printed, oldest });
  if (wrong) throw new Error(wrong);
}
