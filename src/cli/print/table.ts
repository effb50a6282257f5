const minimumWidth = 10;
const padding = 3;

/** Rows in columns, as docker lays them out: each as wide as its longest cell plus three, the last one ragged. */
export function table(rows: readonly (readonly string[])[], narrowest = minimumWidth): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_none, column) =>
    Math.max(narrowest, ...rows.map((row) => width(row[column] ?? '') + padding)),
  );
  return rows.map((row) => `${line(row, widths)}\n`).join('');
}

function line(row: readonly string[], widths: readonly number[]): string {
  return row.map((cell, at) => (at === row.length - 1 ? cell : cell + ' '.repeat(widths[at]! - width(cell)))).join('');
}

/** Characters as a terminal counts them, near enough: one column each. */
const width = (cell: string): number => [...cell].length;
