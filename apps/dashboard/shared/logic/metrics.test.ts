import { describeMetric, isPaired, metricTitle, unpairedWords } from './metrics';

test('a metric name says what, where and at which size', () => {
  expect(describeMetric('decodeMsP50@cpu/torch/fp32/ctx4096')).toEqual({
    short: 'Decode p50',
    where: 'cpu/torch/fp32 · ctx 4,096 · deployment size',
    unit: 'ms',
  });
  expect(describeMetric('quality')).toEqual({ short: 'Quality', where: 'trial size', unit: '' });
  expect(describeMetric('guard')).toEqual({ short: 'Guard', where: 'trial size', unit: '' });
  expect(describeMetric('cacheBytes/ctx4096').unit).toBe('bytes');
  expect(describeMetric('tasks.pairs:qa')).toEqual({ short: 'Task pairs:qa', where: 'trial size', unit: '' });
  expect(describeMetric('families.recall').short).toBe('Family recall');
});

test('an unknown metric keeps its name and gets its unit from it', () => {
  expect(describeMetric('wakeMsP99@phone/x/int8')).toEqual({
    short: 'wakeMsP99',
    where: 'phone/x/int8 · deployment size',
    unit: 'ms',
  });
});

test('a title carries the unit of its column', () => {
  expect(metricTitle('cacheBytes/ctx4096', 'MB')).toBe('Cache (MB)');
  expect(metricTitle('quality', '')).toBe('Quality');
});

test('only scores are paired by the comparison, and only of them it is said', () => {
  expect(['quality', 'tasks.mqar', 'families.recall'].every(isPaired)).toBe(true);
  expect(['guard', 'decodeMsP50@cpu/torch/fp32/ctx4096', 'cacheBytes/ctx4096'].some(isPaired)).toBe(false);
  expect(unpairedWords('quality')).toContain('compare');
  expect(unpairedWords('decodeMsP50@cpu/torch/fp32/ctx4096')).not.toContain('compare');
});
