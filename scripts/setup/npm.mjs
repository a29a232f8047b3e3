// The npm packages of one folder, exactly as its lock file says.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { counted } from '../lib/counts.mjs';
import { run } from '../lib/exec.mjs';
import { inRoot } from '../lib/paths.mjs';
import { fingerprint, unlessDone } from '../lib/stamp.mjs';

/**
 * Installs the packages of a folder below the root, unless its lock file is the one that they were installed from.
 *
 * @param {string} folder
 * @param {{ progress: (text: string) => void }} step
 */
export async function provideNpmPackages(folder, { progress }) {
  const home = inRoot(folder);
  const lock = join(home, 'package-lock.json');
  // npm empties node_modules first, so a stamp in there never speaks for half an installation.
  const stamp = join(home, 'node_modules', '.set-up');
  const print = fingerprint({
    files: [lock, join(home, 'package.json'), join(home, '.npmrc')],
    values: [process.version],
  });
  await unlessDone({ stamp, print }, async () => {
    const all = Object.keys(JSON.parse(readFileSync(lock, 'utf8')).packages).length - 1;
    let done = 0;
    progress(`installing ${counted(all, 'package')}`);
    // No package here needs its install script, and a lock file's packages should not get to run any.
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'http'], {
      log: `npm-${folder.replaceAll('.', 'root').replaceAll('/', '-')}`,
      cwd: home,
      onLine(line) {
        if (/^npm http (fetch|cache) .*\.tgz/.test(line)) progress(`${(done += 1)} of ${counted(all, 'package')}`);
      },
    });
  });
}
