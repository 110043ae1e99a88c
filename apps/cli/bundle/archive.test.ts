import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArchive, writeArchive } from './archive';

const files = new Map([
  ['spec.json', Buffer.from('{}')],
  ['candidates/00001.json', Buffer.from('{"n":1}')],
]);
const folder = (): string => mkdtempSync(join(tmpdir(), 'asterism-archive-'));

test('what is written is read back, and coreutils agrees with the checksums', async () => {
  const path = join(folder(), 'x.tar.gz');
  await writeArchive(path, files);
  expect(await readArchive(path)).toEqual(files);
  const unpacked = folder();
  execFileSync('tar', ['-xzf', path, '-C', unpacked]);
  expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: unpacked }).toString()).toMatch(
    /spec\.json: OK/,
  );
});

test('a changed file is named', async () => {
  const place = folder();
  const path = join(place, 'x.tar.gz');
  await writeArchive(path, files);
  execFileSync('tar', ['-xzf', path, '-C', place]);
  writeFileSync(join(place, 'spec.json'), '{"seed":8}');
  execFileSync('tar', ['-czf', path, 'SHA256SUMS', 'spec.json', 'candidates'], { cwd: place });
  await expect(readArchive(path)).rejects.toThrow(/was changed: spec\.json/);
});

test('what is no archive is refused in one line', async () => {
  const path = join(folder(), 'x.tar.gz');
  writeFileSync(path, 'hello');
  await expect(readArchive(path)).rejects.toThrow(/is not a bundle|has no SHA256SUMS/);
});
