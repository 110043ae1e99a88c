import type { Cell } from '../api/types';

export type ShareKind = 'params' | 'time' | 'cache' | 'equal';

export interface StripCell {
  readonly cell: Cell;
  readonly index: number;
  /** Left edge and width as fractions of the strip. */
  readonly x: number;
  readonly width: number;
}

export interface StripArc {
  readonly from: number;
  readonly to: number;
  readonly kind: 'weights' | 'values';
  readonly group: number;
}

const FIELD = { params: 'paramsShare', time: 'timeShare', cache: 'cacheShare' } as const;

/** A cell is never narrower than this part of an equal share: a cell one cannot see cannot be read. */
const FLOOR = 0.35;

/** Places one cell per LIV in reading order, its width by the chosen share. */
export function layoutStrip(cells: readonly Cell[], by: ShareKind): readonly StripCell[] {
  const weights = cells.map((cell) => (by === 'equal' ? 1 : (cell[FIELD[by]] ?? 0)));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const equal = 1 / Math.max(cells.length, 1);
  const raised = weights.map((w) => Math.max(total === 0 ? equal : w / total, FLOOR * equal));
  const sum = raised.reduce((all, w) => all + w, 0);
  let x = 0;
  return cells.map((cell, index) => {
    const width = raised[index]! / sum;
    const placed = { cell, index, x, width };
    x += width;
    return placed;
  });
}

export function hasShare(cells: readonly Cell[], by: Exclude<ShareKind, 'equal'>): boolean {
  return cells.some((cell) => (cell[FIELD[by]] ?? 0) > 0);
}

/** One arc between neighbours of each sharing group, weights and values apart. */
export function sharingArcs(cells: readonly Cell[]): readonly StripArc[] {
  return (['weights', 'values'] as const).flatMap((kind) => {
    const last = new Map<number, number>();
    const arcs: StripArc[] = [];
    cells.forEach((cell, index) => {
      const group = kind === 'weights' ? cell.weightsGroup : cell.valuesGroup;
      if (group === null || group === undefined) return;
      const before = last.get(group);
      if (before !== undefined) arcs.push({ from: before, to: index, kind, group });
      last.set(group, index);
    });
    return arcs;
  });
}

export interface DiffColumn {
  readonly before: Cell | null;
  readonly after: Cell | null;
  readonly change: 'same' | 'changed' | 'added' | 'removed';
}

const sameCell = (a: Cell, b: Cell) =>
  a.kind === b.kind &&
  a.label === b.label &&
  a.weightsGroup === b.weightsGroup &&
  a.valuesGroup === b.valuesGroup;

/**
 * Aligns a parent's backbone with its child's: same cells face each other (longest common subsequence), what
 * was replaced stands opposite, what was inserted or dropped opposite a gap.
 */
export function diffStrips(before: readonly Cell[], after: readonly Cell[]): readonly DiffColumn[] {
  const cost = costTable(before, after);
  const columns: DiffColumn[] = [];
  let i = before.length;
  let j = after.length;
  while (i > 0 || j > 0) {
    const here = cost[i]![j]!;
    const a = before[i - 1];
    const b = after[j - 1];
    if (a && b && here === cost[i - 1]![j - 1]! + replaceCost(a, b)) {
      columns.push({ before: a, after: b, change: sameCell(a, b) ? 'same' : 'changed' });
      i -= 1;
      j -= 1;
    } else if (b && here === cost[i]![j - 1]! + 2) {
      columns.push({ before: null, after: b, change: 'added' });
      j -= 1;
    } else {
      columns.push({ before: a!, after: null, change: 'removed' });
      i -= 1;
    }
  }
  return columns.reverse();
}

/** Same kind with other knobs is nearer than another kind, which is nearer than a gap on both sides. */
function replaceCost(a: Cell, b: Cell): number {
  if (sameCell(a, b)) return 0;
  if (a.kind === b.kind) return 1;
  return a.family === b.family ? 2 : 3;
}

function costTable(before: readonly Cell[], after: readonly Cell[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, (_, i) =>
    Array.from({ length: after.length + 1 }, (_, j) => (i === 0 ? 2 * j : j === 0 ? 2 * i : 0)),
  );
  for (let i = 1; i <= before.length; i += 1) {
    for (let j = 1; j <= after.length; j += 1) {
      table[i]![j] = Math.min(
        table[i - 1]![j - 1]! + replaceCost(before[i - 1]!, after[j - 1]!),
        table[i - 1]![j]! + 2,
        table[i]![j - 1]! + 2,
      );
    }
  }
  return table;
}
