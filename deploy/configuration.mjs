// Flex's configuration: the Functions' domain and the flags, written by `flex-config`.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { flexConfig } from '../flex-config/run.mjs';
import { inRoot } from '../scripts/lib/paths.mjs';

/** The step of a deployment. The domain goes into the environment's file first: the files are what can be deployed again. */
export async function writeConfiguration(state) {
  const { domain, environment, dryRun } = state;
  const folder = state.env.FLEX_CONFIG_FOLDER ?? inRoot('flex-config');
  const own = dryRun ? copyOf(folder) : folder;
  try {
    await carryOut(state, ['set-domain', domain, '--environment', environment], own);
    await carryOut(state, ['deploy', '--environment', environment, ...(dryRun ? ['--dry-run'] : [])], own);
  } finally {
    if (dryRun) rmSync(own, { recursive: true });
  }
  return `the Functions are at ${domain}; the flags are those of the files`;
}

/** The step of an undeployment. The keys stay, so that what was set is there when it is deployed again. */
export async function switchOff(state) {
  await carryOut(state, ['disable', ...(state.dryRun ? ['--dry-run'] : [])]);
  return 'the feature is off; its keys stay';
}

/** A dry run leaves the files alone too. */
function copyOf(folder) {
  const copy = mkdtempSync(join(tmpdir(), 'park-interaction-'));
  cpSync(folder, copy, {
    recursive: true,
    filter: (path) => path === folder || /\/ui_attributes\.[\w-]+\.json$/.test(path),
  });
  return copy;
}

async function carryOut({ env, print }, args, folder) {
  const line = (text) => text.split('\n').forEach((part) => print(`  ${part}`));
  const own = folder ? { ...env, FLEX_CONFIG_FOLDER: folder } : env;
  const code = await flexConfig(args, { env: own, say: line, warn: line });
  if (code !== 0)
    throw new Error(`\`npm run flex-config -- ${args.join(' ')}\` ended with ${code}, for the reason above.`);
}
