import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserKind } from '@asterism/search';
import { userDataset } from './dataset-examples';
import { CliError } from './errors';

const folder = mkdtempSync(join(tmpdir(), 'asterism-datasets-'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function refusal(name: string, text: string, kind: UserKind): string {
  try {
    userDataset(file(name, text), kind);
  } catch (error) {
    if (error instanceof CliError) return error.line();
    throw error;
  }
  return 'taken';
}

const lines = (of: (n: number) => unknown, count = 150): string =>
  Array.from({ length: count }, (_, n) => JSON.stringify(of(n))).join('\n');
const linesOf = (bytes: Buffer): string[] => bytes.toString().trimEnd().split('\n');

test('pairs become a file below a header, with what each tier makes of them', () => {
  const text = `\uFEFF${lines((n) => ({ prompt: `what is ${n}?`, answer: `${n % 10}` }))}\n`;
  const { name, bytes, notes } = userDataset(file('My QA.jsonl', text + text.slice(1)), 'pairs');
  expect(name).toBe('my-qa');
  expect(linesOf(bytes)[0]).toBe('{"dataset":"pairs","format":1}');
  expect(linesOf(bytes)).toHaveLength(151);
  expect(notes[0]).toBe('150 of 300 are repetitions and count once');
  expect(notes).toContainEqual(
    expect.stringMatching(/^tier nano: rows of 32 tokens, 1\d\d pairs to train, \d+ to select/),
  );
  expect(notes.at(-1)).toMatch(/"tasks\.pairs:my-qa"/);
});

test('a question may be called a question', () => {
  const text = lines((n) => ({ question: `${n}?`, choices: ['yes', 'no'], answer: n % 2 }));
  expect(linesOf(userDataset(file('yes.jsonl', text), 'choices').bytes)[1]).toMatch(/^\{"prompt":"\d+\?",/);
});

test('series are columns of a table, or lines', () => {
  const wave = (n: number): string => Math.sin(n / 9).toFixed(4);
  const table = [
    '"hot",cold',
    ...Array.from({ length: 500 }, (_, n) => (n < 450 ? `${wave(n)},${n}` : `${wave(n)},`)),
  ];
  const { bytes } = userDataset(file('waves.csv', `${table.join('\r\n')}\r\n`), 'series');
  const found = linesOf(bytes)
    .slice(1)
    .map((line) => JSON.parse(line) as { name: string; values: number[] });
  expect(found.map(({ name, values }) => [name, values.length])).toEqual([
    ['cold', 450],
    ['hot', 500],
  ]);
  const bare = userDataset(
    file('bare.jsonl', JSON.stringify(Array.from({ length: 500 }, (_, n) => n % 7))),
    'series',
  );
  expect(linesOf(bare.bytes)[1]).toMatch(/^\{"name":"line 1","values":\[0,1,2/);
  expect(bare.notes).toContainEqual(
    expect.stringMatching(/^tier tiny: rows of 32 tokens, \d+ windows to train/),
  );
});

test.each<[string, string, UserKind, RegExp]>([
  ['qa.jsonl', '{"prompt":"a"}', 'pairs', /qa\.jsonl:1, field answer: .*; allowed: \{"prompt", "answer"\}/],
  ['qa.jsonl', '\n{"prompt":"a","answer":"b","id":3}', 'pairs', /:2, field id: unknown field id/],
  ['qa.jsonl', '{"prompt":', 'pairs', /:1: no JSON \(.*\); allowed/],
  ['qa.jsonl', '', 'pairs', /is empty; each line is/],
  [
    'qa.jsonl',
    lines((n) => ({ prompt: `${n}`, answer: 'a' }), 12),
    'pairs',
    /too small: 12 of 12 pairs fit .* needed: 8 in each split: about 104/,
  ],
  [
    'c.jsonl',
    '{"prompt":"a","choices":["b","c"],"answer":"b"}',
    'choices',
    /:1, field answer: .*; allowed: .*index/,
  ],
  [
    's.csv',
    'day,sun\n2020-01-01,3\n',
    'series',
    /s\.csv:2, column 1 \(day\): "2020-01-01" is no number; allowed: finite numbers/,
  ],
  ['s.csv', 'a,b\n1,2\n,3\n4,5\n', 'series', /s\.csv:3, column 1 \(a\): an empty cell within a series/],
  ['s.csv', 'a\n1,2\n', 'series', /s\.csv:2: 2 columns, the first line has 1/],
  ['s.jsonl', '{"values":[1,null]}', 'series', /:1, field values\/1/],
])('%s is refused with where and what is allowed (%#)', (name, text, kind, said) => {
  expect(refusal(name, text, kind)).toMatch(said);
});
