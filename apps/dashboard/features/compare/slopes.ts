import type { Direction, Interval } from '../../shared/api/types';

/** One objective of everything that is compared. */
export interface SlopeAxis {
  readonly direction: Direction;
  readonly values: readonly number[];
  readonly intervals: readonly (Interval | null | undefined)[];
}

/** Places on an upright axis: 0 at its worst end, 1 at its best. */
export interface SlopePlace {
  readonly at: number;
  /** Ends of the interval; both where the value stands if it is exact. */
  readonly low: number;
  readonly high: number;
  /** Where its label stands: beside the value, or as far off as its neighbours push it. */
  readonly label: number;
}

/** An axis runs from the worst to the best that these values and their intervals hold. */
export function placesOn({ direction, values, intervals }: SlopeAxis, gap: number): readonly SlopePlace[] {
  const ends = values.map((value, i): Interval => intervals[i] ?? [value, value]);
  const known = [...values, ...ends.flat()];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const place = (value: number): number => {
    if (most === least) return 0.5;
    const share = (value - least) / (most - least);
    return direction === 'maximize' ? share : 1 - share;
  };
  const labels = spread(values.map(place), gap);
  return values.map((value, i) => {
    const [one, other] = [place(ends[i]![0]), place(ends[i]![1])];
    return {
      at: place(value),
      low: Math.min(one, other),
      high: Math.max(one, other),
      label: labels[i]!,
    };
  });
}

/** Positions at least `gap` apart, in their order, inside 0 … 1 and as near to the given ones as that allows. */
export function spread(positions: readonly number[], gap: number): readonly number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]! || b - a);
  // Least squares under the order (pool adjacent violators), once the gaps are taken out.
  const blocks: { sum: number; count: number }[] = [];
  order.forEach((i, rank) => {
    let block = { sum: positions[i]! - rank * gap, count: 1 };
    for (
      let last = blocks.at(-1);
      last && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = { sum: last.sum + block.sum, count: last.count + block.count };
    }
    blocks.push(block);
  });
  const most = Math.max(0, 1 - (positions.length - 1) * gap);
  const level = blocks.flatMap(({ sum, count }) =>
    Array<number>(count).fill(Math.min(most, Math.max(0, sum / count))),
  );
  const placed = [...positions];
  order.forEach((i, rank) => (placed[i] = level[rank]! + rank * gap));
  return placed;
}
