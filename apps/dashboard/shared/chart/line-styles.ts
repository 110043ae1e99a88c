import type { Palette } from './palette';

export interface LineStyle {
  readonly color: keyof Palette;
  readonly width: number;
  /** Empty: solid. */
  readonly dash: readonly number[];
}

/** Up to five things as lines; the first is what the others are held against. No two share both colour and pattern. */
export const LINES: readonly LineStyle[] = [
  { color: 'ink', width: 2.5, dash: [] },
  { color: 'accent', width: 1.75, dash: [] },
  { color: 'accent', width: 1.75, dash: [9, 5] },
  { color: 'muted', width: 1.25, dash: [] },
  { color: 'muted', width: 2, dash: [2, 4] },
];

export const lineAt = (index: number): LineStyle => LINES[index % LINES.length]!;
