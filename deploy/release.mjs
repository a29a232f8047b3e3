// Which version of the plugin is the next, and which plugins are active afterwards.

/** Three numbers; anything after them does not count. */
const NUMBERS = /^(\d+)\.(\d+)\.(\d+)/;

/**
 * The version to register a new bundle as: the package's own, or one above the highest that is registered.
 *
 * @param {string[]} registered
 * @param {string} own the version in the plugin's `package.json`
 */
export function nextVersion(registered, own) {
  const highest = registered.map(numbers).filter(Boolean).sort(compare).at(-1);
  if (!highest || compare(numbers(own), highest) > 0) return own;
  return [highest[0], highest[1], highest[2] + 1].join('.');
}

/** The registered version that has this mark in its changelog, the newest of them, unless it is archived. */
export function registeredWith(mark, versions) {
  const same = versions.filter(({ changelog, archived }) => !archived && changelog?.includes(mark));
  return same.sort((a, b) => compare(numbers(a.version) ?? [0, 0, 0], numbers(b.version) ?? [0, 0, 0])).at(-1);
}

/**
 * The plugin versions to be active together: those of others as they are, ours as given, or not at all.
 *
 * @param {{ pluginSid: string, pluginVersionSid: string }[]} active what is active now
 * @param {{ pluginSid: string, pluginVersionSid?: string }} ours without a version, ours goes
 * @returns {string[] | undefined} version SIDs; `undefined` when that is how it is already
 */
export function releaseOf(active, { pluginSid, pluginVersionSid }) {
  const current = active.find((plugin) => plugin.pluginSid === pluginSid)?.pluginVersionSid;
  if (current === pluginVersionSid) return undefined;
  const others = active.filter((plugin) => plugin.pluginSid !== pluginSid).map((plugin) => plugin.pluginVersionSid);
  return pluginVersionSid ? [...others, pluginVersionSid] : others;
}

function numbers(version) {
  return NUMBERS.exec(version)?.slice(1).map(Number);
}

function compare(a, b) {
  const unequal = a.findIndex((number, index) => number !== b[index]);
  return unequal < 0 ? 0 : a[unequal] - b[unequal];
}
