import { expectOk, parseGenome, type Genome } from '@asterism/genome';

type Raw = Record<string, unknown>;

/** A valid genome from loose JSON: width 64, vocab 512 unless said otherwise. */
export function aGenome(backbone: readonly Raw[], size: Raw = {}, rest: Raw = {}): Genome {
  return expectOk(parseGenome({ format: 1, size: { width: 64, vocab: 512, ...size }, backbone, ...rest }));
}

export const conv = (kernel = 3): Raw => ({ kind: 'gated-conv', kernel });
export const ff = (hidden: number): Raw => ({ kind: 'swiglu', hidden });
export const attention = (heads: number, kvHeads: number, headDim: number, more: Raw = {}): Raw => ({
  kind: 'attention',
  heads,
  kvHeads,
  headDim,
  ...more,
});

/** LFM2 (star-lfm2 §2.4): attention at the given layers, convolutions elsewhere, an FF after each. */
export function lfm2(
  width: number,
  heads: number,
  layers: number,
  attentionAt: readonly number[],
  ffOf: (layer: number) => Raw,
): Genome {
  const gqa = attention(heads, 8, 64, { qkNorm: true, rope: { theta: 1_000_000 } });
  const backbone = Array.from({ length: layers }, (_, i) => [
    attentionAt.includes(i) ? gqa : conv(),
    ffOf(i),
  ]).flat();
  return aGenome(backbone, { width, vocab: 65_536 });
}
