import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { create, extract } from 'tar';
import { CliError } from '../errors';

export type Files = ReadonlyMap<string, Buffer>;

const MANIFEST = 'SHA256SUMS';

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function sums(files: Files): string {
  return [...files.keys()]
    .sort()
    .map((name) => `${sha256(files.get(name) ?? Buffer.alloc(0))}  ${name}\n`)
    .join('');
}

async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'asterism-bundle-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One .tar.gz with `SHA256SUMS` in coreutils' format: `sha256sum -c SHA256SUMS` checks it without us. */
export async function writeArchive(path: string, files: Files): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const all = new Map([...files, [MANIFEST, Buffer.from(sums(files))]]);
    for (const [name, bytes] of all) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    await create({ gzip: true, file: path, cwd: folder, portable: true }, [...all.keys()].sort());
  });
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** Reads an archive and refuses it when a byte differs from its checksum, or a file is missing or extra. */
export async function readArchive(path: string): Promise<Files> {
  return inTemporaryFolder(async (folder) => {
    await extract({ file: path, cwd: folder, strict: true }).catch((cause: unknown) => {
      throw new CliError(
        `${path} is not a bundle (${cause instanceof Error ? cause.message : String(cause)})`,
        'make one with `asterism bundle <search>`',
      );
    });
    const all = new Map(walk(folder).map((file) => [relative(folder, file), readFileSync(file)]));
    const manifest = all.get(MANIFEST);
    all.delete(MANIFEST);
    if (manifest === undefined)
      throw new CliError(`${path} has no ${MANIFEST}`, 'make one with `asterism bundle <search>`');
    if (manifest.toString() !== sums(all))
      throw new CliError(
        `${path} was changed: ${firstChanged(manifest.toString(), all)}`,
        'fetch it again from its author',
      );
    return all;
  });
}

function firstChanged(manifest: string, files: Files): string {
  const wanted = new Map(
    manifest
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(66), line.slice(0, 64)] as const),
  );
  const changed = [...wanted].find(([name, sum]) => sha256(files.get(name) ?? Buffer.alloc(0)) !== sum);
  return changed?.[0] ?? [...files.keys()].find((name) => !wanted.has(name)) ?? MANIFEST;
}
