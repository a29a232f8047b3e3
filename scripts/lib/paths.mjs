// The paths of files and folders, all in one place, so that a move is one line.

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, whatever the working directory. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Returns a path below the repository's root.
 *
 * @param {...string} parts
 */
export const inRoot = (...parts) => join(root, ...parts);

/** The folder in which cargo builds, and this project keeps logs and stamps of its own builds. */
export const targetDir = process.env.CARGO_TARGET_DIR ? resolve(root, process.env.CARGO_TARGET_DIR) : inRoot('target');

/**
 * Returns the folder of what is slow to make and survives a fresh clone: tools, the Wasm standard library, the re-bundled
 * Flex, the TLS key. The XDG rules ignore a relative `XDG_CACHE_HOME`, and so does this.
 */
export function cacheDir(env = process.env, home = homedir()) {
  const base = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(home, '.cache');
  return join(base, 'flex-park-interaction');
}

/** The files that the set-up makes and the running product consists of. */
export const made = {
  simulator: join(targetDir, 'debug', 'simulator'),
  flexConfig: join(targetDir, 'debug', 'flex-config'),
  desktop: join(targetDir, 'desktop'),
  /** The core as the owner's commands have it. */
  ownersCore: join(targetDir, 'owner', 'core.cjs'),
  /** The official builder names the bundle after the package. */
  plugin: () =>
    inRoot('js-shim', 'build', `${JSON.parse(readFileSync(inRoot('js-shim', 'package.json'), 'utf8')).name}.js`),
  /** The code of the plugin that only supervisors need. */
  team: inRoot('js-shim', 'build', 'team.js'),
  tls: (folder = join(cacheDir(), 'tls')) => ({ key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') }),
};
