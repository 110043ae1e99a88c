import { genomeHash, randomGenome, type Genome, type Space } from '@asterism/genome';
import { at, chance, child, uniform, type Key } from '@asterism/random';
import { crossover } from './crossover';
import { assembled, piecesOf } from './layout';
import { mutate } from './mutations';
import type { Member } from './order';
import { starPool, steadyPool, tournament } from './selection';

/** A new genome at the space's size, and how it came about. */
export interface Proposal {
  readonly genome: Genome;
  readonly origin: 'variation' | 'random';
  /** Decisions of the parents, the one that gave most first. */
  readonly parents: readonly number[];
  readonly changes: readonly string[];
}

export type Breeding =
  | { readonly mode: 'steady' }
  | { readonly mode: 'star'; readonly population: number }
  | { readonly mode: 'random' };

/** What a proposal may look at. */
export interface PopulationView {
  readonly space: Space;
  readonly members: readonly Member[];
  readonly breeding: Breeding;
}

/** Hopeless after so many tries: random ones follow, as many again. */
const TRIES = 64;
const RANDOM_SHARE = 0.1;
const MUTATION_SHARE = 0.45;
const SECOND_MUTATION = 0.3;
const STEADY_TOURNAMENT = 2;
/** The paper does not say how many are drawn; three, as in the literature on it (star-lfm2 §1.5). */
const STAR_TOURNAMENT = 3;
const STAR_MUTATION = 0.1;
const STAR_ELITES = 2;

/**
 * The first acceptable child in the fixed order of tries, or undefined when the space has nothing new to give.
 * `accept` says no to duplicates and to what breaks hard limits; it must be pure.
 */
export function propose(
  view: PopulationView,
  key: Key,
  accept: (genome: Genome) => boolean,
): Proposal | undefined {
  const breed = breederOf(view, uniform(child(key, 'origin')));
  for (let t = 0; t < 2 * TRIES; t++) {
    const tryKey = child(at(key, t), 'try');
    const proposal = t < TRIES ? breed(tryKey) : randomOne(view.space, tryKey);
    if (proposal && isNew(proposal) && accept(proposal.genome)) return proposal;
  }
  return undefined;
}

/** A child that nothing happened to is its parent. */
function isNew({ origin, changes }: Proposal): boolean {
  return origin === 'random' || changes.length > 0;
}

/** `share` in [0, 1) chooses the origin once for all tries: failed tries must not change the mix. */
function breederOf(
  { space, members, breeding }: PopulationView,
  share: number,
): (key: Key) => Proposal | undefined {
  if (breeding.mode === 'random' || members.length === 0) return (key) => randomOne(space, key);
  if (breeding.mode === 'star') {
    const pool = starPool(members, breeding.population, STAR_ELITES);
    return (key) => starChild(space, pool, key);
  }
  const pool = steadyPool(members);
  return (key) => steadyChild(space, pool, share, key);
}

/** A genome drawn anew. */
export function randomOne(space: Space, key: Key): Proposal {
  return { genome: randomGenome(space, child(key, 'genome')), origin: 'random', parents: [], changes: [] };
}

/** 10 % random, 45 % mutation, 45 % crossover and mutation (search-methods §5.4). */
function steadyChild(space: Space, pool: readonly Member[], share: number, key: Key): Proposal | undefined {
  if (share < RANDOM_SHARE) return randomOne(space, key);
  const parent = tournament(pool, STEADY_TOURNAMENT, child(key, 'parent'));
  const crossed =
    share < RANDOM_SHARE + MUTATION_SHARE ? alone(parent) : pair(space, pool, STEADY_TOURNAMENT, parent, key);
  const first = mutated(space, crossed, child(key, 'mutation'));
  const second = chance(child(key, 'again'), SECOND_MUTATION);
  return first && (second ? (mutated(space, first, child(key, 'mutation 2')) ?? first) : first);
}

/** Always two-point crossover; each LIV's place is mutated with 10 %. */
function starChild(space: Space, pool: readonly Member[], key: Key): Proposal | undefined {
  const parent = tournament(pool, STAR_TOURNAMENT, child(key, 'parent'));
  const crossed = pair(space, pool, STAR_TOURNAMENT, parent, key);
  const places = crossed?.genome.backbone.length ?? 0;
  const hits = Array.from({ length: places }, (_, i) => i).filter((i) =>
    chance(at(child(key, 'hit'), i), STAR_MUTATION),
  );
  return hits.reduce<Proposal | undefined>(
    (proposal, i) => mutated(space, proposal, at(child(key, 'mutation'), i)) ?? proposal,
    crossed,
  );
}

function alone({ n, genome }: Member): Proposal {
  return { genome, origin: 'variation', parents: [n], changes: [] };
}

function pair(
  space: Space,
  pool: readonly Member[],
  size: number,
  parent: Member,
  key: Key,
): Proposal | undefined {
  const other = tournament(pool, size, child(key, 'other'));
  if (other.n === parent.n) return alone(parent);
  const crossed = crossover(space, parent.genome, other.genome, child(key, 'crossover'));
  return (
    crossed && {
      genome: crossed.genome,
      origin: 'variation',
      parents: [parent.n, other.n],
      changes: [crossed.change],
    }
  );
}

function mutated(space: Space, proposal: Proposal | undefined, key: Key): Proposal | undefined {
  if (!proposal) return undefined;
  const mutation = mutate(space, piecesOf(space, proposal.genome), key);
  const genome = mutation && assembled(space, proposal.genome, mutation.pieces);
  if (!genome || genomeHash(genome) === genomeHash(proposal.genome)) return undefined;
  return { ...proposal, genome, changes: [...proposal.changes, mutation.change] };
}
