import fc from 'fast-check';
import type { Objective } from '../api/types';
import { defaultView, readView, withAxis, writeView, type SearchView } from './search-view';

const objectives: readonly Objective[] = [
  { metric: 'quality', direction: 'maximize' },
  { metric: 'decodeMsP50@cpu/torch/fp32/ctx4096', direction: 'minimize' },
  { metric: 'cacheBytes/ctx4096', direction: 'minimize' },
];

test('quality stands up, the first cost runs along, the next is the colour', () => {
  const view = defaultView(objectives);
  expect([view.x, view.y, view.z]).toEqual([objectives[1]!.metric, 'quality', 'cacheBytes/ctx4096']);
});

test('the default view has a bare link', () => {
  expect(writeView(defaultView(objectives), objectives).toString()).toBe('');
});

const view: fc.Arbitrary<SearchView> = fc
  .record({
    axes: fc.shuffledSubarray(
      objectives.map((o) => o.metric),
      { minLength: 3 },
    ),
    encoding: fc.constantFrom('color' as const, 'size' as const, 'none' as const),
    sort: fc.constantFrom('rank', 'n', 'quality'),
    order: fc.constantFrom('asc' as const, 'desc' as const),
    states: fc.subarray(['finished', 'failed', 'infeasible']),
    query: fc.constantFrom('', 'gla', 'a&b=c'),
    frontOnly: fc.boolean(),
    selection: fc.uniqueArray(fc.nat(50)).map((numbers) => new Set(numbers)),
    against: fc.constantFrom('evaluations' as const, 'hours' as const),
    overlay: fc.constantFrom(null, 'srch_1'),
  })
  .map(({ axes, ...rest }) => ({ x: axes[0]!, y: axes[1]!, z: axes[2]!, ...rest }));

test('a link gives back the view that wrote it', () => {
  fc.assert(
    fc.property(view, (original) => {
      const text = writeView(original, objectives).toString();
      expect(readView(new URLSearchParams(text), objectives)).toEqual(original);
    }),
  );
});

test('a wrong link falls back to the default', () => {
  const found = readView(new URLSearchParams('x=nonsense&enc=sound&order=up&sel=zzz'), objectives);
  expect(found).toEqual(defaultView(objectives));
});

test('choosing the metric of the other axis swaps them', () => {
  const metrics = objectives.map((o) => o.metric);
  const swapped = withAxis(defaultView(objectives), 'x', 'quality', metrics);
  expect([swapped.x, swapped.y, swapped.z]).toEqual(['quality', metrics[1], metrics[2]]);
});
