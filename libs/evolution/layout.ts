import { operators, repair, type Entry, type Genome, type Share, type Space } from '@asterism/genome';

/**
 * A backbone as the list of pieces that variation moves: a token mixer with its channel mixer where the space wants
 * them in pairs, single LIVs where the order is free.
 */
export type Pieces = readonly (readonly Entry[])[];

export function piecesOf(space: Space, { backbone }: Genome): Pieces {
  const size = space.channels === 'free' ? 1 : 2;
  return Array.from({ length: Math.ceil(backbone.length / size) }, (_, i) =>
    backbone.slice(i * size, i * size + size),
  );
}

/** The genome with other pieces, moved to the nearest genome of the space; undefined when nothing is left to repair. */
export function assembled(space: Space, genome: Genome, pieces: Pieces): Genome | undefined {
  const repaired = repair({ ...genome, name: undefined, backbone: pieces.flat() }, space);
  return repaired.ok ? repaired.value : undefined;
}

export function isMixer(entry: Entry): boolean {
  return operators[entry.kind].role === 'mixer';
}

/** The entry with its sharing replaced; an empty share is left out. */
export function withShare(entry: Entry, share: Share): Entry {
  const { share: _old, ...knobs } = entry;
  const given = Object.entries(share).filter(([, value]) => value !== undefined);
  return (given.length > 0 ? { ...knobs, share: Object.fromEntries(given) } : knobs) as Entry;
}

/** The same entries with every sharing group's number raised, so that two genomes' groups stay apart. */
export function withGroupsRaised(entries: readonly Entry[], by: number): readonly Entry[] {
  return entries.map((entry) => {
    const { weights, values } = (entry.share ?? {}) as Share;
    return withShare(entry, {
      weights: weights && { group: weights.group + by },
      values: values && { ...values, group: values.group + by },
    });
  });
}

/** The highest group number in use. */
export function highestGroup(entries: readonly Entry[]): number {
  const groups = entries.flatMap((entry) => {
    const { weights, values } = (entry.share ?? {}) as Share;
    return [weights?.group ?? 0, values?.group ?? 0];
  });
  return Math.max(0, ...groups);
}
