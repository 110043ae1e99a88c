import type { Cell, Family } from '../api/types';

export interface FamilyStyle {
  readonly family: Family;
  readonly label: string;
  /** The second carrier beside colour, for those who do not see it. */
  readonly letter: string;
  readonly stripes: boolean;
}

/** One row per operator family; colours are the custom properties `--family-<name>` (Okabe and Ito, 2008). */
export const FAMILIES: readonly FamilyStyle[] = [
  { family: 'attention', label: 'Attention', letter: 'A', stripes: false },
  { family: 'convolution', label: 'Convolution', letter: 'C', stripes: false },
  { family: 'recurrence', label: 'Recurrence', letter: 'R', stripes: false },
  { family: 'memoryless', label: 'Memoryless', letter: 'M', stripes: false },
  { family: 'mixture', label: 'Mixture of experts', letter: 'X', stripes: true },
];

const UNKNOWN: FamilyStyle = { family: 'memoryless', label: 'Other', letter: '?', stripes: false };

export function familyStyle(family: string): FamilyStyle {
  return FAMILIES.find((style) => style.family === family) ?? UNKNOWN;
}

export function letterOf(cell: Cell): string {
  return cell.letter ?? familyStyle(cell.family).letter;
}

/** The backbone in words, for screen readers and titles. */
export function describeBackbone(cells: readonly Cell[]): string {
  if (cells.length === 0) return 'no operators';
  return cells.map((cell) => cell.label).join(', then ');
}
