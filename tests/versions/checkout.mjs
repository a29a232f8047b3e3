// Another version of the product, built by its own scripts in a checkout of its own.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ask, run } from '../../scripts/lib/exec.mjs';
import { inRoot, targetDir } from '../../scripts/lib/paths.mjs';

/** Steps of the set-up whose results come from today's code. */
const OURS = ['TLS certificate', 'simulator', 'Flex desktop'];

/** Builds the rest with the set-up that the working directory has. */
const BUILD = `
  const { setUp, TO_RUN } = await import(process.cwd() + '/scripts/setup/index.mjs');
  await setUp(TO_RUN.filter((step) => !${JSON.stringify(OURS)}.includes(step)));
`;

/**
 * A version in its checkout.
 *
 * @typedef {{ version: string, sha: string, plugin: string, functions: string }} Checkout
 */

/**
 * Returns the commit to compare with, and why it is that one.
 *
 * @param {string | undefined} ref undefined: the newest release
 */
export async function releaseOf(ref) {
  if (ref !== undefined) {
    const sha = await commitOf(ref);
    if (!sha) throw new Error(`${ref} is no commit: expected a tag, a branch or a SHA.`);
    return { sha, why: ref };
  }
  const [tag] = (await git('tag', '--list', 'v*', '--sort=-v:refname', '--merged', 'HEAD')).split('\n');
  if (tag) return { sha: await git('rev-list', '-n', '1', tag), why: tag };
  const heading = /^## \[(\d[^\]]*)\] - .*$/m.exec(readFileSync(inRoot('CHANGELOG.md'), 'utf8'));
  if (!heading) throw new Error('There is no release: no tag `v*`, and no dated version in CHANGELOG.md.');
  const sha = (await git('log', '--format=%H', '--reverse', `-S${heading[0]}`, '--', 'CHANGELOG.md')).split('\n')[0];
  return { sha, why: `the commit that dated ${heading[1]} in CHANGELOG.md, since there is no tag` };
}

/**
 * Checks a commit out and builds it, unless that is done. Returns where its parts are.
 *
 * @param {string} sha
 * @returns {Promise<Checkout>}
 */
export async function checkout(sha) {
  const home = join(targetDir, 'versions', sha);
  if (!existsSync(join(home, 'package.json'))) {
    // What a removed `target` has left in git.
    await git('worktree', 'prune');
    await run('git', ['worktree', 'add', '--force', '--detach', home, sha], { log: 'versions-checkout' });
  }
  const done = join(home, 'target', 'versions-built');
  if (!existsSync(done)) {
    console.log(`Building ${sha.slice(0, 10)} with its own scripts; this takes some minutes once.`);
    await run(process.execPath, ['--input-type=module', '--eval', BUILD], {
      log: 'versions-build',
      cwd: home,
      env: { CARGO_TARGET_DIR: join(home, 'target') },
      onLine: (line) => /^\[\d+\/\d+\]/.test(line) && console.log(`  ${line}`),
    });
    writeFileSync(done, '');
  }
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const { name } = JSON.parse(readFileSync(join(home, 'js-shim', 'package.json'), 'utf8'));
  return { version, sha, plugin: join(home, 'js-shim', 'build', `${name}.js`), functions: join(home, 'functions') };
}

/** @param {string} ref */
const commitOf = (ref) => ask('git', ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);

/** @param {string[]} args */
async function git(...args) {
  const output = await ask('git', args);
  if (output === undefined) throw new Error(`\`git ${args.join(' ')}\` failed. Expected a clone with its history.`);
  return output;
}
