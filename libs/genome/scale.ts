import { operators } from './operators';
import type { AnyEntry, Resizing } from './operators/operator';
import { expectOk } from './result';
import { repair } from './repair';
import type { Entry, Genome } from './schema';
import { groupsOf, knobsOfValues } from './sharing';
import { normalForm } from './normal-form';

/** The size to scale to; what is left out stays. */
export interface Scaling {
  readonly width?: number;
  readonly vocab?: number;
  readonly repeats?: number;
  readonly tiedEmbeddings?: boolean;
  /** Tokens of the longest row before and after; windows, long kernels and RoPE bases follow their ratio. */
  readonly context?: { readonly from: number; readonly to: number };
}

/**
 * The same backbone at another size (fair-training §1, §2): order, sharing, head width, short kernels and state sizes
 * stay; heads, FF and experts' width follow the width; windows and long kernels follow the context and reach the new
 * one only when they reached the old one.
 */
export function scale(genome: Genome, to: Scaling): Genome {
  const context = to.context ?? { from: 16, to: 16 };
  if (context.from < 16 || context.to < 16)
    throw new RangeError(`scale: contexts start at 16 tokens, not ${context.from} → ${context.to}`);
  const by: Resizing = { width: { from: genome.size.width, to: to.width ?? genome.size.width }, context };
  const normal = normalForm(genome);
  const scaled = normal.backbone.map(
    (entry) => operators[entry.kind].scale(entry as unknown as AnyEntry, by) as unknown as Entry,
  );
  const { width, vocab, repeats, tiedEmbeddings } = { ...genome.size, ...definedOnly(to) };
  const name = genome.name === undefined ? {} : { name: genome.name };
  return expectOk(
    repair({
      ...normal,
      ...name,
      size: { width, vocab, repeats, tiedEmbeddings },
      backbone: agreeing(scaled),
    }),
  );
}

/** Readers take the scaled knobs of the values they share from their producer: rounding must not part them. */
function agreeing(backbone: readonly Entry[]): readonly Entry[] {
  const producers = new Map(
    [...groupsOf(backbone, 'values').values()].flatMap((members) =>
      members.slice(1).map((index) => [index, members[0]!]),
    ),
  );
  return backbone.map((entry, index) => {
    const producer = producers.get(index);
    if (producer === undefined) return entry;
    const names = knobsOfValues(entry);
    const taken = Object.fromEntries(
      names.map((name) => [name, (backbone[producer] as unknown as AnyEntry)[name]]),
    );
    return operators[entry.kind].mend(
      { ...(entry as unknown as AnyEntry), ...taken },
      new Set(names),
    ) as unknown as Entry;
  });
}

function definedOnly(to: Scaling): Partial<Genome['size']> {
  const { context: _context, ...size } = to;
  return Object.fromEntries(Object.entries(size).filter(([, value]) => value !== undefined));
}
