import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Difference, ScoreSheet, TaskColumn } from '@asterism/contracts';
import { tierNames, tierWith } from '@asterism/search';
import { HttpProblem } from '../http/problem';
import { sigmasOf, type Sigmas } from '../tasks/sigmas';
import { Suites, type Blend } from '../tasks/suites';
import { Weights } from '../tasks/weights';
import { columnsOf } from './columns';
import { differenceOf, type Side } from './differences';
import { ItemsService, type Item } from './items.service';
import { marksOf } from './marks';
import { SamplesReader } from './samples';
import { apartBy } from './scored';

/** One to five candidates or evaluations side by side. */
@Injectable()
export class SheetService {
  constructor(
    private readonly items: ItemsService,
    private readonly samples: SamplesReader,
    private readonly suites: Suites,
    private readonly weights: Weights,
  ) {}

  async sheet(ids: readonly string[]): Promise<ScoreSheet> {
    const items = await this.items.find(ids);
    refuseApart(items);
    const { tier, suite, suiteVersion, split } = items[0]!.scored.work;
    const known = this.suites.tasksOf(suite, suiteVersion);
    const frozen = this.weights.of(suite, suiteVersion);
    const all = items.flatMap(({ replicates }) => replicates.map(({ outcome }) => outcome));
    const { families, tasks } = columnsOf(all, known, frozen);
    const name = tierNames.find((each) => each === tier);
    const noise = (name && tierWith(name, suite)?.qualityNoise) ?? 0;
    return {
      tier,
      suite,
      suiteVersion,
      split,
      families,
      tasks,
      items: items.map(({ view, replicates }) => {
        const outcomes = replicates.map(({ outcome }) => outcome);
        return { ...view, ...marksOf(outcomes, tasks, known) };
      }),
      differences: await this.differences(items, tasks, sigmasOf(frozen, noise), this.suites.blendOf(suite)),
      notes: notesOf(items),
    };
  }

  private async differences(
    items: readonly Item[],
    tasks: readonly TaskColumn[],
    sigmas: Sigmas,
    blend: Blend | undefined,
  ): Promise<Difference[]> {
    if (items.length < 2) return [];
    const sides: Side[] = [];
    for (const item of items) sides.push(await this.side(item));
    const found: Difference[] = [];
    for (let a = 0; a < sides.length; a++)
      for (let b = a + 1; b < sides.length; b++) {
        found.push({ a, b, ...differenceOf(sides[a]!, sides[b]!, tasks, sigmas, blend) });
        // Resampling takes some ten milliseconds: leases and heartbeats come between.
        await setImmediate();
      }
    return found;
  }

  private async side({ replicates }: Item): Promise<Side> {
    const samples: [number, NonNullable<Awaited<ReturnType<SamplesReader['read']>>>][] = [];
    for (const { work, outcome } of replicates) {
      const read = await this.samples.read(outcome.artifacts.samples);
      if (read !== undefined) samples.push([work.replicate, read]);
    }
    const results = new Map(replicates.map(({ work, outcome }) => [work.replicate, outcome]));
    return { results, samples: new Map(samples) };
  }
}

function refuseApart(items: readonly Item[]): void {
  const [first, ...rest] = items.map(({ view, scored }) => ({ id: view.id, of: scored }));
  for (const other of rest) {
    const reason = apartBy(first!, other);
    if (reason !== undefined)
      throw new HttpProblem(409, 'not-comparable', `scores are not comparable: ${reason}`, {
        remedy: 'compare what was scored alike, or score both again: asterism evaluate',
      });
  }
}

function notesOf(items: readonly Item[]): string[] {
  const classes = new Set(items.flatMap(({ replicates }) => replicates.map(({ row }) => row.numericClass)));
  return classes.size > 1
    ? [`numeric classes differ (${[...classes].join('; ')}): equal seeds do not give equal bits across them`]
    : [];
}
