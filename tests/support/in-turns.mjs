/**
 * Does `work` with all `items`, `atOnce` of them at the same time.
 *
 * @template T
 * @param {T[]} items
 * @param {number} atOnce
 * @param {(item: T) => Promise<unknown>} work
 */
export async function inTurns(items, atOnce, work) {
  const waiting = [...items];
  const one = async () => {
    // There is one while the list is not empty.
    while (waiting.length > 0) await work(/** @type {T} */ (waiting.shift()));
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
