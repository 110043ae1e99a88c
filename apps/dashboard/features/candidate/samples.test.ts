import { readSamples, summarise } from './samples';

test('half rounds of one phase are one series, in the order they were measured', () => {
  const half = (values: number[]) => ({
    order: ['candidate'],
    samples: { candidate: { decode: { wallNs: values } } },
  });
  expect(readSamples({ halves: [half([3, 1]), half([2])] })).toEqual([
    { name: 'halves · candidate · decode · wallNs', values: [3, 1, 2] },
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
