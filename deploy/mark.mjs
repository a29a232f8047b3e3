// The mark of a build: a private asset that is deployed with the files, and whose path says which they are. Twilio keeps the paths of
// earlier builds, and has no other place for a note on a build.

const MARK = '/features/park-interaction/deployed/';
const MARKED = /^(?:(\d+\.\d+\.\d+[^/]*)\/([0-9a-f]{64})\/)?([0-9a-f]{64})\.txt$/;

/**
 * What a mark says. `files` is the hash of the Functions' files, `bundle` that of the plugin's bundle which was built with them. Marks of
 * 0.1.0 have `files` alone.
 *
 * @typedef {{ version?: string, bundle?: string, files: string }} Mark
 */

/**
 * Returns the path of a mark.
 *
 * @param {Required<Mark>} mark
 */
export const markPath = ({ version, bundle, files }) => `${MARK}${version}/${bundle}/${files}.txt`;

/**
 * Returns true for the mark of any version.
 *
 * @param {string} path
 */
export const isMark = (path) => path.startsWith(MARK);

/**
 * Returns what the mark among the paths of a build says; `undefined` where there is none.
 *
 * @param {string[]} paths
 * @returns {Mark | undefined}
 */
export function markAmong(paths) {
  const path = paths.find(isMark);
  const [found, version, bundle, files] = MARKED.exec(path?.slice(MARK.length) ?? '') ?? [];
  return found === undefined ? undefined : { ...(version && { version, bundle }), files };
}
