import fc from 'fast-check';
import type { Cell } from '../api/types';
import { diffStrips, layoutStrip, sharingArcs } from './strip';

const aCell = (label: string, more: Partial<Cell> = {}): Cell => ({
  kind: label,
  family: 'memoryless',
  label,
  paramsShare: 0,
  ...more,
});
const cells = (text: string) => [...text].map((letter) => aCell(letter));

test('widths follow the share, add up to one, and none vanishes', () => {
  const strip = layoutStrip([aCell('a', { paramsShare: 0.9 }), aCell('b', { paramsShare: 0 })], 'params');
  expect(strip[0]!.width + strip[1]!.width).toBeCloseTo(1, 12);
  expect(strip[1]!.width).toBeGreaterThan(0.1);
  expect(strip[0]!.width).toBeGreaterThan(4 * strip[1]!.width);
  expect(strip[1]!.x).toBeCloseTo(strip[0]!.width, 12);
});

test('without the share every cell is equally wide', () => {
  const widths = layoutStrip(cells('abcd'), 'cache').map((cell) => cell.width);
  expect(widths).toEqual([0.25, 0.25, 0.25, 0.25]);
});

test('sharing groups become arcs between neighbours of a group', () => {
  const shared = [
    aCell('q', { valuesGroup: 1 }),
    aCell('s'),
    aCell('q', { valuesGroup: 1, weightsGroup: 0 }),
    aCell('q', { valuesGroup: 1, weightsGroup: 0 }),
  ];
  expect(sharingArcs(shared)).toEqual([
    { from: 2, to: 3, kind: 'weights', group: 0 },
    { from: 0, to: 2, kind: 'values', group: 1 },
    { from: 2, to: 3, kind: 'values', group: 1 },
  ]);
});

test('a difference shows what was replaced, added and removed', () => {
  const columns = diffStrips(cells('abcd'), cells('abxde'));
  expect(columns.map((column) => column.change)).toEqual(['same', 'same', 'changed', 'same', 'added']);
  expect(diffStrips(cells('abc'), cells('ac')).map((c) => c.change)).toEqual(['same', 'removed', 'same']);
});

test('both sides of a difference read as their backbones', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  fc.assert(
    fc.property(word, word, (before, after) => {
      const columns = diffStrips(cells(before), cells(after));
      expect(columns.map((c) => c.before?.label ?? '').join('')).toBe(before);
      expect(columns.map((c) => c.after?.label ?? '').join('')).toBe(after);
      if (before === after) expect(columns.every((c) => c.change === 'same')).toBe(true);
    }),
  );
});
