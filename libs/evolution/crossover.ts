import { at, child, integer, type Key } from '@asterism/random';
import type { Genome, Space } from '@asterism/genome';
import { assembled, highestGroup, piecesOf, withGroupsRaised } from './layout';

export interface Crossed {
  readonly genome: Genome;
  readonly change: string;
}

/** Two-point crossover: the first parent with a stretch of the second at the same place. */
export function crossover(space: Space, first: Genome, second: Genome, key: Key): Crossed | undefined {
  const [a, b] = [piecesOf(space, first), piecesOf(space, second)];
  const longest = Math.max(a.length, b.length);
  const cuts = [0, 1].map((i) => integer(at(child(key, 'cut'), i), longest + 1)).sort((x, y) => x - y);
  const [from, to] = [cuts[0]!, cuts[1]!];
  if (from === to) return undefined;
  const raised = b.slice(from, to).map((piece) => withGroupsRaised(piece, highestGroup(first.backbone)));
  const genome = assembled(space, first, [...a.slice(0, from), ...raised, ...a.slice(to)]);
  const stretch = to === from + 1 ? `piece ${to}` : `pieces ${from + 1} to ${to}`;
  return genome && { genome, change: `took ${stretch} of the second parent` };
}
