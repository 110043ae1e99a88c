import fc from 'fast-check';
import { readRanges, writeRanges } from './ranges';

test('runs become ranges', () => {
  expect(writeRanges([7, 1, 3, 2, 2, 9])).toBe('1-3,7,9');
  expect(writeRanges([])).toBe('');
});

test('reading gives back what was written', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(5000)), (numbers) => {
      expect(readRanges(writeRanges(numbers))).toEqual(new Set(numbers));
    }),
  );
});

test('a hand-edited link does no harm', () => {
  expect(readRanges('1-2,foo,,-4,9-')).toEqual(new Set([1, 2]));
  expect(readRanges('1-999999999').size).toBeLessThan(100_002);
});
