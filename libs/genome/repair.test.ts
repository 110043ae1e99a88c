import fc from 'fast-check';
import { expectOk, parseGenome, randomGenome, repair, spaceProblems, validate, parseSpace } from './index';
import {
  aDocument,
  aSpace,
  anyGenome,
  genomeInSpace,
  looseDocument,
  spaceDocuments,
} from './testing/genomes';

describe('repair', () => {
  it('never touches a valid genome', () => {
    fc.assert(
      fc.property(anyGenome, (genome) => expect(repair(genome)).toEqual({ ok: true, value: genome })),
    );
    fc.assert(
      fc.property(genomeInSpace, ({ space, genome }) =>
        expect(repair(genome, space)).toEqual({ ok: true, value: genome }),
      ),
    );
  });

  it('twice is the same as once, and valid', () => {
    fc.assert(
      fc.property(looseDocument, (document) => {
        const once = expectOk(repair(document));
        expect(parseGenome(once)).toEqual({ ok: true, value: once });
        expect(repair(once)).toEqual({ ok: true, value: once });
      }),
    );
  });

  it('brings any genome into any space', () => {
    fc.assert(
      fc.property(looseDocument, fc.constantFrom(...spaceDocuments.keys()), (document, name) => {
        const space = aSpace(name);
        expect(spaceProblems(space, expectOk(repair(document, space)))).toEqual([]);
      }),
    );
  });

  it('clamps, drops unknown knobs and kinds, and mends heads', () => {
    const backbone = [
      { kind: 'attention', heads: 6, kvHeads: 4, headDim: 9999, colour: 'red' },
      { kind: 'hyena' },
      { kind: 'gated-conv', kernel: 1 },
    ];
    const genome = expectOk(repair(aDocument({ backbone })));
    expect(genome.backbone.map((entry) => entry.kind)).toEqual(['attention', 'gated-conv']);
    expect(genome.backbone[0]).toMatchObject({ heads: 6, kvHeads: 3, headDim: 1024 });
    expect(genome.backbone[1]).toMatchObject({ kernel: 2 });
  });

  it('breaks sharing that does not fit and keeps the rest', () => {
    const conv = (kernel: number) => ({ kind: 'gated-conv', kernel, share: { weights: { group: 1 } } });
    const { backbone } = expectOk(repair(aDocument({ backbone: [conv(3), conv(4), conv(3)] })));
    expect(backbone.map((entry) => entry.share?.weights?.group)).toEqual([1, undefined, 1]);
  });

  it('refuses what has no backbone to repair', () => {
    expect(repair({ format: 1 }).ok).toBe(false);
    expect(repair(aDocument({ backbone: [{ kind: 'hyena' }] })).ok).toBe(false);
    expect(repair(aDocument({ backbone: [{ kind: 'hyena' }] }), aSpace('tiny')).ok).toBe(true);
  });
});

describe('a random genome', () => {
  it('is in its space', () => {
    fc.assert(
      fc.property(genomeInSpace, ({ space, genome }) =>
        expect(validate(genome, space)).toEqual({ ok: true, value: genome }),
      ),
    );
  });

  it('depends on its key only', () => {
    const key = { seed: 7, decision: 3, purpose: 'initial' };
    expect(randomGenome(aSpace('deployable'), key)).toEqual(randomGenome(aSpace('deployable'), key));
    const many = Array.from({ length: 50 }, (_, decision) =>
      JSON.stringify(randomGenome(aSpace('deployable'), { ...key, decision })),
    );
    expect(new Set(many).size).toBeGreaterThan(45);
  });

  it('uses every operator, every number of mixers and, where allowed, sharing', () => {
    const genomes = Array.from({ length: 300 }, (_, seed) =>
      randomGenome(aSpace('deployable'), { seed, decision: 0, purpose: 'r' }),
    );
    expect(new Set(genomes.flatMap((genome) => genome.backbone.map((entry) => entry.kind))).size).toBe(6);
    expect(new Set(genomes.map((genome) => genome.backbone.length))).toEqual(new Set([4, 6, 8]));
    expect(genomes.some((genome) => genome.backbone.some((entry) => entry.share?.weights))).toBe(true);
    expect(
      genomes.some((genome) => genome.backbone.some((entry) => entry.share && 'values' in entry.share)),
    ).toBe(true);
  });
});

describe('a space', () => {
  const document = spaceDocuments.get('small') as Record<string, unknown>;
  const swiglu = { kind: 'swiglu', knobs: { hidden: [8] } };
  const problems = (fields: object) => {
    const result = parseSpace({ ...document, ...fields });
    return result.ok ? [] : result.problems;
  };

  it.each([
    ['an unknown kind', { operators: [{ kind: 'hyena' }] }, '/operators/0/kind', 'unknown-kind'],
    [
      'an unknown knob',
      { operators: [swiglu, { kind: 'gated-conv', knobs: { kernal: [3] } }] },
      '/operators/1/knobs/kernal',
      'unknown-key',
    ],
    [
      'a choice out of bounds',
      { operators: [swiglu, { kind: 'gated-conv', knobs: { kernel: [3, 500] } }] },
      '/operators/1/knobs/kernel/1',
      'too-big',
    ],
    [
      'choices that never fit',
      { operators: [swiglu, { kind: 'attention', knobs: { heads: [2], kvHeads: [3], headDim: [32] } }] },
      '/operators/1/knobs',
      'no-choice',
    ],
    [
      'a million combinations',
      {
        operators: [
          swiglu,
          {
            kind: 'moe',
            knobs: {
              experts: Array.from({ length: 64 }, (_, i) => i + 1),
              hidden: Array.from({ length: 64 }, (_, i) => i + 1),
              topK: [1, 2],
            },
          },
        ],
      },
      '/operators/1/knobs',
      'too-big',
    ],
    ['no mixer', { operators: [swiglu] }, '/operators', 'no-choice'],
    ['bounds the wrong way round', { mixers: { min: 3, max: 2 } }, '/mixers/min', 'too-big'],
    ['an unknown key', { sharring: true }, '/sharring', 'unknown-key'],
  ])('with %s is refused at its pointer', (_title, fields, pointer, code) => {
    expect(problems(fields)).toContainEqual(expect.objectContaining({ pointer, code }));
  });

  it('that omits knobs varies what the descriptor says', () => {
    expect(
      problems({
        operators: ['attention', 'gated-conv', 'gla', 'ssd', 'swiglu', 'moe'].map((kind) => ({ kind })),
      }),
    ).toEqual([]);
  });
});
