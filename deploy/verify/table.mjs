// Tables of text.

/**
 * Returns rows of cells as lines, with the columns aligned.
 *
 * @param {string[][]} rows
 */
export function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}
