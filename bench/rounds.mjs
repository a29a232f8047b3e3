// Measured runs: repeated, counted in round trips, summed up by their median.

/** The journal has whole milliseconds, each of which may be one off. */
const ROUNDING_MS = 3;

/**
 * Counts the round trips of an operation: the longest chain of requests of which each began after the one before ended.
 *
 * @param {{ at: string, ms: number }[]} requests from the simulator's journal
 */
export function rounds(requests) {
  const spans = requests
    .map(({ at, ms }) => ({ from: Date.parse(at), to: Date.parse(at) + ms }))
    .sort((one, other) => one.to - other.to);
  let chain = 0;
  let end = -Infinity;
  for (const { from, to } of spans) {
    if (from < end - ROUNDING_MS) continue;
    chain += 1;
    end = to;
  }
  return chain;
}

/**
 * Returns the median.
 *
 * @param {number[]} numbers
 */
export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Calls `act` several times, one after the other. Returns all results.
 *
 * @template T
 * @param {number} times
 * @param {() => Promise<T>} act
 */
export async function repeated(times, act) {
  /** @type {T[]} */
  const all = [];
  for (let time = 0; time < times; time += 1) all.push(await act());
  return all;
}
