// The report of the assumptions: expected and seen.

import { ASSUMPTIONS, NOT_SEEN_HERE } from './assumptions.mjs';
import { aligned } from './table.mjs';

/** @typedef {(name: string, what: string) => void} See notes what was seen of one assumption */

/**
 * Makes a report that collects what is seen.
 *
 * @returns {{ see: See, readonly allAsExpected: boolean, table: () => string }}
 */
export function newReport() {
  /** @type {Map<string, string>} */
  const seen = new Map();
  /** @param {string} name */
  const verdict = (name) => {
    if (!seen.has(name)) return 'not checked';
    const { expected, absent } = ASSUMPTIONS[name];
    if (absent !== undefined && seen.get(name) === absent) return 'not set up';
    return seen.get(name) === expected ? 'as expected' : 'DIFFERS';
  };
  return {
    see(name, what) {
      if (!(name in ASSUMPTIONS)) throw new Error(`there is no assumption ${name}`);
      seen.set(name, what);
    },
    get allAsExpected() {
      return Object.keys(ASSUMPTIONS).every((name) => ['as expected', 'not set up'].includes(verdict(name)));
    },
    table() {
      const rows = Object.entries(ASSUMPTIONS).map(([name, { what, expected }]) => [
        what,
        expected,
        seen.get(name) ?? '',
        verdict(name),
      ]);
      const different = Object.keys(ASSUMPTIONS).filter((name) => verdict(name) === 'DIFFERS');
      const consequences = different.map((name) => `${ASSUMPTIONS[name].what}: ${consequence(name)}`);
      return [
        ...aligned([['assumption', 'expected', 'seen', 'verdict'], ...rows]),
        ...(consequences.length > 0 ? ['', 'What differs:', ...consequences.map((line) => `  ${line}`)] : []),
        '',
        'Not seen by this command:',
        ...NOT_SEEN_HERE.map((line) => `  ${line}`),
      ].join('\n');
    },
  };
}

/** @param {string} name */
function consequence(name) {
  const { coped } = ASSUMPTIONS[name];
  return coped
    ? `nobody is lost by it: ${coped}.`
    : 'please report it with this table (docs/operations.md); until then look at what rests on it in docs/decisions.';
}
