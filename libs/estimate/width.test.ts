import { estimate, widthForParameters } from './index';
import { aGenome, attention, conv, ff, lfm2 } from './testing/genomes';

const motif = aGenome([conv(), ff(128), attention(2, 1, 32), ff(128)]);
const size = { vocab: 65_536, repeats: 4, context: { from: 128, to: 4096 } };

describe('widthForParameters', () => {
  it.each([50e6, 100e6, 350e6, 1.2e9, 7e9])('meets %d parameters within 2 %', (target) => {
    const result = widthForParameters(motif, target, size);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(Math.abs(estimate(result.value, { context: 1 }).params - target)).toBeLessThanOrEqual(
      0.02 * target,
    );
    expect(result.value.size).toMatchObject({ vocab: 65_536, repeats: 4 });
    expect(result.value.size.width % 64).toBe(0);
  });

  it('keeps a genome that is already there', () => {
    const genome = lfm2(1024, 16, 16, [2, 5, 8, 10, 12, 14], () => ff(4608));
    const result = widthForParameters(genome, 354_483_968);
    expect(result.ok && result.value.size.width).toBe(1024);
  });

  it('closes the gap with FF hidden, in steps of 8', () => {
    const small = { vocab: 512, repeats: 1 };
    const off = widthForParameters(motif, 130_000, small);
    if (!off.ok) throw new Error(JSON.stringify(off.problems));
    const hidden = off.value.backbone.flatMap((entry) => (entry.kind === 'swiglu' ? [entry.hidden] : []));
    expect(hidden.every((h) => h % 8 === 0)).toBe(true);
    expect(Math.abs(estimate(off.value, { context: 1 }).params - 130_000)).toBeLessThanOrEqual(2600);
  });

  it('refuses a total that no width meets, and says the nearest', () => {
    const result = widthForParameters(motif, 1000, size);
    expect(result).toMatchObject({
      ok: false,
      problems: [{ pointer: '/deployment/parameters', code: 'unreachable-size' }],
    });
  });
});
