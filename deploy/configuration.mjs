// Flex's configuration: the Functions' domain and the flags, written by `flex-config`.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { flexConfig } from '../flex-config/run.mjs';
import { inRoot } from '../scripts/lib/paths.mjs';

/** @typedef {Pick<import('./command.mjs').Command, 'env' | 'print' | 'dryRun' | 'environment'>} Command */

/**
 * The step of a deployment that writes the domain of the Functions, and the flags. The domain goes into the environment's file
 * first, so that the files alone can be deployed again.
 *
 * @param {Command} command
 * @param {string} domain
 */
export async function writeConfiguration(command, domain) {
  const { env, environment, dryRun } = command;
  const folder = env.FLEX_CONFIG_FOLDER ?? inRoot('flex-config');
  const own = dryRun ? copyOf(folder) : folder;
  try {
    await carryOut(command, ['set-domain', domain, '--environment', environment], own);
    // Only a new installation is switched on: what is set stays, and so do all other flags.
    const deploy = ['deploy', '--environment', environment, '--enable-unless-set'];
    await carryOut(command, [...deploy, ...(dryRun ? ['--dry-run'] : [])], own);
  } finally {
    if (dryRun) rmSync(own, { recursive: true });
  }
  return `the Functions are at ${domain}; flags that no file names stay as they are`;
}

/**
 * The step of an undeployment that turns the feature off, which it is without a value. All other flags stay, for the next deployment.
 *
 * @param {Command} command
 */
export async function switchOff(command) {
  await carryOut(command, ['unset', 'enabled', ...(command.dryRun ? ['--dry-run'] : [])]);
  return 'the feature is off; its other flags stay';
}

/**
 * Returns a copy of the folder's files, so that a dry run does not change them.
 *
 * @param {string} folder
 */
function copyOf(folder) {
  const copy = mkdtempSync(join(tmpdir(), 'park-interaction-'));
  cpSync(folder, copy, {
    recursive: true,
    filter: (path) => path === folder || /\/ui_attributes\.[\w-]+\.json$/.test(path),
  });
  return copy;
}

/**
 * Runs `flex-config`. Throws where it fails.
 *
 * @param {Pick<Command, 'env' | 'print'>} command
 * @param {string[]} args
 * @param {string} [folder]
 */
async function carryOut({ env, print }, args, folder) {
  /** @param {string} text */
  const line = (text) => text.split('\n').forEach((part) => print(`  ${part}`));
  const own = folder ? { ...env, FLEX_CONFIG_FOLDER: folder } : env;
  const code = await flexConfig(args, { env: own, say: line, warn: line });
  if (code !== 0)
    throw new Error(`\`npm run flex-config -- ${args.join(' ')}\` ended with ${code}, for the reason above.`);
}
