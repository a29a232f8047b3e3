// Another clone of this project: the same, built, but for its version, the plugin's bundle and what its Functions say of themselves.

import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { inRoot, made, targetDir } from '../../scripts/lib/paths.mjs';

/** What the commands of an owner consist of. */
const PARTS = [
  'deploy',
  'flex-config',
  'functions',
  'scripts',
  'js-shim/package.json',
  'js-shim/build',
  'package.json',
];
/** Built as in this clone, so nothing has to be set up. */
const NO_SET_UP = 'export const TO_RUN = [];\nexport const setUp = async () => ({});\n';
const VERSION_FILE = 'functions/functions/features/park-interaction/version.js';

/**
 * Makes a clone with another version. `remove` deletes it.
 *
 * @param {string} version
 */
export function cloneOf(version) {
  const home = mkdtempSync(join(tmpdir(), 'park-interaction-clone-'));
  for (const part of PARTS) {
    cpSync(inRoot(part), join(home, part), { recursive: true, filter: (path) => !path.includes('node_modules') });
  }
  symlinkSync(inRoot('node_modules'), join(home, 'node_modules'));
  symlinkSync(inRoot('functions', 'node_modules'), join(home, 'functions', 'node_modules'));
  symlinkSync(targetDir, join(home, 'target'));
  writeFileSync(join(home, 'scripts', 'setup', 'index.mjs'), NO_SET_UP);
  for (const folder of ['.', 'functions', 'js-shim']) {
    const file = join(home, folder, 'package.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), version }));
  }
  appendFileSync(made.plugin().replace(inRoot(), `${home}/`), `// ${version}\n`);
  const source = readFileSync(join(home, VERSION_FILE), 'utf8');
  writeFileSync(join(home, VERSION_FILE), source.replace('version: version()', `version: '${version}'`));
  return { version, home, remove: () => rmSync(home, { recursive: true }) };
}
