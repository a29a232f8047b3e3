// Runs that are measured: done some times, counted in round trips, summed up by their median.

/** The journal tells times in whole milliseconds, each of which may be one off. */
const ROUNDING_MS = 3;

/**
 * How many round trips an operation took: the longest chain of requests of which each began after the one before ended.
 * `requests` as the simulator's journal has them: `at` is when a request came, `ms` how long its answer took.
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

/** The middle of some numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What something gives that is done some times, one after the other. */
export async function repeated(times, act) {
  const all = [];
  for (let time = 0; time < times; time += 1) all.push(await act());
  return all;
}
