import type { ScoredItem } from '@asterism/contracts';
import { effectiveContext, type Point } from '@asterism/scores';
import { contextLines, contextsSideBySide, curveLines, withIntervals } from './context';

const ascii = { blocks: false };
const at = (length: number, accuracy: number, tasks: readonly string[]): Point => ({
  length,
  accuracy,
  chance: 0.1,
  tasks,
});
const same = ['niah', 'words'];
const curveOf = (...points: Point[]) => effectiveContext(points)!;
const mixed = (short: number, long: number) => curveOf(at(64, short, ['niah']), at(128, long, same));

test('lengths of other tasks give no verdict, and the next step is named', () => {
  const lines = contextLines(mixed(0.13, 0.12), ascii);
  expect(lines[0]).toMatch(
    /^effective context is not told: each length asks other tasks \(1 at 64, 2 at 128\)/,
  );
  expect(lines[1]).toContain('asterism context');
  expect(lines.join('\n')).not.toMatch(/tokens \(/);
});

test('a curve of the same tasks has intervals, chance, both criteria with their sources, and what was left out', () => {
  const curve = { ...curveOf(at(128, 0.9, same), at(256, 0.8, same)), left: { qa: 'has at most 15 people' } };
  expect(curveLines(withIntervals(curve, 64), ascii).join('\n').split('\n')).toEqual([
    'effective context 128 tokens (mean accuracy of .856, the threshold of RULER), 256 tokens (.85 of its own mean at 128, the share of NoLiMa)',
    'length  accuracy  95 % interval   chance  tasks  0 to 1',
    '   128       0.9  0.836 to 0.941     0.1      2  ######################',
    '   256       0.8  0.722 to 0.86      0.1      2  ###################',
    'left out: qa, has at most 15 people',
  ]);
});

test('fewer rows prove less: what is near chance keeps nothing', () => {
  const curve = { ...curveOf(at(128, 0.15, same), at(256, 0.15, same)), left: {} };
  expect(curveLines(withIntervals(curve, 8), ascii).slice(0, 2)).toEqual([
    expect.stringContaining('none (.85 of its own mean at 128'),
    '  its score at 128 tokens is not above chance',
  ]);
  expect(curveLines(withIntervals(curve, 512), ascii)[0]).toContain('256 tokens (.85');
});

test('side by side: one table with chance, one sentence for all, nothing where the suite has none of the tasks', () => {
  const item = (context: ScoredItem['context']) => ({ context }) as ScoredItem;
  const items = [
    item(mixed(0.13, 0.12) as ScoredItem['context']),
    item(mixed(0.7, 0.36) as ScoredItem['context']),
  ];
  expect(
    contextsSideBySide(items, (i) => 'AB'.charAt(i))
      .join('\n')
      .split('\n'),
  ).toEqual([
    expect.stringContaining('is not told'),
    expect.stringContaining('asterism context'),
    'accuracy at  chance     A     B',
    '         64     0.1  0.13   0.7',
    '        128     0.1  0.12  0.36',
  ]);
  expect(contextsSideBySide([item(null)], String)).toEqual([]);
});
