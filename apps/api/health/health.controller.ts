import { Controller } from '@nestjs/common';
import { contractVersion, type Health } from '@asterism/contracts';
import { Route } from '../http/route';
import { Database } from '../persistence/database';
import { Conveyor } from '../queue/conveyor';
import { WorkersService } from '../workers/workers.service';
import { version } from '../config/version';

@Controller('v1/health')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly conveyor: Conveyor,
    private readonly workers: WorkersService,
  ) {}

  @Route('GET', '', { scope: 'public', summary: 'Whether the parts answer', answer: 'Health' })
  async health(): Promise<Health> {
    const [beat, redis] = await Promise.all([this.beat(), this.conveyor.answers()]);
    const database = beat !== undefined;
    return {
      status: database && redis ? 'ok' : 'degraded',
      version,
      contractVersion,
      database,
      redis,
      schedulerAgeSeconds: beat?.age ?? null,
      workers: database ? (await this.workers.living()).length : 0,
    };
  }

  private async beat(): Promise<{ age: number | null } | undefined> {
    try {
      const rows = await this.database.client.$queryRaw<{ age: number | null }[]>`
        SELECT extract(epoch FROM now() - max(at))::float8 AS age FROM beat`;
      return rows[0] ?? { age: null };
    } catch {
      return undefined;
    }
  }
}
