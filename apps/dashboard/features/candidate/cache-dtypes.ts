import type { CacheElements, Estimate, ProfileMeasured } from '../../shared/api/types';
import { integer, significant } from '../../shared/logic/format';

/** Of which numbers an estimated and a measured cache are made. */
export interface CacheDtypes {
  /** Short: `bf16`, or `bf16, recurrent fp32`. */
  readonly estimate: string;
  readonly measured: string;
  /** Why the two differ, in a sentence. */
  readonly words: string;
}

const NAMES: Readonly<Record<number, string>> = { 2: 'bf16', 4: 'fp32' };
const KINDS = ['kv', 'fir', 'recurrent', 'history'] as const;

/** Read from the counted elements of both sides; undefined where one of them does not count. */
export function cacheDtypes(
  { cacheBytes, cacheElements }: Estimate,
  profile: ProfileMeasured | undefined,
): CacheDtypes | undefined {
  const counted = profile && deepest(profile);
  if (cacheBytes === undefined || cacheElements === undefined || counted === undefined) return undefined;
  const elements = total(cacheElements);
  if (elements === 0 || counted.elements === 0) return undefined;
  const estimate = preset(cacheElements, cacheBytes) ?? perElement(cacheBytes / elements);
  const measured = perElement(counted.bytes / counted.elements);
  const same =
    elements === counted.elements
      ? `the same ${integer(elements)} elements`
      : `${integer(elements)} elements against ${integer(counted.elements)}`;
  return {
    estimate: estimate.short,
    measured: measured.short,
    words: `The cache is estimated for ${estimate.long}, as it is deployed, and was measured with ${measured.long}, as this target keeps it: ${same}.`,
  };
}

interface Named {
  readonly short: string;
  readonly long: string;
}

/** `libs/estimate` counts two bytes an element, and four in recurrent states; undefined where the bytes say otherwise. */
function preset(elements: CacheElements, bytes: number): Named | undefined {
  const others = total({ ...elements, recurrent: 0 });
  if (bytes !== 2 * others + 4 * elements.recurrent) return undefined;
  if (elements.recurrent === 0) return perElement(2);
  if (others === 0) return perElement(4);
  return { short: 'bf16, recurrent fp32', long: '2 bytes an element (bf16), 4 in recurrent states (fp32)' };
}

function perElement(bytes: number): Named {
  const name = NAMES[bytes];
  const long = `${significant(bytes, 2).replace(/\.0$/, '')} bytes an element`;
  return name === undefined ? { short: long, long } : { short: name, long: `${long} (${name})` };
}

function total(elements: CacheElements): number {
  return KINDS.reduce((sum, kind) => sum + elements[kind], 0);
}

/** Bytes and elements at the longest context that was measured. */
function deepest({ metrics, cacheElements }: ProfileMeasured) {
  const contexts = Object.keys(metrics).flatMap((name) => /^cacheBytes\/(ctx\d+)$/.exec(name)?.[1] ?? []);
  const [context] = contexts.sort((a, b) => Number(b.slice(3)) - Number(a.slice(3)));
  if (context === undefined) return undefined;
  const counted = KINDS.flatMap((kind) => cacheElements[`${kind}/${context}`] ?? []);
  return {
    bytes: metrics[`cacheBytes/${context}`]!,
    elements: counted.reduce((sum, count) => sum + count, 0),
  };
}
