// What is installed in an account, as plans describe it. Reads only.

import { readAccount } from './account.mjs';
import { SOURCES, keptSources } from './event-sources.mjs';
import { allDomains, calledInstead, findFunctions, otherEnvironments, readVariables } from './functions.mjs';
import { judge } from './judgement.mjs';
import { markAmong } from './mark.mjs';
import { NotReady } from './outcome.mjs';
import { parkedAt, parkedConversations } from './parked/read.mjs';
import { readPlugin } from './plugin.mjs';

/** The Function that says its version. It is no operation of the core. */
export const VERSION_PATH = '/features/park-interaction/version';
const LIMIT_MS = 15_000;

/**
 * The installation.
 *
 * - `version`: what the running Functions say of themselves or, where they have no such Function, what their mark says
 * - `others`: the other environments of our Functions
 * - `live`: the one of these that Flex calls; then `parked` counts only what this environment has parked
 * - `sources`: the ways in which the Functions are to hear of events
 * - `enabled`: the flag for everybody
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
  const others = await otherEnvironments(client, environment);
  const live = found && calledInstead(others, account.functionsDomain);
  const place = { ...facts, domain: found?.domain ?? account.functionsDomain };
  const [variables, plugin, said, parked] = await Promise.all([
    found && readVariables(client, found),
    readPlugin(client),
    found?.paths.includes(VERSION_PATH) ? saidVersion(found.domain) : undefined,
    live ? parkedAt({ client, print }, place) : parkedConversations({ client, print }, place),
  ]);
  const mark = found && markAmong(found.paths);
  return {
    ...{ facts, found, others, live, mark, plugin },
    version: said ?? mark?.version,
    enabled: account.enabled,
    sources: keptSources(variables?.[SOURCES]),
    parked: {
      ours: parked.filter(({ isForeign }) => !isForeign).length,
      foreign: parked.filter(({ isForeign }) => isForeign).length,
    },
  };
}

/**
 * Returns true if there are no Functions at a domain: the account has none there, and none of another account respond either.
 *
 * @param {import('./transport.mjs').Client} client
 * @param {string} domain
 */
export async function isGone(client, domain) {
  return !(await allDomains(client)).includes(domain) && (await saidVersion(domain)) === undefined;
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
