import { estimate, rooflineMs } from './index';
import { aGenome, attention, conv, ff, lfm2 } from './testing/genomes';

const dense = [2, 5, 8, 10, 12, 14];
const moe = { kind: 'moe', experts: 32, topK: 4, hidden: 1792 };
const at4k = { context: 4096 } as const;

describe('parameters equal the released models', () => {
  it.each([
    ['LFM2-350M', lfm2(1024, 16, 16, dense, () => ff(4608)), 354_483_968],
    ['LFM2-700M', lfm2(1536, 24, 16, dense, () => ff(6912)), 742_489_344],
    ['LFM2-1.2B', lfm2(2048, 32, 16, dense, () => ff(8192)), 1_170_340_608],
    [
      'LFM2-8B-A1B',
      lfm2(2048, 32, 24, [2, 6, 10, 14, 18, 21], (i) => (i < 2 ? ff(7168) : moe)),
      8_339_929_856,
    ],
  ])('%s', (_, genome, params) => {
    expect(estimate(genome, at4k).params).toBe(params);
  });

  it('and a token of LFM2-8B-A1B uses about 1.557 billion of them', () => {
    const genome = lfm2(2048, 32, 24, [2, 6, 10, 14, 18, 21], (i) => (i < 2 ? ff(7168) : moe));
    // The published figure is rounded down.
    expect(Math.floor(estimate(genome, at4k).paramsActive / 1e6)).toBe(1557);
  });
});

describe("STAR's cache convention", () => {
  it('gives 805,306,368 bytes for 24 MHA layers at width 2048', () => {
    const genome = aGenome(
      Array.from({ length: 24 }, () => attention(32, 32, 64)),
      { width: 2048 },
    );
    expect(estimate(genome, { context: 4096, preset: 'star' }).cacheBytes).toBe(805_306_368);
  });

  it('gives the 48 MiB of LFM2-1.2B at 4K and 384 MiB at 32K, states apart', () => {
    const genome = lfm2(2048, 32, 16, dense, () => ff(8192));
    const kv = (context: number): number => {
      const { cacheBytes, stateBytes } = estimate(genome, { context });
      return (cacheBytes - stateBytes) / 2 ** 20;
    };
    expect([kv(4096), kv(32_768)]).toEqual([48, 384]);
  });
});

/** star-lfm2 §3.3: parameters, cache bytes at 4096 and MFLOPs of decoding position 4096, for one mixer. */
describe.each([768, 2048])('fixtures of one mixer at width %i', (d) => {
  const half = d / 2;
  const fixtures = {
    768: {
      mha: [2_359_296, 12_582_912, 17.3],
      gqa2: [1_769_472, 6_291_456, 16.12],
      gqa4: [1_474_560, 3_145_728, 15.53],
      swa: [1_474_560, 393_216, 4.52],
      conv: [2_361_600, 3072, 4.72],
      ssd: [3.76e6, 0.8e6, 8.71],
      gla: [2.38e6, 288 * 1024, 5.2],
      swiglu: [4_718_592, 0, 9.44],
    },
    2048: {
      mha: [16_777_216, 33_554_432, 67.11],
      gqa2: [12_582_912, 16_777_216, 58.72],
      gqa4: [10_485_760, 8_388_608, 54.53],
      swa: [10_485_760, 1_048_576, 25.17],
      conv: [16_783_360, 8192, 33.57],
      ssd: [25.85e6, 2.12e6, 54.84],
      gla: [16.83e6, 2 * 2 ** 20, 36.8],
      swiglu: [33.5e6, 0, 67.04],
    },
  }[d as 768 | 2048];
  const heads = d / 64;
  const mixers = {
    mha: attention(heads, heads, 64),
    gqa2: attention(heads, heads / 2, 64),
    gqa4: attention(heads, heads / 4, 64),
    swa: attention(heads, heads / 4, 64, { window: 512 }),
    conv: conv(),
    ssd: { kind: 'ssd', heads: d / 32, headDim: 64, state: 128 },
    gla: { kind: 'gla', heads: 4, keyDim: half / 4, valueDim: d / 4 },
    swiglu: ff(d === 768 ? 2048 : 5456),
  };

  it.each(Object.keys(mixers) as (keyof typeof mixers)[])('%s', (name) => {
    const [params, cache, mflop] = fixtures[name] as [number, number, number];
    const whole = estimate(aGenome([mixers[name]], { width: d }), at4k);
    const operator = whole.perOperator[0]!;
    // The table leaves out the block's norm; its values are rounded to the digits given.
    const exact = Number.isInteger(params) && params % 1e4 !== 0;
    if (exact) expect(operator.params - d).toBe(params);
    else expect(Math.abs(operator.params - d - params) / params).toBeLessThan(0.005);
    expect(Math.abs(operator.cacheBytes - cache)).toBeLessThanOrEqual(0.01 * cache);
    expect(Math.abs(operator.decodeFlops / 1e6 - mflop) / mflop).toBeLessThan(0.006);
  });
});

