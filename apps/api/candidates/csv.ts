import type { CandidateRow } from '@asterism/contracts';

type Cell = string | number | boolean | null | undefined;

/** A text that a spreadsheet would take for a formula gets an apostrophe before it; quotes are doubled (RFC 4180). */
export function csvCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const line = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

const head = [
  'n',
  'id',
  'name',
  'origin',
  'state',
  'class',
  'code',
  'onFront',
  'rank',
  'confirmed',
  'parents',
  'genomeHash',
  'trialHash',
  'createdAt',
  'finishedAt',
];

/** Header and rows; each metric with its interval. */
export function csvHead(metrics: readonly string[]): string {
  return line([...head, ...metrics.flatMap((metric) => [metric, `${metric} low`, `${metric} high`])]);
}

export function csvRow(row: CandidateRow, metrics: readonly string[]): string {
  const cells: Cell[] = [
    row.n,
    row.id,
    row.name,
    row.origin,
    row.state,
    row.class,
    row.code,
    row.onFront,
    row.rank,
    row.confirmed,
    row.parents.join(' '),
    row.genomeHash,
    row.trialHash,
    row.createdAt,
    row.finishedAt,
  ];
  return line([
    ...cells,
    ...metrics.flatMap((metric) => [
      row.values[metric],
      row.intervals[metric]?.[0],
      row.intervals[metric]?.[1],
    ]),
  ]);
}
