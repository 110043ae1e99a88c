import { parseSamples } from './samples';

function safetensors(tensors: Readonly<Record<string, readonly number[]>>, dtype = 'F64'): Buffer {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, values]) => {
      const from = at;
      at += values.length * 8;
      return [name, { dtype, shape: [values.length], data_offsets: [from, at] }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const values = Float64Array.from(Object.values(tensors).flat());
  return Buffer.concat([length, text, Buffer.from(values.buffer)]);
}

test('rows of every task that has both columns', () => {
  const rows = parseSamples(
    safetensors({ 'a/nll': [1, 2], 'a/baseline': [3, 4], 'b/nll': [5], 'c/nll': [6] }),
  );
  expect([...rows!]).toEqual([['a', { nll: Float64Array.of(1, 2), baseline: Float64Array.of(3, 4) }]]);
});

test('what is no samples file has no rows', () => {
  const whole = safetensors({ 'a/nll': [1, 2], 'a/baseline': [3, 4] });
  expect(parseSamples(Buffer.from('checkpoint of a test'))).toBeUndefined();
  expect(parseSamples(Buffer.alloc(3))).toBeUndefined();
  expect(parseSamples(whole.subarray(0, 20))).toBeUndefined();
  expect(parseSamples(Buffer.concat([whole.subarray(0, 8), Buffer.alloc(500, 'x')]))).toBeUndefined();
  expect(parseSamples(whole.subarray(0, -9))).toBeUndefined();
  expect(parseSamples(safetensors({ 'a/nll': [1], 'a/baseline': [2] }, 'F32'))).toBeUndefined();
});
