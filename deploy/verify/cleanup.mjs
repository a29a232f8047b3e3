// Taking away again what was made, in the opposite order, whatever fails.

import { explanation } from '../outcome.mjs';

/** `later(name, undo)` notes what is to be undone; `all()` does it and answers the names of what is left behind. */
export function newCleanup(print) {
  const undoings = [];
  const undo = async () => {
    const left = [];
    while (undoings.length > 0) {
      const { name, work } = undoings.pop();
      try {
        await work();
      } catch (error) {
        if (error.status === 404) continue;
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
