// Numbers with words that agree with them.

/**
 * Returns a number and its word, such as `1 file` and `3 files`; for a verb, `many` says how it goes with several.
 *
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
