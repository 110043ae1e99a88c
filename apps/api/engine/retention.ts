import { Inject, Injectable, Logger } from '@nestjs/common';
import { ARTIFACT_STORE, type ArtifactStore } from '../artifacts/artifact-store';
import { ENVIRONMENT, type Environment } from '../config/environment';
import { Database } from '../persistence/database';

const BATCH = 1000;

/**
 * Removes artifacts that are old or over the disk budget, oldest first. Kept whatever their age: datasets, everything
 * of a front and of confirmed candidates, resume points of unfinished work, and what single runs left in the last day.
 */
@Injectable()
export class Retention {
  private readonly logger = new Logger('retention');

  constructor(
    private readonly database: Database,
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  async round(): Promise<number> {
    const { keepDays, diskBytes } = this.environment.retention;
    const rows = await this.database.client.$queryRaw<{ sha256: string }[]>`
      WITH kept AS (
        SELECT sha256 FROM dataset
        UNION SELECT resume ->> 'artifact' FROM work WHERE state IN ('held', 'queued', 'running') AND resume IS NOT NULL
        UNION SELECT a.value FROM work w CROSS JOIN LATERAL jsonb_each_text(w.outcome -> 'artifacts') a
          WHERE jsonb_typeof(w.outcome -> 'artifacts') = 'object' AND (
            EXISTS (SELECT 1 FROM candidate c WHERE (c."onFront" OR c.confirmed OR c."finishedAt" IS NULL)
              AND (c."evaluationId" = w.id OR c."profileIds" @> ARRAY[w.id]))
            OR EXISTS (SELECT 1 FROM opening o WHERE o."evaluationId" = w.id))
      ), aged AS (
        SELECT sha256, "createdAt", sum(bytes) OVER (ORDER BY "createdAt" DESC, sha256) AS above
        FROM artifact WHERE "removedAt" IS NULL
      )
      SELECT sha256 FROM aged WHERE sha256 NOT IN (SELECT sha256 FROM kept WHERE sha256 IS NOT NULL)
        AND "createdAt" < now() - interval '1 day'
        AND ("createdAt" < now() - ${keepDays} * interval '1 day' OR above > ${diskBytes}) ORDER BY "createdAt" LIMIT ${BATCH}`;
    for (const { sha256 } of rows) {
      await this.database.client.artifact.update({ where: { sha256 }, data: { removedAt: new Date() } });
      await this.store.remove(sha256);
    }
    if (rows.length > 0) this.logger.log(`removed ${rows.length} artifacts`);
    return rows.length;
  }
}
