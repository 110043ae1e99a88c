import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { estimate } from '@asterism/estimate';
import {
  expectOk,
  genomeHash,
  normalForm,
  parseSpace,
  randomGenome,
  repair,
  validate,
  type Genome,
  type Space,
} from '@asterism/genome';
import { at, uniform, type Key } from '@asterism/random';
import { bestFirst, propose, starPool, stratified, type Breeding, type Member } from './index';
import { piecesOf } from './layout';
import { mutate } from './mutations';

const spaceOf = (name: string): Space =>
  expectOk(
    parseSpace(JSON.parse(readFileSync(resolve(__dirname, `../../genomes/spaces/${name}.json`), 'utf8'))),
  );
const spaces = ['small', 'tiny', 'star', 'deployable'].map(spaceOf);
const key = (decision: number, purpose = 'test'): Key => ({ seed: 11, decision, purpose });

function population(space: Space, count: number, seed = 0): Member[] {
  return Array.from({ length: count }, (_, n) => ({
    n,
    genome: randomGenome(space, key(n, `member ${seed}`)),
    point: [uniform(key(n, `x ${seed}`)), uniform(key(n, `y ${seed}`))],
    violation: n % 7 === 6 ? Infinity : 0,
  }));
}

const everything = () => true;
const modes: readonly Breeding[] = [{ mode: 'steady' }, { mode: 'star', population: 16 }, { mode: 'random' }];

describe.each(spaces.map((space) => [space.name, space] as const))('in the space %s', (_, space) => {
  const members = population(space, 20);

  it.each(modes.map((m) => [m.mode, m] as const))(
    'every child of %s is a genome of the space',
    (_mode, breeding) => {
      fc.assert(
        fc.property(fc.nat(100_000), (decision) => {
          const child = propose({ space, members, breeding }, key(decision), everything)!;
          expect(validate(child.genome, space)).toMatchObject({ ok: true });
          expect(repair(child.genome, space)).toMatchObject({ ok: true, value: child.genome });
          expect(child.parents.every((n) => members.some((m) => m.n === n))).toBe(true);
          expect(child.origin === 'random').toBe(child.parents.length === 0);
          if (child.parents.length === 1) expect(child.changes.length).toBeGreaterThan(0);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('a child of one parent differs from it', () => {
    for (let decision = 0; decision < 60; decision++) {
      const child = propose({ space, members, breeding: { mode: 'steady' } }, key(decision), everything)!;
      if (child.parents.length !== 1) continue;
      const parent = members.find((m) => m.n === child.parents[0])!;
      expect(genomeHash(child.genome)).not.toBe(genomeHash(parent.genome));
    }
  });

  it('random proposals do not depend on the population', () => {
    const view = (some: readonly Member[]) => ({
      space,
      members: some,
      breeding: { mode: 'random' } as const,
    });
    for (let n = 0; n < 10; n++)
      expect(propose(view(members), key(n), everything)).toEqual(propose(view([]), key(n), everything));
  });
});

describe('proposals', () => {
  const space = spaceOf('small');
  const members = population(space, 30);
  const steady = { space, members, breeding: { mode: 'steady' } as const };

  it('are pure and do not depend on the order of the members', () => {
    for (const breeding of modes) {
      const one = propose({ space, members, breeding }, key(3), everything);
      expect(propose({ space, members: [...members].reverse(), breeding }, key(3), everything)).toEqual(one);
    }
  });

  it('avoid what is refused, and say when nothing is left', () => {
    const seen = new Set(members.map((m) => genomeHash(m.genome)));
    for (let n = 0; n < 50; n++) {
      const child = propose(steady, key(n), (genome) => !seen.has(genomeHash(genome)))!;
      expect(seen.has(genomeHash(child.genome))).toBe(false);
      seen.add(genomeHash(child.genome));
    }
    expect(propose(steady, key(0), () => false)).toBeUndefined();
  });

  it('mix mutation, crossover and random children as stated', () => {
    const children = Array.from({ length: 400 }, (_, n) => propose(steady, key(n), everything)!);
    const share = (parents: number): number =>
      children.filter((c) => c.parents.length === parents).length / 400;
    expect(share(0)).toBeGreaterThan(0.05);
    expect(share(0)).toBeLessThan(0.16);
    expect(share(1)).toBeGreaterThan(0.35);
    expect(share(2)).toBeGreaterThan(0.3);
  });

  it('prefer good parents', () => {
    const best = new Set(
      bestFirst(members)
        .slice(0, 10)
        .map((m) => m.n),
    );
    const parents = Array.from({ length: 200 }, (_, n) => propose(steady, key(n), everything)!.parents[0]);
    const known = parents.filter((n) => n !== undefined);
    expect(known.filter((n) => best.has(n)).length / known.length).toBeGreaterThan(0.5);
  });
});

describe('mutation', () => {
  it('tries every kind of change where sharing is allowed', () => {
    const space = spaceOf('tiny');
    const words = Array.from({ length: 600 }, (_, n) => {
      const genome = randomGenome(space, at(key(0, 'genome'), n));
      return mutate(space, piecesOf(space, genome), key(n))?.change ?? '';
    });
    for (const word of ['→', 'swapped', 'inserted', 'removed', 'copied', 'share', 'no longer'])
      expect(words.filter((w) => w.includes(word)).length).toBeGreaterThan(0);
  });
});

describe('selection', () => {
  const space = spaceOf('small');

  it('puts feasible before infeasible, the front before the rest', () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const order = bestFirst(population(space, 12, seed));
        const firstBad = order.findIndex((m) => m.violation > 0);
        expect(order.slice(firstBad).every((m) => m.violation > 0)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('keeps exactly two elites from one generation to the next', () => {
    const genome = randomGenome(space, key(0));
    const member = (n: number, value: number): Member => ({ n, genome, point: [value], violation: 0 });
    const first = Array.from({ length: 4 }, (_, n) => member(n, n));
    const second = Array.from({ length: 4 }, (_, i) => member(4 + i, 10 + i));
    expect(starPool([...first, ...second], 4, 2).map((m) => m.n)).toEqual([0, 1, 4, 5]);
  });
});

describe('the initial design', () => {
  it('covers the quantiles of cost', () => {
    const space = spaceOf('deployable');
    const cost = (genome: Genome): number => {
      const { paramsActive, cacheBytes } = estimate(genome, { context: space.context });
      return 4 * paramsActive + cacheBytes;
    };
    const strata = stratified(space, 8, key(0));
    expect(strata).toHaveLength(8);
    const ranges = strata.map((genomes) => genomes.map(cost)).sort((a, b) => Math.min(...a) - Math.min(...b));
    for (let i = 1; i < 8; i++)
      expect(Math.min(...ranges[i]!)).toBeGreaterThanOrEqual(Math.max(...ranges[i - 1]!));
    expect(stratified(space, 8, key(0)).map((s) => s.map(genomeHash))).toEqual(
      strata.map((s) => s.map(genomeHash)),
    );
  });

  it('holds valid genomes in a space with every kind', () => {
    const space = spaceOf('deployable');
    for (const genome of stratified(space, 6, key(1)).flat())
      expect(validate(normalForm(genome), space)).toMatchObject({ ok: true });
  });
});
