import { ago, around, commonScale, duration, isLopsided, significant, withUnit } from './format';

test.each([
  [0, '0'],
  [0.51234, '0.512'],
  [0.0999999, '0.100'],
  [9.996, '10.0'],
  [12.345, '12.3'],
  [999.6, '1000'],
  [1234.5, '1230'],
  [-3.14159, '−3.14'],
  [0.00001234, '1.23e−5'],
  [2_500_000, '2.50e6'],
  [Number.NaN, '–'],
])('%p is written %s', (value, text) => expect(significant(value)).toBe(text));

test('a column has one prefix, that of its largest value', () => {
  expect(commonScale([1_200, 3_150_000, null], 'bytes')).toEqual({ divisor: 1e6, unit: 'MB' });
  expect(commonScale([999_900_000], 'count')).toEqual({ divisor: 1e9, unit: 'G' });
  expect(commonScale([], 'bytes')).toEqual({ divisor: 1, unit: 'B' });
  expect(commonScale([0.02, 0.05], 'ms')).toEqual({ divisor: 1e-3, unit: 'µs' });
});

test('a value carries its unit', () => {
  expect(withUnit(3_151_872, 'bytes')).toBe('3.15\u00a0MB');
  expect(withUnit(7_340_000, 'count')).toBe('7.34\u00a0M');
  expect(withUnit(null, 'ms')).toBe('–');
});

test('an interval is written as its half width where the value stands in its middle', () => {
  expect(around(0.51, [0.48, 0.54])).toBe('±0.030');
  expect(around(3e6, [2e6, 4e6], 1e6)).toBe('±1.0');
  expect(around(3, [3, 3])).toBe('');
  expect(around(3, null)).toBe('');
  expect(around(null, [1, 2])).toBe('');
});

test('a lopsided one is written as its ends', () => {
  expect(around(7.58, [7.2, 9.5])).toBe('7.20 to 9.50');
  expect(around(7580, [7200, 9500], 1000)).toBe('7.20 to 9.50');
  expect(around(0.2, [0.3, 0.5])).toBe('0.300 to 0.500');
});

test('lopsided begins at a tenth of half the width', () => {
  expect(isLopsided(0.509, [0.4, 0.6])).toBe(false);
  expect(isLopsided(0.511, [0.4, 0.6])).toBe(true);
  expect(isLopsided(0.489, [0.4, 0.6])).toBe(true);
});

test('times read in one unit', () => {
  expect(duration(0.42)).toBe('0.42 s');
  expect(duration(42)).toBe('42 s');
  expect(duration(600)).toBe('10 min');
  expect(duration(9 * 3600)).toBe('9.0 h');
  expect(ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:20:00Z'))).toBe('20 min ago');
});
