import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArtifactStore, StoreAnswer } from './artifact-store';

const MAX_BYTES = 16_000_000_000;

class TooLarge extends Error {}

/** `<folder>/ab/abcdef…`: written under another name, hashed on the way, synced, then renamed. */
export class FolderStore implements ArtifactStore {
  constructor(private readonly folder: string) {}

  async put(sha256: string, bytes: Readable): Promise<StoreAnswer> {
    const part = join(this.folder, 'incoming', randomUUID());
    try {
      await mkdir(dirname(part), { recursive: true, mode: 0o700 });
      const { actual, size } = await writeHashed(bytes, part);
      if (actual !== sha256) return { ok: false, reason: 'wrong-hash', actual };
      await sync(part);
      const path = this.path(sha256);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(part, path);
      return { ok: true, bytes: size };
    } catch (error) {
      if (error instanceof TooLarge) return { ok: false, reason: 'too-large' };
      if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException).code ?? ''))
        return { ok: false, reason: 'disk-full' };
      throw error;
    } finally {
      await rm(part, { force: true });
    }
  }

  async open(
    sha256: string,
  ): Promise<{ readonly bytes: number; readonly stream: () => Readable } | undefined> {
    const path = this.path(sha256);
    try {
      const { size } = await stat(path);
      return { bytes: size, stream: () => createReadStream(path) };
    } catch {
      return undefined;
    }
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }

  private path(sha256: string): string {
    return join(this.folder, sha256.slice(0, 2), sha256);
  }
}

async function writeHashed(bytes: Readable, path: string): Promise<{ actual: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(size > MAX_BYTES ? new TooLarge() : null, chunk);
    },
  });
  await pipeline(bytes, counted, createWriteStream(path, { mode: 0o600 }));
  return { actual: hash.digest('hex'), size };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
