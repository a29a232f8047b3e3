/**
 * Waits until a condition returns something true, and returns that. Throws, with `what` in its message, when the time is over.
 *
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} condition
 * @param {{ within?: number, every?: number }} [limits] in milliseconds
 * @returns {Promise<Exclude<Awaited<T>, false | undefined | null>>}
 */
export async function until(what, condition, { within = 12_000, every = 25 } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    const result = await condition();
    // Not false, undefined or null, since it is true.
    if (result) return /** @type {any} */ (result);
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
