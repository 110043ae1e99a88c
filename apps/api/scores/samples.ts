import { Inject, Injectable } from '@nestjs/common';
import type { TaskRows } from '@asterism/scores';
import { z } from 'zod';
import { ARTIFACT_STORE, type ArtifactStore } from '../artifacts/artifact-store';

export type Samples = ReadonlyMap<string, TaskRows>;

const Header = z.record(
  z.string(),
  z.looseObject({ dtype: z.string(), data_offsets: z.tuple([z.number(), z.number()]) }),
);

/** 143 tasks of 512 rows and six columns are 3.5 MB. */
const MOST_BYTES = 64_000_000;

/** Sums over each test row, as workers store them beside every checkpoint. */
@Injectable()
export class SamplesReader {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  /** Undefined where retention removed them or another program wrote them. */
  async read(sha256: string): Promise<Samples | undefined> {
    const found = await this.store.open(sha256);
    if (found === undefined || found.bytes > MOST_BYTES) return undefined;
    const parts: Buffer[] = [];
    for await (const part of found.stream()) parts.push(part as Buffer);
    return parseSamples(Buffer.concat(parts));
  }
}

/** Reads `<task>/nll` and `<task>/baseline` of a safetensors file; undefined where it is none. */
export function parseSamples(bytes: Buffer): Samples | undefined {
  const found = headerOf(bytes);
  if (found === undefined) return undefined;
  const column = (name: string): Float64Array | undefined => {
    const tensor = found.header[name];
    if (tensor?.dtype !== 'F64') return undefined;
    const [from, to] = tensor.data_offsets;
    if (found.start + to > bytes.length || (to - from) % Float64Array.BYTES_PER_ELEMENT !== 0)
      return undefined;
    return new Float64Array(new Uint8Array(bytes.subarray(found.start + from, found.start + to)).buffer);
  };
  const rows = Object.keys(found.header).flatMap((name): [string, TaskRows][] => {
    if (!name.endsWith(NLL)) return [];
    const id = name.slice(0, -NLL.length);
    const [nll, baseline] = [column(name), column(`${id}/baseline`)];
    return nll && baseline && nll.length === baseline.length ? [[id, { nll, baseline }]] : [];
  });
  return rows.length === 0 ? undefined : new Map(rows);
}

const NLL = '/nll';

function headerOf(
  bytes: Buffer,
): { readonly start: number; readonly header: z.output<typeof Header> } | undefined {
  if (bytes.length < 8) return undefined;
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  if (start > bytes.length) return undefined;
  try {
    const { __metadata__: _, ...tensors } = JSON.parse(bytes.subarray(8, start).toString('utf8')) as Record<
      string,
      unknown
    >;
    const parsed = Header.safeParse(tensors);
    return parsed.success ? { start, header: parsed.data } : undefined;
  } catch {
    return undefined;
  }
}
