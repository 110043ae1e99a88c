import { dominates, type Point } from './dominance';
import { nonDominatedRanks } from './ranks';

/** A point with the amount by which it breaks its constraints: 0 is feasible, Infinity is allowed. */
export interface Constrained {
  readonly point: Point;
  readonly violation: number;
}

/** Feasible beats infeasible, less violation beats more, dominance decides between feasible points (Deb 2002). */
export function constrainedDominates(a: Constrained, b: Constrained): boolean {
  if (a.violation !== b.violation) return a.violation < b.violation;
  return a.violation === 0 && dominates(a.point, b.point);
}

/** Ranks under constrained dominance: the feasible fronts first, then one rank per amount of violation. */
export function constrainedRanks(items: readonly Constrained[]): number[] {
  const feasible = items.filter((item) => item.violation === 0);
  const feasibleRanks = nonDominatedRanks(feasible.map((item) => item.point));
  const fronts = feasibleRanks.reduce((most, rank) => Math.max(most, rank + 1), 0);
  const amounts = [...new Set(items.map((item) => item.violation))]
    .filter((v) => v > 0)
    .sort((a, b) => a - b);
  const infeasibleRank = new Map(amounts.map((amount, i) => [amount, fronts + i]));
  let next = 0;
  return items.map((item) =>
    item.violation === 0 ? feasibleRanks[next++]! : infeasibleRank.get(item.violation)!,
  );
}
