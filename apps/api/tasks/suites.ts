import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { suitesOf, tierNames, tierWith } from '@asterism/search';
import { z } from 'zod';
import { checkout } from '../config/checkout';

/** Written by `python -m asterism tasks --write`: the suites are the workers' knowledge. */
const CATALOGUE = join(checkout, 'workers', 'asterism', 'tasks', 'catalogue.json');

const Task = z.looseObject({
  id: z.string(),
  family: z.string(),
  description: z.string(),
  source: z.string(),
  trained: z.boolean(),
  countsInQuality: z.boolean(),
  chance: z.number().nullable(),
  suites: z.array(z.string()),
  settings: z.looseObject({
    dataset: z.string().optional(),
    text: z.string().optional(),
    length: z.number().optional(),
  }),
});
export type SuiteTask = z.output<typeof Task>;

/** How a suite makes quality of its families: `textWeight` of it is the mean of the text families, the rest that of the others. */
const Blend = z.looseObject({ textFamilies: z.array(z.string()), textWeight: z.number() });
export type Blend = z.output<typeof Blend>;

const Catalogue = z.looseObject({ suites: z.record(z.string(), Blend), tasks: z.array(Task) });

/** Every task of every suite, and what the suites read. */
@Injectable()
export class Suites {
  private readonly catalogue = Catalogue.parse(JSON.parse(readFileSync(CATALOGUE, 'utf8')));
  readonly tasks = this.catalogue.tasks;

  blendOf(suite: string): Blend | undefined {
    return this.catalogue.suites[suite];
  }

  /** Names of the datasets that the tasks of a suite read. */
  datasets(suite: string): readonly string[] {
    const settings = this.of(suite).map((task) => task.settings);
    const names = settings.flatMap(({ dataset, text }) =>
      [dataset, text].filter((name) => name !== undefined),
    );
    return [...new Set(names)].sort();
  }

  /** Tasks of a suite's version; none of a version that is no longer the catalogue's. */
  tasksOf(suite: string, version: string): readonly SuiteTask[] {
    return (versionOf(suite) ?? version) === version ? this.of(suite) : [];
  }

  private of(suite: string): readonly SuiteTask[] {
    return this.tasks.filter(({ suites }) => suites.includes(suite));
  }
}

/** The version that tiers train; suites that no tier trains have one only. */
function versionOf(suite: string): string | undefined {
  const tier = tierNames.find((name) => suitesOf(name).includes(suite));
  return tier && tierWith(tier, suite)?.suiteVersion;
}
