import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '@asterism/genome';
import { Database, fromJson, toJson, type Db } from '../persistence/database';
import { HttpProblem } from './problem';
import type { ApiRequest } from './request';

/**
 * Runs an effect in one transaction. With an `Idempotency-Key` the key is stored in that same transaction: a second
 * request with it gets the first answer, with another body 422; one that comes too early waits for the first.
 */
@Injectable()
export class Idempotency {
  constructor(private readonly database: Database) {}

  async run<T>(request: ApiRequest, effect: (db: Db) => Promise<T>): Promise<T> {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') return this.database.transaction(effect);
    if (key.length === 0 || key.length > 200) {
      throw new HttpProblem(400, 'bad-idempotency-key', 'Idempotency-Key holds 1 to 200 characters');
    }
    const identity = {
      tokenId: request.principal?.id ?? 'public',
      route: `${request.method} ${request.path}`,
      key,
    };
    const bodyHash = createHash('sha256')
      .update(canonicalJson(request.body ?? null))
      .digest('hex');
    return this.database.transaction(async (db) => {
      const fresh = await db.$executeRaw`
        INSERT INTO idempotency_key ("tokenId", route, key, "bodyHash")
        VALUES (${identity.tokenId}, ${identity.route}, ${identity.key}, ${bodyHash}) ON CONFLICT DO NOTHING`;
      if (fresh === 0) return this.replay<T>(db, identity, bodyHash);
      const answer = await effect(db);
      await db.idempotencyKey.update({
        where: { tokenId_route_key: identity },
        data: { answer: toJson(answer) },
      });
      return answer;
    });
  }

  private async replay<T>(
    db: Db,
    identity: { tokenId: string; route: string; key: string },
    bodyHash: string,
  ): Promise<T> {
    const first = await db.idempotencyKey.findUniqueOrThrow({ where: { tokenId_route_key: identity } });
    if (first.bodyHash === bodyHash) return fromJson<T>(first.answer);
    throw new HttpProblem(
      422,
      'idempotency-key-reused',
      'this Idempotency-Key came with another body before',
    );
  }
}
