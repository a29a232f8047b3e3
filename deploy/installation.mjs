// What is installed in an account, as plans describe it. Reads only.

import { readAccount } from './account.mjs';
import { findFunctions } from './functions.mjs';
import { judge } from './judgement.mjs';
import { markAmong } from './mark.mjs';
import { NotReady } from './outcome.mjs';
import { parkedConversations } from './parked/read.mjs';
import { readPlugin } from './plugin.mjs';

/** The Function that says its version. It is no operation of the core. */
export const VERSION_PATH = '/features/park-interaction/version';
const LIMIT_MS = 15_000;

/**
 * The installation. `version` is what the running Functions say of themselves or, where they have no such Function, what their mark says.
 *
 * @typedef {Awaited<ReturnType<typeof readInstallation>>} Installation
 */

/**
 * Reads the installation of an environment. Throws `NotReady` where the account is not one to work with.
 *
 * @param {Pick<import('./command.mjs').Command, 'client' | 'env' | 'environment' | 'print'>} command
 */
export async function readInstallation({ client, env, environment, print }) {
  const account = await readAccount(client, env);
  const { problems, facts } = judge(account);
  if (!facts) throw new NotReady(problems.join('\n  '));
  const found = await findFunctions({ client, environment });
  const [plugin, said, parked] = await Promise.all([
    readPlugin(client),
    found?.paths.includes(VERSION_PATH) ? saidVersion(found.domain) : undefined,
    parkedConversations({ client, print }, { ...facts, domain: found?.domain ?? account.functionsDomain }),
  ]);
  const mark = found && markAmong(found.paths);
  return {
    ...{ facts, found, mark, plugin },
    version: said ?? mark?.version,
    parked: {
      ours: parked.filter(({ isForeign }) => !isForeign).length,
      foreign: parked.filter(({ isForeign }) => isForeign).length,
    },
  };
}

/**
 * Returns the version that the Functions at a domain say of themselves; `undefined` where they do not say one.
 *
 * @param {string} domain
 * @returns {Promise<string | undefined>}
 */
export async function saidVersion(domain) {
  try {
    const response = await fetch(`https://${domain}${VERSION_PATH}`, { signal: AbortSignal.timeout(LIMIT_MS) });
    const { version } = /** @type {{ version?: unknown }} */ (response.ok ? await response.json() : {});
    return typeof version === 'string' ? version : undefined;
  } catch {
    // A plan names what is known; `doctor` says why Functions do not respond.
    return undefined;
  }
}
