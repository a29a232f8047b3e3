// Debian packages: whether they can be installed here, and installing them, one call at a time.

import { ask, run, which } from '../lib/exec.mjs';

/**
 * Looks whether this machine takes Debian packages without asking anything: apt-get, and root or a sudo that wants
 * no password.
 *
 * Answers `{ possible, install(names) }`. Calls of `install` wait for each other, because apt-get holds a lock.
 */
export async function debianPackages() {
  const apt = which('apt-get');
  const isRoot = process.getuid?.() === 0;
  const sudo = apt && !isRoot && (await ask('sudo', ['-n', 'true'])) !== undefined;
  const prefix = sudo ? ['sudo', '-n', 'apt-get'] : ['apt-get'];
  const quiet = { log: 'apt-get', env: { DEBIAN_FRONTEND: 'noninteractive' } };
  let queue = Promise.resolve();
  let updated = false;

  async function install(names) {
    if (!updated) await run(prefix[0], [...prefix.slice(1), 'update'], quiet);
    updated = true;
    await run(prefix[0], [...prefix.slice(1), 'install', '--yes', '--no-install-recommends', ...names], quiet);
  }

  return {
    possible: Boolean(apt && (isRoot || sudo)),
    install(names) {
      queue = queue.catch(() => {}).then(() => install(names));
      return queue;
    },
  };
}
