import fc from 'fast-check';
import { difference, verdict } from './verdict';

const measured = fc
  .tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 20 }))
  .map(([value, half]) => ({ value, interval: [value - half, value + half] as const }));

test('the interval of the difference decides, with halves added in squares', () => {
  const near = { value: 0.52, interval: [0.49, 0.55] } as const;
  expect(verdict(near, { value: 0.5, interval: [0.47, 0.53] }, 'maximize')).toBe('cannot tell');
  const best = { value: 0.6, interval: [0.58, 0.62] } as const;
  expect(verdict(best, { value: 0.5, interval: [0.47, 0.53] }, 'maximize')).toBe('better');
  expect(verdict(best, { value: 0.5, interval: [0.47, 0.53] }, 'minimize')).toBe('worse');
});

test('two intervals that overlap may be an order: 0.035 apart, halves of 0.02 give ± 0.028', () => {
  const [a, b] = [
    { value: 0.6, interval: [0.58, 0.62] },
    { value: 0.565, interval: [0.545, 0.585] },
  ] as const;
  expect(b.interval[1]).toBeGreaterThan(a.interval[0]);
  expect(verdict(a, b, 'maximize')).toBe('better');
});

test('exact values compare as numbers, missing ones not at all', () => {
  expect(verdict({ value: 3 }, { value: 4 }, 'minimize')).toBe('better');
  expect(verdict({ value: 3 }, { value: 3 }, 'minimize')).toBe('equal');
  expect(verdict({ value: null }, { value: 3 }, 'minimize')).toBe('cannot tell');
});

test('the order turns round with its operands', () => {
  const opposite = { better: 'worse', worse: 'better', equal: 'equal', 'cannot tell': 'cannot tell' };
  fc.assert(
    fc.property(measured, measured, (a, b) => {
      expect(verdict(b, a, 'maximize')).toBe(opposite[verdict(a, b, 'maximize')]);
      expect(verdict(a, b, 'minimize')).toBe(opposite[verdict(a, b, 'maximize')]);
    }),
  );
});

test.each([
  [42, 100, '58 % less'],
  [101.5, 100, '1.5 % more'],
  [420, 100, '4.2×'],
  [5, 5, 'same'],
])('%p against %p is %s', (a, b, text) => expect(difference(a, b)).toBe(text));
