import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { checkout } from '../config/checkout';

/** Written by `python -m asterism weights` from the runs of the reference set (docs/evaluation.md). */
const FOLDER = join(checkout, 'workers', 'asterism', 'evaluation', 'weights');

const Sigma = z.looseObject({ sigma: z.number() }).nullable();
const Frozen = z.looseObject({
  suiteVersion: z.string(),
  complete: z.boolean(),
  noise: z.looseObject({ quality: Sigma, families: z.record(z.string(), Sigma) }),
  tasks: z.array(
    z.looseObject({ id: z.string(), sigma: z.number().optional(), weight: z.number(), reason: z.string() }),
  ),
});
export type Frozen = z.output<typeof Frozen>;

/** What the reference set said about the tasks of a suite's version: weights, noise, and what was left out. */
@Injectable()
export class Weights {
  private readonly read = new Map<string, Frozen | undefined>();

  of(suite: string, version: string): Frozen | undefined {
    if (!this.read.has(suite)) this.read.set(suite, frozen(suite));
    const found = this.read.get(suite);
    return found?.suiteVersion === version && found.complete ? found : undefined;
  }
}

function frozen(suite: string): Frozen | undefined {
  if (!/^[a-z0-9-]+$/.test(suite)) return undefined;
  const path = join(FOLDER, `${suite}.json`);
  return existsSync(path) ? Frozen.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
}
