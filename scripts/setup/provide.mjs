// The way in which every tool is provided: look, do the next thing, look again.

import { messageOf } from '../lib/errors.mjs';

/**
 * The next thing to do. Exactly one of the three is there.
 *
 * @template U
 * @template {string} A
 * @typedef {object} Move
 * @property {U} [use] all is there: the result
 * @property {A} [act] do this and look again
 * @property {string} [missing] nothing helps: a sentence for the user
 */

/**
 * The tools of a step that provides something.
 *
 * @typedef {{ progress: (text: string) => void, packages: import('./packages.mjs').Packages }} Provision
 */

/**
 * Calls `nextMove` with what `look` found until it returns `use`, which is the result. The function of `acts` with the name
 * of an `act` carries it out; when it fails, the next look shows that it did not help. Throws `missing`, with the failure
 * that led to it.
 *
 * @template F
 * @template U
 * @template {string} A
 * @param {object} how
 * @param {() => F | Promise<F>} how.look
 * @param {(found: F & { tried: Set<string> }) => Move<U, A>} how.nextMove
 * @param {Record<A, () => unknown>} how.acts
 * @param {(text: string) => void} how.progress
 * @returns {Promise<U>}
 */
export async function provide({ look, nextMove, acts, progress }) {
  /** @type {Set<string>} */
  const tried = new Set();
  /** @type {string | undefined} */
  let failure;
  for (;;) {
    const move = nextMove({ ...(await look()), tried });
    if (move.use) return move.use;
    if (!move.act) throw new Error([move.missing, failure].filter(Boolean).join('\n'));
    tried.add(move.act);
    progress(move.act);
    try {
      await acts[move.act]();
    } catch (error) {
      failure = messageOf(error);
    }
  }
}
