// The tools that the set-up cannot install: Node itself, npm and Rust.

import { which } from '../lib/exec.mjs';

/** Major and minor: the first version that reads `.env` files. */
const OLDEST_NODE = [20, 12];

/**
 * Returns a sentence about what this machine lacks, or `undefined`.
 *
 * @param {{ nodeVersion: string, npm?: string, cargo?: string, rustc?: string }} machine paths of the programs that are there
 */
export function whatIsMissing({ nodeVersion, npm, cargo, rustc }) {
  const [major, minor] = nodeVersion.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    return `Node ${nodeVersion} is too old: the tools need Node ${OLDEST_NODE.join('.')} or later. Get it from https://nodejs.org and run this again.`;
  }
  if (!npm)
    return 'npm is missing, and it brings the packages: install it with Node from https://nodejs.org and run this again.';
  if (!cargo || !rustc) {
    return 'Rust is missing, and the core and the simulator are written in it: install it from https://rustup.rs, open a new terminal and run this again.';
  }
  return undefined;
}

/** Throws that sentence. */
export function checkMachine() {
  const missing = whatIsMissing({
    nodeVersion: process.versions.node,
    npm: which('npm'),
    cargo: which('cargo'),
    rustc: which('rustc'),
  });
  if (missing) throw new Error(missing);
}
