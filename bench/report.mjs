// The figures as a table for people and as JSON for programs.

import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

import { targetDir } from '../scripts/lib/paths.mjs';

/**
 * A measured figure. Without a baseline there is none to compare it with. A value that is no number is unknown.
 *
 * @typedef {{ name: string, unit: string, value: number | undefined, baseline?: number }} Figure
 */

/**
 * The tools of a measurement: the browser's programs, and a function that prints what begins.
 *
 * @typedef {{ browser: import('../scripts/setup/chromium.mjs').Browser, tell: (what: string) => void }} Tools
 */

/**
 * Prints the figures, and writes them to `target/bench.json`.
 *
 * @param {Figure[]} figures
 */
export function report(figures) {
  const all = figures.map(rounded);
  console.table(Object.fromEntries(all.map(({ name, ...figure }) => [name, figure])));
  const file = join(targetDir, 'bench.json');
  writeFileSync(file, `${JSON.stringify({ machine: machine(), figures: all }, null, 2)}\n`);
  console.log(`bench: ${all.length} figures, written to ${file}`);
}

/**
 * Returns a figure as one line.
 *
 * @param {Figure} figure
 */
export function line(figure) {
  const { name, unit, value, baseline, ratio } = rounded(figure);
  const beside = baseline === null ? '' : `, baseline ${baseline}${ratio === null ? '' : `, ratio ${ratio}`}`;
  return `  ${name} = ${value} ${unit}${beside}`;
}

/** Returns a description of this machine. */
export function machine() {
  const all = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${all.length} x ${all[0]?.model.trim()}, ${gigabytes} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
}

/** @param {Figure} figure */
function rounded({ name, unit, value, baseline }) {
  const known = { value: round(value), baseline: round(baseline) };
  return { name, unit, ...known, ratio: ratioOf(known) };
}

/**
 * Rounds to two digits. Returns null for an unknown value.
 *
 * @param {number | undefined} value
 */
const round = (value) => (value !== undefined && Number.isFinite(value) ? Math.round(value * 100) / 100 : null);

/**
 * Divides ours by the baseline. Returns null where one of them is unknown or the baseline is 0.
 *
 * @param {{ value: number | null, baseline: number | null }} known
 */
const ratioOf = ({ value, baseline }) => (value !== null && baseline ? round(value / baseline) : null);
