import type { Cell } from '../api/types';
import { describeBackbone, kindsByFamily, letterOf } from './families';

const aCell = (kind: string, family: Cell['family'], letter?: string): Cell => ({
  kind,
  family,
  label: kind,
  ...(letter === undefined ? {} : { letter }),
});

test('a legend names each kind once, under its family', () => {
  const kinds = kindsByFamily([
    aCell('ssd', 'recurrence', 'm'),
    aCell('gla', 'recurrence', 'g'),
    aCell('ssd', 'recurrence', 'm'),
    aCell('swiglu', 'memoryless', 's'),
  ]);
  expect(kinds.get('recurrence')).toEqual([
    { kind: 'gla', letter: 'g' },
    { kind: 'ssd', letter: 'm' },
  ]);
  expect([...kinds.keys()]).toEqual(['recurrence', 'memoryless']);
});

test('a kind without a letter has its initial', () => expect(letterOf({ kind: 'hyena' })).toBe('h'));

test('a backbone reads as words', () => {
  expect(describeBackbone([aCell('conv3', 'convolution'), aCell('swiglu', 'memoryless')])).toBe(
    'conv3, then swiglu',
  );
  expect(describeBackbone([])).toBe('no operators');
});
