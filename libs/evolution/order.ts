import { constrainedRanks, crowding } from '@asterism/pareto';
import type { Genome } from '@asterism/genome';

/** A candidate that may breed, at the space's own size. */
export interface Member {
  /** The decision that made it; breaks ties. */
  readonly n: number;
  readonly genome: Genome;
  /** Minimised objective values; ignored while `violation` is not 0. */
  readonly point: readonly number[];
  /** 0 = feasible, Infinity = failed. */
  readonly violation: number;
}

/** Best first: rank under constrained dominance, then crowding distance (larger first), then the older one. */
export function bestFirst(members: readonly Member[]): readonly Member[] {
  const ranks = constrainedRanks(members);
  const distance = new Map<Member, number>();
  for (const rank of new Set(ranks)) {
    const front = members.filter((member, i) => ranks[i] === rank && member.violation === 0);
    const distances = crowding(front.map((member) => member.point));
    front.forEach((member, i) => distance.set(member, distances[i]!));
  }
  const rankOf = new Map(members.map((member, i) => [member, ranks[i]!]));
  const byCrowding = (a: Member, b: Member): number => {
    const [x, y] = [distance.get(a) ?? 0, distance.get(b) ?? 0];
    return x === y ? 0 : y > x ? 1 : -1;
  };
  return [...members].sort((a, b) => rankOf.get(a)! - rankOf.get(b)! || byCrowding(a, b) || a.n - b.n);
}
