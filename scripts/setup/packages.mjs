// Installing Debian packages where that is possible, one call at a time.

import { ask, run, which } from '../lib/exec.mjs';

/**
 * @typedef {object} Packages
 * @property {boolean} possible true if packages can be installed here
 * @property {(names: string[]) => Promise<void>} install
 * @property {(program: string, names: string[], missing: string) => Promise<void>} provide installs packages when a program is not
 *   there. Throws the sentence `missing` when that is impossible or does not help
 */

/**
 * Returns the packages of this machine. They can be installed where that asks nothing: apt-get, and root or a sudo that
 * needs no password.
 */
export async function debianPackages() {
  const apt = which('apt-get');
  const isRoot = process.getuid?.() === 0;
  const sudo = apt && !isRoot && (await ask('sudo', ['-n', 'true'])) !== undefined;
  const [program, ...first] = sudo ? ['sudo', '-n', 'apt-get'] : ['apt-get'];
  const quiet = { log: 'apt-get', env: { DEBIAN_FRONTEND: 'noninteractive' } };
  /** @type {Promise<void> | undefined} */
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
 * Returns packages that are installed by `install`, one call at a time.
 *
 * @param {object} how
 * @param {boolean} how.possible
 * @param {(names: string[]) => Promise<void>} how.install
 * @param {(program: string) => unknown} [how.has] true, or a path, if a program is there
 * @returns {Packages}
 */
export function packagesWith({ possible, install, has = which }) {
  // apt-get holds a lock, so calls wait for each other.
  let queue = Promise.resolve();
  /** @param {string[]} names */
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
