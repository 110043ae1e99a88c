import { join, resolve } from 'node:path';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65535);
const milliseconds = z.coerce.number().int().min(50).max(3_600_000);

/** The one schema of what the environment may say. */
const schema = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//),
  REDIS_URL: z.string().regex(/^rediss?:\/\//),
  /** What workers are told, when Redis has another address for them. */
  ASTERISM_WORKER_REDIS_URL: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(7700),
  ROLE: z.enum(['api', 'scheduler', 'all']).default('all'),
  ASTERISM_STATE: z.string().default('.asterism'),
  ASTERISM_ARTIFACTS: z.string().optional(),
  ASTERISM_PUBLIC_URL: z.url().optional(),
  LEASE_MS: milliseconds.default(20_000),
  HEARTBEAT_MS: milliseconds.default(3_000),
  RECONCILE_MS: milliseconds.default(5_000),
  /** Fault tests only: act as scheduler without holding the lock. Safety never rests on it. */
  ASTERISM_FORCE_ACTIVE: z.enum(['0', '1']).default('0'),
  ARTIFACT_KEEP_DAYS: z.coerce.number().min(0).default(14),
  ARTIFACT_DISK_BYTES: z.coerce.number().min(1_000_000).default(20_000_000_000),
});

export interface Environment {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly workerRedisUrl: string;
  readonly host: string;
  readonly port: number;
  readonly role: 'api' | 'scheduler' | 'all';
  readonly state: string;
  readonly artifacts: string;
  readonly publicUrl: string | undefined;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly reconcileMs: number;
  readonly forceActive: boolean;
  readonly retention: { readonly keepDays: number; readonly diskBytes: number };
}

export const ENVIRONMENT = Symbol('environment');

/** Reads and checks the environment once, at start; the message names every wrong variable. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const parsed = schema.safeParse(variables);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`the environment is not complete:\n${lines.join('\n')}`);
  }
  const found = parsed.data;
  const state = resolve(found.ASTERISM_STATE);
  return {
    databaseUrl: found.DATABASE_URL,
    redisUrl: found.REDIS_URL,
    workerRedisUrl: found.ASTERISM_WORKER_REDIS_URL ?? found.REDIS_URL,
    host: found.HOST,
    port: found.PORT,
    role: found.ROLE,
    state,
    artifacts: resolve(found.ASTERISM_ARTIFACTS ?? join(state, 'artifacts')),
    publicUrl: found.ASTERISM_PUBLIC_URL,
    leaseMs: found.LEASE_MS,
    heartbeatMs: found.HEARTBEAT_MS,
    reconcileMs: found.RECONCILE_MS,
    forceActive: found.ASTERISM_FORCE_ACTIVE === '1',
    retention: { keepDays: found.ARTIFACT_KEEP_DAYS, diskBytes: found.ARTIFACT_DISK_BYTES },
  };
}
