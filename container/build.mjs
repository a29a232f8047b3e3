// Builds what `npm start` needs and collects what it needs to run in one folder: `node container/build.mjs FOLDER`. The Dockerfile's
// final stage has nothing else, above all no Rust, no Flex package and no build trees.

import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { run } from '../scripts/lib/exec.mjs';
import { inRoot, made, root } from '../scripts/lib/paths.mjs';
import { TO_RUN, setUp } from '../scripts/setup/index.mjs';

/** Files and folders that the running product reads, beside those that the set-up makes. */
export const SOURCES = [
  'LICENSE',
  'package.json',
  'scripts',
  'functions',
  'js-shim/package.json',
  // The simulator answers by Twilio's own description of its API.
  'node_modules/@twilio/cli-core/src/services/twilio-api',
];

/** @param {string} image */
async function build(image) {
  await setUp(TO_RUN.filter((step) => step !== 'TLS certificate'));
  for (const path of [...SOURCES.map((path) => inRoot(path)), dirname(made.plugin()), made.desktop, made.simulator]) {
    const copy = join(image, relative(root, path));
    mkdirSync(dirname(copy), { recursive: true });
    cpSync(path, copy, { recursive: true, verbatimSymlinks: true });
  }
  await run('strip', [join(image, relative(root, made.simulator))], { log: 'strip' });
}

if (process.argv[1] === import.meta.filename) {
  const [folder] = process.argv.slice(2);
  if (!folder) {
    console.error('usage: node container/build.mjs FOLDER');
    process.exit(2);
  }
  await build(folder);
}
