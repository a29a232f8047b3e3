// The Flex plugin, built by Twilio's own builder: the one file that `twilio flex:plugins:deploy` would upload, and beside it the code for
// supervisors, which the Functions serve.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { run } from '../lib/exec.mjs';
import { inRoot, made, targetDir } from '../lib/paths.mjs';
import { fingerprint, unlessDone } from '../lib/stamp.mjs';

const HOME = inRoot('js-shim');
/** The folders of the plugin that do not go into the bundle. */
const NOT_SOURCES = new Set(['build', 'node_modules']);

/**
 * Builds the plugin unless nothing changed.
 *
 * @param {{ progress: (text: string) => void }} step
 */
export async function buildPlugin({ progress }) {
  const sources = readdirSync(HOME)
    .filter((file) => !NOT_SOURCES.has(file))
    .map((file) => join(HOME, file));
  const print = fingerprint({ files: sources, values: [process.version] });
  await unlessDone(
    { stamp: join(targetDir, 'plugin', 'stamp'), print, outputs: [made.plugin(), made.team] },
    async () => {
      progress('bundling');
      await run(process.execPath, [builder(), 'build'], {
        log: 'plugin',
        cwd: HOME,
        env: { HOME: builderHome(), CI: 'true' },
      });
    },
  );
}

function builder() {
  const require = createRequire(join(HOME, 'package.json'));
  const file = require.resolve('@twilio/flex-plugin-scripts/package.json');
  return join(file, '..', require(file).bin['flex-plugin']);
}

/** Returns a home directory with a Twilio CLI, which the builder requires and does not use. */
function builderHome() {
  const home = join(targetDir, 'plugin', 'home');
  mkdirSync(join(home, '.twilio-cli'), { recursive: true });
  writeFileSync(join(home, '.twilio-cli', 'package.json'), '{}\n');
  return home;
}
