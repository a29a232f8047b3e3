// Combinations of readings: each value alone, then rows in which every pair of values of two readings occurs.

import covertable from 'covertable';

/**
 * Returns the rows, each an object of readings by name, and the number of pairs of values in them. `readings` is the simulator's
 * list: `{ name, values }`, the default value first.
 */
export function combinationsOf(readings) {
  const factors = Object.fromEntries(readings.map(({ name, values }) => [name, values]));
  const alone = readings.flatMap(({ name, values }) => values.slice(1).map((value) => ({ [name]: value })));
  // By default the library covers pairs, with the same rows each time.
  const pairwise = covertable.make(factors).map((row) => withoutDefaults(row, readings));
  return { alone: [{}, ...alone], pairwise, pairs: countPairs(readings) };
}

/** Returns a row as words for the command line, such as `replay=none,closed-status=409`; an empty text for the defaults. */
export const nameOf = (row) =>
  Object.entries(row)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

/** Returns the row of such words. */
export const readingsOf = (words) =>
  Object.fromEntries(
    words
      .split(',')
      .filter(Boolean)
      .map((word) => word.split('=')),
  );

function withoutDefaults(row, readings) {
  const isDefault = ([name, value]) => readings.find((reading) => reading.name === name).values[0] === value;
  return Object.fromEntries(Object.entries(row).filter((entry) => !isDefault(entry)));
}

function countPairs(readings) {
  const counts = readings.map(({ values }) => values.length);
  return counts.reduce(
    (sum, count, place) => sum + counts.slice(place + 1).reduce((more, other) => more + count * other, 0),
    0,
  );
}
