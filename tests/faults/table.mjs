// The result as a table of calls and kinds of fault, with a list of the failed cases below.

import { nameOf } from './calls.mjs';

/** Prints the table, and the reason for each failure. */
export function printTable({ operations, kinds, cases }) {
  const names = kinds.map(({ name }) => name);
  const width = Math.max(...operations.flatMap(({ calls }) => calls.map((call) => nameOf(call).length)));
  for (const { operation, calls } of operations) {
    console.log(`\n${operation.padEnd(width)}  ${names.join('  ')}`);
    for (const call of calls) {
      const cells = kinds.map((kind) => {
        const found = cases.find((one) => one.call === call && one.kind === kind);
        return cell(found, kind.applies(call)).padEnd(kind.name.length);
      });
      console.log(`${nameOf(call).padEnd(width)}  ${cells.join('  ')}`.trimEnd());
    }
  }
  console.log('\nok: survived; -: does not apply; a dot: not run');
  for (const one of cases.filter(({ fault }) => fault)) {
    console.log(`${one.fault.toUpperCase()}: ${lineOf(one)}: ${one.reason}`);
  }
}

/** Returns the line that names a case: `OPERATION, CALL, KIND`. */
export const lineOf = ({ operation, call, kind }) => `${operation}, ${nameOf(call)}, ${kind.name}`;

function cell(found, applies) {
  if (!applies) return '-';
  if (!found) return '.';
  return found.fault?.toUpperCase() ?? 'ok';
}
