import { fractionOf, rampColor, wantsLog } from './ramp';
import type { Palette } from './palette';

const palette = {
  'ramp-0': '#000000',
  'ramp-1': '#303030',
  'ramp-2': '#606060',
  'ramp-3': '#909090',
} as Palette;

test('the ramp runs through its stops', () => {
  expect(rampColor(palette, 0)).toBe('#000000');
  expect(rampColor(palette, 1)).toBe('#909090');
  expect(rampColor(palette, 0.5)).toBe('#484848');
  expect(rampColor(palette, 7)).toBe('#909090');
});

test('wide positive ranges are read by logarithm', () => {
  expect(wantsLog([1, 21])).toBe(true);
  expect(wantsLog([1, 19])).toBe(false);
  expect(wantsLog([0, 1000])).toBe(false);
  expect(fractionOf([1, 100])(10)).toBeCloseTo(0.5, 12);
  expect(fractionOf([0, 10])(5)).toBe(0.5);
  expect(fractionOf([3, 3])(3)).toBe(0.5);
});
