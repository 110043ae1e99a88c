import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { Sha256, type ArtifactStored } from '@asterism/contracts';
import { HttpProblem, notFound } from '../http/problem';
import { Database } from '../persistence/database';
import { ARTIFACT_STORE, type ArtifactStore } from './artifact-store';

@Injectable()
export class ArtifactsService {
  constructor(
    private readonly database: Database,
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
  ) {}

  async put(sha256: string, bytes: Readable): Promise<ArtifactStored> {
    checkHash(sha256);
    const stored = await this.store.put(sha256, bytes);
    if (!stored.ok) throw storeRefusal(sha256, stored);
    const data = { sha256, bytes: BigInt(stored.bytes) };
    await this.database.client.artifact.upsert({
      where: { sha256 },
      create: data,
      update: { removedAt: null, createdAt: new Date() },
    });
    return { sha256, bytes: stored.bytes };
  }

  async get(sha256: string): Promise<{ readonly bytes: number; readonly stream: () => Readable }> {
    checkHash(sha256);
    const found = await this.store.open(sha256);
    if (found === undefined)
      throw notFound(`artifact ${sha256}; it was never stored, or retention removed it`);
    return found;
  }
}

function checkHash(sha256: string): void {
  if (!Sha256.safeParse(sha256).success) {
    throw new HttpProblem(
      400,
      'bad-hash',
      'an artifact is named by its SHA-256, 64 hexadecimal digits in lower case',
    );
  }
}

/** What the client is told when bytes could not be kept. */
export function storeRefusal(
  sha256: string,
  answer: { reason: 'wrong-hash'; actual: string } | { reason: 'disk-full' } | { reason: 'too-large' },
): HttpProblem {
  switch (answer.reason) {
    case 'wrong-hash':
      return new HttpProblem(422, 'wrong-hash', `the bytes have the hash ${answer.actual}, not ${sha256}`);
    case 'disk-full':
      return new HttpProblem(507, 'disk-full', 'the artifact disk is full; nothing was lost', {
        remedy: 'free space on the artifact disk and try again',
        headers: { 'retry-after': '30' },
      });
    case 'too-large':
      return new HttpProblem(413, 'artifact-too-large', 'an artifact holds at most 16 GB');
  }
}
