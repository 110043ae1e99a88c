import { Controller } from '@nestjs/common';
import type { Page } from '@asterism/contracts';
import { Route } from '../http/route';
import { Suites } from './suites';

@Controller('v1/tasks')
export class TasksController {
  constructor(private readonly suites: Suites) {}

  @Route('GET', '', { scope: 'admin', summary: 'Every task of every suite', answer: 'page of TaskView' })
  list(): Page<Record<string, unknown>> {
    return { items: this.suites.tasks };
  }
}