describe('sharing is counted once', () => {
  const rope = { theta: 10_000 };
  const kv = (window: number, of = ['k', 'v']) =>
    attention(4, 2, 16, { window, rope, share: { values: { group: 1, of } } });
  const cache = (backbone: Parameters<typeof aGenome>[0], size = {}) =>
    estimate(aGenome(backbone, size), { context: 100 }).cacheElements.kv;

  it('a shared K/V group is kept at the longest window any member reads', () => {
    expect(cache([kv(10), kv(40)])).toBe(2 * 32 * 40);
    expect(cache([kv(40), kv(10)])).toBe(2 * 32 * 40);
    expect(cache([kv(10), kv(0)])).toBe(2 * 32 * 100);
  });

  it('with keys alone, each keeps its own values', () => {
    expect(cache([kv(10, ['k']), kv(40, ['k'])])).toBe(32 * 40 + 32 * 10 + 32 * 40);
  });

  it('readers have no projection for what they read', () => {
    const shared = estimate(aGenome([kv(0), kv(0)]), { context: 8 });
    expect(shared.perOperator.map((o) => o.params - 64)).toEqual([64 * 64 * 2 + 2 * 64 * 32, 64 * 64 * 2]);
  });

  it('repeats keep their own groups', () => {
    expect(cache([kv(0), kv(0)], { repeats: 3 })).toBe(3 * cache([kv(0), kv(0)]));
  });

  it('a recurrent state is shared only when everything that makes it is', () => {
    const gla = (of: string[]) => ({
      kind: 'gla',
      heads: 2,
      keyDim: 8,
      valueDim: 16,
      share: { values: { group: 1, of } },
    });
    const recurrent = (of: string[]) =>
      estimate(aGenome([gla(of), gla(of)]), { context: 8 }).cacheElements.recurrent;
    expect(recurrent(['k', 'v'])).toBe(2 * 256);
    expect(recurrent(['k', 'v', 'decay'])).toBe(256);
  });

  it('shared weights save the input side, never out_proj or norms', () => {
    const tied = { ...conv(), share: { weights: { group: 1 } } };
    const [first, second] = estimate(aGenome([tied, tied]), { context: 8 }).perOperator;
    expect(first!.params).toBe(4 * 64 * 64 + 3 * 64 + 64);
    expect(second!.params).toBe(64 * 64 + 64);
    expect(second!.decodeFlops).toBe(first!.decodeFlops);
  });
});

describe('FLOPs', () => {
  it('of prefill are the mean of decoding every position, but for the head', () => {
    for (const window of [0, 1, 5, 64, 200]) {
      const genome = aGenome([attention(2, 1, 32, { window }), conv(), ff(128)]);
      const head = 2 * 512 * 64;
      const each = Array.from(
        { length: 64 },
        (_, i) => estimate(genome, { context: i + 1 }).flopsPerToken.decode - head,
      );
      const mean = each.reduce((a, b) => a + b, 0) / 64;
      const { prefill, train } = estimate(genome, { context: 64 }).flopsPerToken;
      expect(prefill).toBeCloseTo(mean + head / 64, 6);
      expect(train).toBeCloseTo(3 * (mean + head), 6);
    }
  });
});

describe('weights and roofline', () => {
  const genome = lfm2(2048, 32, 16, dense, () => ff(8192));
  const whole = estimate(genome, at4k);

  it('bytes follow the precision', () => {
    const { params, weightBytes } = whole;
    expect([weightBytes.fp32, weightBytes.bf16]).toEqual([4 * params, 2 * params]);
    expect(weightBytes.int8 / params).toBeCloseTo(34 / 32, 2);
    expect(weightBytes.int4 / params).toBeCloseTo(18 / 32, 2);
  });

  it('decoding is bound by traffic, a long prompt by arithmetic', () => {
    const device = { bytesPerSecond: 50e9, flopsPerSecond: 1e12 };
    const { decodeMs, prefillMs } = rooflineMs(whole, 4096, device, 'bf16');
    expect(decodeMs).toBeCloseTo((1000 * (whole.weightBytes.bf16 + whole.cacheBytes)) / 50e9, 9);
    expect(prefillMs).toBeCloseTo((1000 * 4096 * whole.flopsPerToken.prefill) / 1e12, 6);
  });
});
