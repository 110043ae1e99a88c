import fc from 'fast-check';
import { genomeHash, tellApart, type Genome } from './index';
import { aGenome, anyGenome } from './testing/genomes';

const mixed = (...hidden: readonly number[]): Genome =>
  aGenome({
    backbone: hidden.flatMap((width) => [
      { kind: 'gated-conv', kernel: 3 },
      { kind: 'swiglu', hidden: width },
    ]),
  });

describe('genomes of one code', () => {
  it('are told apart by what differs, LIV after LIV', () => {
    expect(tellApart([mixed(64, 128), mixed(128, 128), mixed(64, 64)])).toEqual([
      'swiglu hidden 64, 128',
      'swiglu hidden 128',
      'swiglu hidden 64',
    ]);
    expect(tellApart([mixed(64, 128), mixed(64, 192)])).toEqual(['swiglu hidden 128', 'swiglu hidden 192']);
  });

  it('are told apart by knobs that are not written, and by the ends of the model', () => {
    const attention = { kind: 'attention', heads: 2, headDim: 32 };
    const plain = aGenome({ backbone: [attention] });
    expect(tellApart([plain, aGenome({ backbone: [{ ...attention, sinks: 4 }] })])).toEqual([
      'mha2 sinks 0',
      'mha2 sinks 4',
    ]);
    expect(tellApart([plain, { ...plain, embedScale: 'sqrt-width' }])).toEqual([
      'embedScale none',
      'embedScale sqrt-width',
    ]);
  });

  it('have nothing to tell when they are one, whatever their names', () => {
    expect(tellApart([mixed(64), { ...mixed(64), name: 'again' }])).toEqual(['', '']);
    expect(tellApart([mixed(64)])).toEqual(['']);
  });

  it('have one text only where they are one genome', () => {
    fc.assert(
      fc.property(fc.array(anyGenome, { minLength: 2, maxLength: 6 }), (several) => {
        const texts = tellApart(several);
        several.forEach((one, i) =>
          several.forEach((other, j) => {
            if (genomeHash(one) !== genomeHash(other)) expect(texts[i]).not.toBe(texts[j]);
          }),
        );
      }),
      { numRuns: 100 },
    );
  });
});
