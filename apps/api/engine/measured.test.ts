import type { EvaluationOutcome } from '@asterism/contracts';
import { measuredBy, type MeasuredRow } from './measured';

function scored(value: number): MeasuredRow {
  const outcome = { status: 'scored', quality: { value, low: value - 0.005, high: value + 0.005 } };
  return {
    id: 'eval_1',
    kind: 'evaluation',
    state: 'finished',
    target: '',
    class: null,
    outcome: outcome as unknown as EvaluationOutcome,
  };
}

test('the interval of quality holds the noise between seeds, not only that of the test items', () => {
  const [low, high] = measuredBy([scored(0.7)], 0.04).intervals['quality'] ?? [0, 0];
  expect(high - low).toBeCloseTo(2 * Math.hypot(0.005, 1.96 * 0.04), 10);
  expect((high + low) / 2).toBeCloseTo(0.7, 10);
});

test('a tier without measured noise keeps the interval of the test items', () => {
  expect(measuredBy([scored(0.7)]).intervals['quality']).toEqual([0.695, 0.705]);
});
