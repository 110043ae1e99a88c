import type { Series } from '@asterism/search';
import { CliError } from './errors';

/** A table of numbers, a series in every column; a first line of names is taken as such. Columns may end early. */
export function csvSeries(path: string, text: string): Series[] {
  const table = text.split(/\r?\n/).map((line) => line.split(',').map((cell) => unquoted(cell.trim())));
  while (table.at(-1)?.every((cell) => cell === '') === true) table.pop();
  const [first = []] = table;
  const named = first.length > 0 && first.every((cell) => cell !== '' && !isNumber(cell));
  const names = first.map((cell, at) => (named ? cell : `column ${at + 1}`));
  const rows = named ? table.slice(1) : table;
  const wide = rows.findIndex((row) => row.length > names.length);
  if (wide !== -1)
    throw new CliError(
      `${path}:${wide + (named ? 2 : 1)}: ${rows[wide]!.length} columns, the first line has ${names.length}`,
      'allowed: a series in every column, cells apart by commas',
    );
  return names.map((name, column) => ({
    name,
    values: numbersOf(
      rows.map((row) => row[column] ?? ''),
      (row) => `${path}:${row + (named ? 2 : 1)}, column ${column + 1} (${name})`,
    ),
  }));
}

function numbersOf(cells: readonly string[], where: (row: number) => string): number[] {
  const end = cells.findLastIndex((cell) => cell !== '') + 1;
  return cells.slice(0, end).map((cell, row) => {
    if (isNumber(cell)) return Number(cell);
    const said = cell === '' ? 'an empty cell within a series' : `${JSON.stringify(cell)} is no number`;
    throw new CliError(`${where(row)}: ${said}`, 'allowed: finite numbers; leave other columns out');
  });
}

const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell));

function unquoted(cell: string): string {
  return cell.length > 1 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1) : cell;
}
