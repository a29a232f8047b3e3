// Debian packages: whether they can be installed here, and installing them, one call at a time.

import { ask, run, which } from '../lib/exec.mjs';

/**
 * Looks whether this machine takes Debian packages without asking anything: apt-get, and root or a sudo that wants
 * no password. Answers what `packagesWith` makes of that.
 */
export async function debianPackages() {
  const apt = which('apt-get');
  const isRoot = process.getuid?.() === 0;
  const sudo = apt && !isRoot && (await ask('sudo', ['-n', 'true'])) !== undefined;
  const [program, ...first] = sudo ? ['sudo', '-n', 'apt-get'] : ['apt-get'];
  const quiet = { log: 'apt-get', env: { DEBIAN_FRONTEND: 'noninteractive' } };
  let updated;

  return packagesWith({
    possible: Boolean(apt && (isRoot || sudo)),
    async install(names) {
      updated ??= run(program, [...first, 'update'], quiet);
      await updated;
      await run(program, [...first, 'install', '--yes', '--no-install-recommends', ...names], quiet);
    },
  });
}

/**
 * Answers `{ possible, install(names), provide(program, names, missing) }`. `provide` installs packages when a program is
 * not there, and fails with the sentence `missing` when that cannot be done or does not help.
 */
export function packagesWith({ possible, install, has = which }) {
  // apt-get holds a lock, so calls wait for each other.
  let queue = Promise.resolve();
  const installInTurn = (names) => (queue = queue.catch(() => {}).then(() => install(names)));

  return {
    possible,
    install: installInTurn,
    async provide(program, names, missing) {
      if (!has(program) && possible) await installInTurn(names);
      if (!has(program)) throw new Error(missing);
    },
  };
}
