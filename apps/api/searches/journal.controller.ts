import { Controller, Param, Req, Res } from '@nestjs/common';
import type { JournalEvent, Page } from '@asterism/contracts';
import type { Response } from 'express';
import { z } from 'zod';
import { ValidQuery, type ApiRequest } from '../http/request';
import { Route } from '../http/route';
import { JournalService } from './journal.service';

const Query = z.strictObject({
  after: z.coerce.number().int().min(0).optional(),
  format: z.enum(['sse', 'json']).default('sse'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

@Controller('v1/searches/:id/journal')
export class JournalController {
  constructor(private readonly journal: JournalService) {}

  @Route('GET', '', {
    scope: 'admin',
    summary:
      'The journal as server-sent events (id = seq, Last-Event-ID replays), or a page of it with format=json',
    answer: 'text/event-stream',
    query: { after: 'events after this seq', format: 'sse or json', limit: 'of a json page' },
  })
  async read(
    @Param('id') id: string,
    @ValidQuery(Query) query: z.output<typeof Query>,
    @Req() request: ApiRequest,
    @Res() response: Response,
  ): Promise<void> {
    const after = Number(request.headers['last-event-id'] ?? query.after ?? 0) || 0;
    if (query.format === 'json') {
      const page: Page<JournalEvent> = { items: await this.journal.after(id, after, query.limit) };
      response.json(page);
      return;
    }
    await this.journal.stream(id, after, response);
  }
}
