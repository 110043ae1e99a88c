import type { Cell, Family } from '../api/types';

/** Families in the order of legends; their colours are the custom properties `--family-<name>` (Okabe and Ito, 2008). */
export const FAMILIES: readonly { readonly family: Family; readonly label: string }[] = [
  { family: 'attention', label: 'Attention' },
  { family: 'convolution', label: 'Convolution' },
  { family: 'recurrence', label: 'Recurrence' },
  { family: 'memoryless', label: 'Memoryless' },
  { family: 'mixture', label: 'Mixture of experts' },
];

/** The letter of a cell's kind, the second carrier beside colour; kinds without one give their initial. */
export function letterOf(cell: Pick<Cell, 'kind' | 'letter'>): string {
  return cell.letter ?? cell.kind.charAt(0);
}

export interface Kind {
  readonly kind: string;
  readonly letter: string;
}

/** Each kind that occurs, once, under its family. */
export function kindsByFamily(cells: readonly Cell[]): ReadonlyMap<Family, readonly Kind[]> {
  const found = new Map<Family, Kind[]>();
  for (const cell of cells) {
    const kinds = found.get(cell.family) ?? [];
    if (!kinds.some(({ kind }) => kind === cell.kind))
      kinds.push({ kind: cell.kind, letter: letterOf(cell) });
    found.set(cell.family, kinds);
  }
  for (const kinds of found.values()) kinds.sort((a, b) => a.kind.localeCompare(b.kind));
  return found;
}

/** The backbone in words, for screen readers and titles. */
export function describeBackbone(cells: readonly Cell[]): string {
  if (cells.length === 0) return 'no operators';
  return cells.map((cell) => cell.label).join(', then ');
}
