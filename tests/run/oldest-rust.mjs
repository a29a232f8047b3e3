#!/usr/bin/env node
// Fails if a crate in Cargo.lock needs a later Rust than `rust-version` in Cargo.toml says.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { inRoot, root } from '../../scripts/lib/paths.mjs';
import { isRustOlder, oldestRust } from '../../scripts/setup/rust.mjs';

const oldest = oldestRust(readFileSync(inRoot('Cargo.toml'), 'utf8'));
const metadata = execFileSync('cargo', ['metadata', '--format-version', '1', '--locked', '--quiet'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 256 * 1024 * 1024,
});
const later = JSON.parse(metadata).packages.filter(({ rust_version: needed }) => needed && isRustOlder(oldest, needed));
for (const { name, version, rust_version: needed } of later) console.log(`${name} ${version} needs Rust ${needed}`);
if (later.length > 0) {
  console.log(`rust-version in Cargo.toml is ${oldest}: raise it and what README.md says, or take older crates`);
  process.exit(1);
}
