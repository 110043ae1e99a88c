/** Aligned columns without borders: reads well, greps well. Numbers (right: true) are right-aligned. */
export interface Column<Row> {
  readonly title: string;
  readonly right?: boolean;
  readonly value: (row: Row) => string;
}

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => column.value(row)));
  const widths = columns.map((column, at) =>
    Math.max(column.title.length, ...cells.map((line) => line[at]?.length ?? 0)),
  );
  const render = (line: readonly string[]): string =>
    line
      .map((cell, at) =>
        columns[at]?.right === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [columns.map((column) => column.title), ...cells].map(render).join('\n');
}
