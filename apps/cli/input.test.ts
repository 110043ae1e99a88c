import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson } from './input';

const file = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'asterism-input-')), 'search.json');
  writeFileSync(path, text);
  return path;
};

test('comments and trailing commas are read, and a pointer names its line', () => {
  const source = readJson(file('{\n  // why\n  "budget": {\n    "evaluations": 3,\n  },\n}\n'));
  expect(source.value).toEqual({ budget: { evaluations: 3 } });
  expect(source.line('/budget/evaluations')).toBe(4);
  expect(source.line('/budget/missing')).toBe(3);
});

test('what is not JSON is refused with its line', () => {
  expect(() => readJson(file('{\n "a": 1\n "b": 2 }'))).toThrow(/search\.json:3: not JSON/);
});

test('deep nesting is refused before it is parsed', () => {
  expect(() => readJson(file('['.repeat(20_000) + ']'.repeat(20_000)))).toThrow(/nests too deeply/);
});

test('a missing file is named', () => {
  expect(() => readJson('/nowhere/x.json')).toThrow(/cannot read \/nowhere\/x\.json/);
});

test('a key named __proto__ is data', () => {
  const value = readJson(file('{"__proto__": {"polluted": true}}')).value as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
