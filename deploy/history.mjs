// The builds that an environment of the Functions has run, which Twilio keeps for a while, and the versions of the plugin that belong to
// them. From these a rollback chooses.

import { orUndefined } from './lookup.mjs';
import { markAmong } from './mark.mjs';
import { NotReady } from './outcome.mjs';
import { versionOfBundle } from './plugin.mjs';

/** The number of builds that are read. */
const BUILDS_LOOKED_AT = 20;
/** What `deployPlugin` writes into the changelog of a version. */
const PRODUCT = /^Park Interaction (\d+\.\d+\.\d+[^,]*),/;

/** @typedef {import('./transport.mjs').Client} Client */

/**
 * A build that was deployed to the environment. `replacedAt` is undefined for the one that runs.
 *
 * @typedef {object} Past
 * @property {string} buildSid
 * @property {Date} builtAt
 * @property {Date} [replacedAt] the time of the first deployment after this one
 * @property {string[]} paths
 * @property {import('./mark.mjs').Mark | undefined} mark
 */

/**
 * Returns the builds of an environment, the newest first. Builds that Twilio has deleted are only counted.
 *
 * @param {Client} client
 * @param {{ serviceSid: string, environmentSid: string }} place
 * @returns {Promise<{ builds: Past[], deleted: number }>}
 */
export async function readHistory(client, { serviceSid, environmentSid }) {
  const service = client.serverless.v1.services(serviceSid);
  const deployments = await service.environments(environmentSid).deployments.list({ limit: 10 * BUILDS_LOOKED_AT });
  const inOrder = [...deployments].sort((a, b) => a.dateCreated.getTime() - b.dateCreated.getTime());
  const sids = [...new Set(inOrder.map(({ buildSid }) => buildSid).reverse())].slice(0, BUILDS_LOOKED_AT);
  const found = await Promise.all(sids.map((sid) => orUndefined(service.builds(sid).fetch())));
  const builds = found
    .filter((build) => build !== undefined)
    .map((build) => {
      /** @type {{ path: string }[]} the client leaves them untyped */
      const files = [...build.assetVersions, ...build.functionVersions];
      const paths = files.map(({ path }) => path);
      const last = inOrder.findLastIndex(({ buildSid }) => buildSid === build.sid);
      const replacedAt = inOrder[last + 1]?.dateCreated;
      return { buildSid: build.sid, builtAt: build.dateCreated, replacedAt, paths, mark: markAmong(paths) };
    });
  builds.sort((a, b) => b.builtAt.getTime() - a.builtAt.getTime());
  return { builds, deleted: sids.length - builds.length };
}

/**
 * Chooses the version of the plugin that belongs to a build: the one that was built with it or, for a build whose mark does not say, the
 * newest one that was registered while the build ran.
 *
 * @template {import('./plugin.mjs').Registered} V
 * @param {Past} build
 * @param {V[]} versions
 * @returns {V | undefined}
 */
export function pluginOf({ mark, replacedAt }, versions) {
  const same = mark?.bundle ? versionOfBundle(mark.bundle, versions) : undefined;
  if (same) return same;
  const before = versions.filter(({ dateCreated }) => !replacedAt || dateCreated < replacedAt);
  return [...before].sort((a, b) => a.dateCreated.getTime() - b.dateCreated.getTime()).at(-1);
}

/**
 * Returns the product's version of a build, as its mark or its plugin says; `undefined` where neither does.
 *
 * @param {Past} build
 * @param {import('./plugin.mjs').Registered | undefined} plugin
 */
export const productVersion = ({ mark }, plugin) => mark?.version ?? PRODUCT.exec(plugin?.changelog ?? '')?.[1];

/**
 * Chooses the build to go back to: the newest that is older than the running one, of the version `to` if that is given, or the build
 * with the SID `to`, which may be the running one. Throws `NotReady` where there is none.
 *
 * @template {Past & { version?: string }} P
 * @param {P[]} builds the newest first
 * @param {string | undefined} runningSid
 * @param {{ to?: string, deleted?: number }} [wanted]
 * @returns {P}
 */
export function chooseTarget(builds, runningSid, { to, deleted = 0 } = {}) {
  const running = builds.find(({ buildSid }) => buildSid === runningSid);
  // The same files may have been built twice.
  const files = running?.mark?.files;
  const ours = builds.filter(({ mark, buildSid }) => mark && buildSid !== runningSid && mark.files !== files);
  const older = ours.filter(({ builtAt }) => !running || builtAt < running.builtAt);
  const target = to ? older.find(({ buildSid, version }) => buildSid === to || version === to) : older[0];
  if (target) return target;
  // A rollback that broke off after the switch goes on.
  if (running && to === running.buildSid) return running;
  const isNewer = to && ours.some(({ buildSid, version }) => buildSid === to || version === to);
  const there = older.length > 0 ? `There are ${older.map(nameOf).join(', ')}.` : 'Twilio has no older build.';
  const gone = deleted > 0 ? ` Twilio has deleted ${deleted} that ran here.` : '';
  const reason = isNewer
    ? `${to} is newer than what runs: npm run upgrade, from a clone of that version, goes forward.`
    : `There is nothing to go back to${to ? ` for ${to}` : ''}. ${there}${gone}`;
  const byHand =
    'Any version can be put there from a clone of it: git checkout of its tag, then its own npm run deploy\n' +
    '  (docs/upgrade.md#rollback).';
  throw new NotReady(isNewer ? reason : `${reason}\n  ${byHand}`);
}

/** @param {Past & { version?: string }} build */
const nameOf = ({ buildSid, version }) => (version ? `${version} (${buildSid})` : buildSid);
