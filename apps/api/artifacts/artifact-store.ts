import type { Readable } from 'node:stream';

/** Bytes by SHA-256. A folder today; another store is another file behind this interface. */
export interface ArtifactStore {
  /** Stores the stream when it has this hash, else stores nothing. */
  put(sha256: string, bytes: Readable): Promise<StoreAnswer>;
  open(sha256: string): Promise<{ readonly bytes: number; readonly stream: () => Readable } | undefined>;
  remove(sha256: string): Promise<void>;
}

export type StoreAnswer =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly reason: 'wrong-hash'; readonly actual: string }
  | { readonly ok: false; readonly reason: 'disk-full' }
  | { readonly ok: false; readonly reason: 'too-large' };

export const ARTIFACT_STORE = Symbol('artifact store');
