import { createHash } from 'node:crypto';
import type { DatasetRef, EvaluationWork, ProfileWork } from '@asterism/contracts';
import { canonicalJson, genomeHash, type Genome } from '@asterism/genome';
import { memoKeyOf, type DatasetPin, type Tier } from '@asterism/search';
import type { WorkRow } from '../leases/work';
import { newId } from '../persistence/ids';
import { evaluationQueue, profileQueue } from '../queue/conveyor';

export type NewRow = Pick<
  WorkRow,
  'id' | 'kind' | 'memoKey' | 'queue' | 'genomeHash' | 'target' | 'numericClass' | 'work'
>;

const MEMORY_BYTES = 6_000_000_000;
/** Ten times the estimate is a timeout; starting Python and torch alone needs some seconds. */
const LEAST_CPU_SECONDS = 120;
const PROFILE_CPU_SECONDS = 900;
export const DECODE_TOKENS = 32;
export const ROUNDS = 3;

interface EvaluationParts {
  readonly genome: Genome;
  readonly tier: Tier;
  readonly datasets: readonly DatasetPin[];
  readonly trainerVersion: string;
  readonly numericClass: string;
  readonly replicate: number;
  readonly split: 'select' | 'report';
  /** The tier's own unless given. */
  readonly rungs?: readonly number[];
  /** Keeps the row apart from equal work: a search without reuse, a repetition somebody asked for. */
  readonly apart?: string;
}

/** The row of one training of a trial genome. */
export function evaluationRow(parts: EvaluationParts): NewRow {
  const {
    genome,
    tier,
    datasets,
    trainerVersion,
    numericClass,
    replicate,
    split,
    apart,
    rungs = tier.rungs,
  } = parts;
  const hash = genomeHash(genome);
  const key = memoKeyOf({
    trialHash: hash,
    tier: tier.name,
    suite: tier.suite,
    suiteVersion: tier.suiteVersion,
    datasets: datasets.map(({ sha256 }) => sha256),
    trainerVersion,
    numericClass,
    replicate,
  });
  const work: EvaluationWork = {
    genomeHash: hash,
    genome: genome as unknown as Record<string, unknown>,
    tier: tier.name,
    suite: tier.suite,
    suiteVersion: tier.suiteVersion,
    trainerVersion,
    datasets: datasets.map(({ name, kind, sha256 }) => ({ name, kind: kind as DatasetRef['kind'], sha256 })),
    replicate,
    device: 'cpu',
    split,
    rungs: [...rungs],
    limits: { memoryBytes: MEMORY_BYTES, cpuSeconds: Math.max(LEAST_CPU_SECONDS, 10 * tier.coreSeconds) },
  };
  const memoKey = [
    key,
    ...(split === 'report' ? ['report'] : []),
    ...(rungs.length === 1 && rungs[0] === 1 ? [] : [`rungs-${rungs.join('-')}`]),
    ...(apart === undefined ? [] : [apart]),
  ].join('/');
  return {
    id: newId('eval'),
    kind: 'evaluation',
    memoKey,
    queue: evaluationQueue('cpu', numericClass),
    genomeHash: hash,
    target: 'cpu',
    numericClass,
    work,
  };
}

interface ProfileParts {
  readonly genome: Genome;
  readonly selector: string;
  /** The device model it stands for: measurements of other devices are other work. */
  readonly resolved: string;
  readonly contexts: readonly number[];
  readonly prefillLengths: readonly number[];
  readonly apart?: string;
}

/** The row of one profile of a deployment genome. */
export function profileRow({
  genome,
  selector,
  resolved,
  contexts,
  prefillLengths,
  apart,
}: ProfileParts): NewRow {
  const hash = genomeHash(genome);
  const protocol = {
    genomeHash: hash,
    resolved,
    contexts,
    prefillLengths,
    decodeTokens: DECODE_TOKENS,
    rounds: ROUNDS,
  };
  const key = createHash('sha256').update(canonicalJson(protocol)).digest('hex');
  const work: ProfileWork = {
    genomeHash: hash,
    genome: genome as unknown as Record<string, unknown>,
    target: selector,
    contexts: [...contexts],
    prefillLengths: [...prefillLengths],
    decodeTokens: DECODE_TOKENS,
    rounds: ROUNDS,
    limits: { memoryBytes: MEMORY_BYTES, cpuSeconds: PROFILE_CPU_SECONDS },
  };
  const memoKey = ['profile', key, ...(apart === undefined ? [] : [apart])].join('/');
  return {
    id: newId('prof'),
    kind: 'profile',
    memoKey,
    queue: profileQueue(resolved),
    genomeHash: hash,
    target: selector,
    numericClass: null,
    work,
  };
}
