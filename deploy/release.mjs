// Choosing the next version of the plugin, and the plugins that are active afterwards.

/** Three numbers; anything after them does not count. */
const NUMBERS = /^(\d+)\.(\d+)\.(\d+)/;
const NO_VERSION = [-1, -1, -1];

/**
 * Returns the version for a new bundle: the package's own, or one above the highest that is registered.
 *
 * @param {string[]} registered
 * @param {string} own the version in the plugin's `package.json`
 */
export function nextVersion(registered, own) {
  const highest = registered.map(numbers).sort(compare).at(-1) ?? NO_VERSION;
  if (compare(numbers(own), highest) > 0) return own;
  return [highest[0], highest[1], highest[2] + 1].join('.');
}

/**
 * Returns the newest registered version with this mark in its changelog that is not archived.
 *
 * @template {{ version: string, changelog: string, archived: boolean }} V
 * @param {string} mark
 * @param {V[]} versions
 * @returns {V | undefined}
 */
export function registeredWith(mark, versions) {
  const same = versions.filter(({ changelog, archived }) => !archived && changelog?.includes(mark));
  return same.sort((a, b) => compare(numbers(a.version), numbers(b.version))).at(-1);
}

/**
 * Returns the plugin versions to release together: those of others as they are, ours as given, or without ours.
 *
 * @param {{ pluginSid: string, pluginVersionSid: string }[]} active what is active now
 * @param {{ pluginSid: string, pluginVersionSid?: string }} ours without a version, ours goes
 * @returns {string[] | undefined} version SIDs; `undefined` when nothing changes
 */
export function releaseOf(active, { pluginSid, pluginVersionSid }) {
  const current = active.find((plugin) => plugin.pluginSid === pluginSid)?.pluginVersionSid;
  if (current === pluginVersionSid) return undefined;
  const others = active.filter((plugin) => plugin.pluginSid !== pluginSid).map((plugin) => plugin.pluginVersionSid);
  return pluginVersionSid ? [...others, pluginVersionSid] : others;
}

/**
 * Returns the numbers of a version; of a text that is none, those below every version.
 *
 * @param {string} version
 */
function numbers(version) {
  return NUMBERS.exec(version)?.slice(1).map(Number) ?? NO_VERSION;
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function compare(a, b) {
  const unequal = a.findIndex((number, index) => number !== b[index]);
  return unequal < 0 ? 0 : a[unequal] - b[unequal];
}
