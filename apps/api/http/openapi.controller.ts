import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Res } from '@nestjs/common';
import type { Response } from 'express';
import { checkout } from '../config/checkout';
import { Route } from './route';

@Controller()
export class OpenApiController {
  private readonly document = readFileSync(join(checkout, 'apps', 'api', 'openapi.json'), 'utf8');

  @Route('GET', 'openapi.json', { scope: 'public', summary: 'This document', answer: 'application/json' })
  read(@Res() response: Response): void {
    response.type('application/json').send(this.document);
  }
}
