import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller } from '@nestjs/common';
import type { Page } from '@asterism/contracts';
import { checkout } from '../config/checkout';
import { Route } from '../http/route';

/** Written by `python -m asterism tasks --write`: the suites are the workers' knowledge. */
const CATALOGUE = join(checkout, 'workers', 'asterism', 'tasks', 'catalogue.json');

@Controller('v1/tasks')
export class TasksController {
  private readonly tasks = JSON.parse(readFileSync(CATALOGUE, 'utf8')) as Record<string, unknown>[];

  @Route('GET', '', { scope: 'admin', summary: 'Every task of every suite', answer: 'page of TaskView' })
  list(): Page<Record<string, unknown>> {
    return { items: this.tasks };
  }
}
