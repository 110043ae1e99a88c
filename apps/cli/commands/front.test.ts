import type { CandidateRow } from '@asterism/contracts';
import { candidateColumns } from './front';

const row = (fields: Partial<CandidateRow>): CandidateRow =>
  ({ n: 7, name: null, code: '(conv3 · swiglu)×2', values: {}, ...fields }) as CandidateRow;

test('candidates of one code are told apart in the column of backbones', () => {
  const column = candidateColumns([]).find(({ title }) => title === 'backbone')!;
  expect(column.value(row({}))).toBe('(conv3 · swiglu)×2');
  expect(column.value(row({ apart: 'swiglu hidden 1792, 2304' }))).toBe(
    '(conv3 · swiglu)×2 {swiglu hidden 1792, 2304}',
  );
});
