import type { ProfileMeasured } from '../../shared/api/types';
import { cacheDtypes } from './cache-dtypes';

const aProfile = (bytes: number, elements: Readonly<Record<string, number>>): ProfileMeasured =>
  ({
    metrics: { 'cacheBytes/ctx1024': 1, 'cacheBytes/ctx4096': bytes },
    cacheElements: {
      'kv/ctx1024': 1,
      ...Object.fromEntries(Object.entries(elements).map(([kind, count]) => [`${kind}/ctx4096`, count])),
    },
  }) as unknown as ProfileMeasured;
const elements = (kv: number, recurrent: number) => ({ kv, fir: 0, recurrent, history: 0 });

test('twice the bytes of the same elements: bf16 estimated, fp32 measured', () => {
  const found = cacheDtypes(
    { params: 1, cacheBytes: 8_000, cacheElements: elements(4_000, 0) },
    aProfile(16_000, elements(4_000, 0)),
  );
  expect(found).toMatchObject({ estimate: 'bf16', measured: 'fp32' });
  expect(found!.words).toBe(
    'The cache is estimated for 2 bytes an element (bf16), as it is deployed, and was measured with 4 bytes an element (fp32), as this target keeps it: the same 4,000 elements.',
  );
});

test('recurrent states are fp32 in both', () => {
  const both = cacheDtypes(
    { params: 1, cacheBytes: 8_400, cacheElements: elements(4_000, 100) },
    aProfile(16_400, elements(4_000, 100)),
  );
  expect(both).toMatchObject({ estimate: 'bf16, recurrent fp32', measured: 'fp32' });
  const alone = { params: 1, cacheBytes: 400, cacheElements: elements(0, 100) };
  expect(cacheDtypes(alone, aProfile(400, elements(0, 100)))).toMatchObject({ estimate: 'fp32' });
});

test('what the bytes do not say is not named, and other counts are said', () => {
  const found = cacheDtypes(
    { params: 1, cacheBytes: 12_000, cacheElements: elements(4_000, 0) },
    aProfile(4_000, elements(4_100, 0)),
  );
  expect(found!.estimate).toBe('3 bytes an element');
  expect(found!.words).toContain('4,000 elements against 4,100');
});

test('nothing is said where one side did not count', () => {
  expect(cacheDtypes({ params: 1, cacheBytes: 8 }, aProfile(16, elements(4, 0)))).toBeUndefined();
  expect(cacheDtypes({ params: 1, cacheBytes: 8, cacheElements: elements(4, 0) }, undefined)).toBeUndefined();
});
