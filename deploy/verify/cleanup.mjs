// Removing what was made, in the opposite order, whatever fails.

import { asThrown } from '../../scripts/lib/errors.mjs';
import { explanation } from '../outcome.mjs';

/**
 * Removes what the trial has made.
 *
 * @typedef {object} Cleanup
 * @property {(name: string, undo: () => Promise<unknown>) => void} later notes an undo for the end
 * @property {() => Promise<string[]>} all undoes everything. Returns the names of what is left behind
 */

/**
 * Makes a cleanup that prints what it could not remove.
 *
 * @param {(line: string) => void} print
 * @returns {Cleanup}
 */
export function newCleanup(print) {
  /** @type {{ name: string, work: () => Promise<unknown> }[]} */
  const undoings = [];
  const undo = async () => {
    const left = [];
    for (let undoing = undoings.pop(); undoing; undoing = undoings.pop()) {
      const { name, work } = undoing;
      try {
        await work();
      } catch (error) {
        if (asThrown(error).status === 404) continue;
        print(`  ${name} could not be removed: ${explanation(error)}`);
        left.push(name);
      }
    }
    return left;
  };
  return {
    later(name, work) {
      undoings.push({ name, work });
    },
    all: undo,
  };
}
