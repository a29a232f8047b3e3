// The figures as a table for people and as JSON for programs.

import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

import { targetDir } from '../scripts/lib/paths.mjs';

/** Prints the figures, and writes them to `target/bench.json`. */
export function report(figures) {
  const all = figures.map(rounded);
  console.table(Object.fromEntries(all.map(({ name, ...figure }) => [name, figure])));
  const file = join(targetDir, 'bench.json');
  writeFileSync(file, `${JSON.stringify({ machine: machine(), figures: all }, null, 2)}\n`);
  console.log(`bench: ${all.length} figures, written to ${file}`);
}

/** A figure as one line. */
export function line(figure) {
  const { name, unit, value, baseline, ratio } = rounded(figure);
  const beside = baseline === null ? '' : `, baseline ${baseline}${ratio === null ? '' : `, ratio ${ratio}`}`;
  return `  ${name} = ${value} ${unit}${beside}`;
}

/** What this was measured on. */
export function machine() {
  const all = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${all.length} x ${all[0]?.model.trim()}, ${gigabytes} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
}

function rounded({ name, unit, value, baseline }) {
  const known = { value: round(value), baseline: round(baseline) };
  return { name, unit, ...known, ratio: ratioOf(known) };
}

/** What is not a number is unknown. */
const round = (value) => (Number.isFinite(value) ? Math.round(value * 100) / 100 : null);

/** Ours divided by the baseline's; null where one of them is unknown or the baseline is nothing. */
const ratioOf = ({ value, baseline }) => (value !== null && baseline ? round(value / baseline) : null);
