import { at, child, integer, type Key } from '@asterism/random';
import { bestFirst, type Member } from './order';

/** Parents of `steady` come from the best of all results (search-methods §5.4). */
const POOL = 24;

/** The pool that `steady` breeds from, best first. */
export function steadyPool(members: readonly Member[]): readonly Member[] {
  return bestFirst(members).slice(0, POOL);
}

/**
 * The parents of a generation of `star`, best first. Generation after generation they are the best two of the parents
 * before (elitism 2) and the best of the new offspring, in NSGA-II's order.
 */
export function starPool(members: readonly Member[], population: number, elites: number): readonly Member[] {
  const generationOf = ({ n }: Member): number => Math.floor(n / population);
  const generations = [...new Set(members.map(generationOf))].sort((a, b) => a - b);
  return generations.reduce<readonly Member[]>((parents, generation) => {
    const kept = parents.slice(0, elites);
    const born = members.filter((member) => generationOf(member) === generation);
    return bestFirst([...kept, ...bestFirst(born).slice(0, population - kept.length)]);
  }, []);
}

/** The best of `size` members drawn with replacement; the pool is best first. */
export function tournament(pool: readonly Member[], size: number, key: Key): Member {
  const draws = Array.from({ length: size }, (_, i) => integer(at(child(key, 'draw'), i), pool.length));
  return pool[Math.min(...draws)]!;
}
