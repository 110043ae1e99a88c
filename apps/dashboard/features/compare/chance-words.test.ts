import type { Tally } from '@asterism/scores/verdicts';
import { chanceWords } from './chance-words';

const aTally = (of: number, byChance: number | null): Tally => ({ of, better: 5, worse: 0, byChance });

test('the sentence has the denominator and what chance gives', () => {
  expect(chanceWords([aTally(143, 7), aTally(143, 7)])).toMatch(
    /^Of 143 tasks about 7 differ by chance at 95 %/,
  );
  expect(chanceWords([aTally(143, 7)])).not.toContain('unknown');
});

test('pairs of different counts have no common number', () => {
  expect(chanceWords([aTally(143, 7), aTally(140, 7)])).toMatch(/^Of all tasks about one in twenty/);
});

test('without seed noise there is nothing to count', () => {
  expect(chanceWords([aTally(143, null)])).toMatch(/^Where the seed noise of tasks is unknown/);
  expect(chanceWords([aTally(143, 7), aTally(143, null)])).toMatch(/^Of 143 .* unknown/);
});
