import { readSamples, summarise } from './samples';

test('every list of numbers is found, named by its path', () => {
  const json = { samples: { decode: { ctx1024: [3, 1, 2] }, note: 'x' }, rounds: [[1, 2], [3]] };
  expect(readSamples(json)).toEqual([
    { name: 'decode · ctx1024', values: [3, 1, 2] },
    { name: 'rounds · 0', values: [1, 2] },
    { name: 'rounds · 1', values: [3] },
  ]);
});

test('anything else is no series', () => {
  expect(readSamples('text')).toEqual([]);
  expect(readSamples({ a: [], b: ['1'], c: null })).toEqual([]);
});

test('order statistics are values that were measured', () => {
  const values = Array.from({ length: 20 }, (_, i) => 20 - i);
  expect(summarise(values)).toEqual({ low: 1, p50: 10, p95: 19, high: 20 });
  expect(summarise([7])).toEqual({ low: 7, p50: 7, p95: 7, high: 7 });
});
