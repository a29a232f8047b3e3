import assert from 'node:assert/strict';

/**
 * Returns what a test expects to be there. Fails where it is not.
 *
 * @template T
 * @param {T | null | undefined} found
 * @returns {T}
 */
export function known(found) {
  assert.ok(found);
  return found;
}
