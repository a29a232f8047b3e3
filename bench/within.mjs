// A time limit for promises.

const LIMIT_MS = 60_000;

/**
 * Returns the promise's value. Throws, with `what` in the message, if it takes too long.
 *
 * @template T
 * @param {string} what
 * @param {Promise<T>} promise
 * @param {number} [limitMs]
 */
export async function within(what, promise, limitMs = LIMIT_MS) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${limitMs / 1000} s in vain for ${what}`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
