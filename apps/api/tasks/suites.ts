import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { checkout } from '../config/checkout';

/** Written by `python -m asterism tasks --write`: the suites are the workers' knowledge. */
const CATALOGUE = join(checkout, 'workers', 'asterism', 'tasks', 'catalogue.json');

const Task = z.looseObject({
  suites: z.array(z.string()),
  settings: z.looseObject({ dataset: z.string().optional(), text: z.string().optional() }),
});

/** Every task of every suite, and what the suites read. */
@Injectable()
export class Suites {
  readonly tasks = z.array(Task).parse(JSON.parse(readFileSync(CATALOGUE, 'utf8')));

  /** Names of the datasets that the tasks of a suite read. */
  datasets(suite: string): readonly string[] {
    const settings = this.tasks.filter(({ suites }) => suites.includes(suite)).map((task) => task.settings);
    const names = settings.flatMap(({ dataset, text }) =>
      [dataset, text].filter((name) => name !== undefined),
    );
    return [...new Set(names)].sort();
  }
}
