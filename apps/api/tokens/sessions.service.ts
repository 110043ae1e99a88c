import { Injectable } from '@nestjs/common';
import type { SessionLink } from '@asterism/contracts';
import { HttpProblem } from '../http/problem';
import type { Principal } from '../http/request';
import { Database } from '../persistence/database';
import { hashSecret, looksLikeSecret, newSecret } from './secret';

const LINK_MS = 24 * 3_600_000;
const SESSION_MS = 30 * 24 * 3_600_000;
export const COOKIE = 'asterism_session';

/** Browser sessions: a one-time link is changed into an HttpOnly cookie, so that no token ever stands in an address. */
@Injectable()
export class SessionsService {
  constructor(private readonly database: Database) {}

  async createLink(base: string): Promise<SessionLink> {
    const secret = newSecret('link');
    const expiresAt = new Date(Date.now() + LINK_MS);
    await this.database.client.session.create({
      data: { hash: hashSecret(secret), kind: 'link', expiresAt },
    });
    return {
      url: `${base.replace(/\/+$/, '')}/v1/session?link=${secret}`,
      expiresAt: expiresAt.toISOString(),
    };
  }

  /** Uses the link up and gives the value of the cookie. */
  async open(link: string): Promise<{ readonly cookie: string; readonly seconds: number }> {
    const used = looksLikeSecret(link)
      ? await this.database.client.$executeRaw`
          UPDATE session SET "usedAt" = now() WHERE hash = ${hashSecret(link)} AND kind = 'link' AND "usedAt" IS NULL AND "expiresAt" > now()`
      : 0;
    if (used === 0) {
      throw new HttpProblem(403, 'link-used', 'this sign-in link was used or is too old', {
        remedy: 'POST /v1/session/links with an admin token, or npm start, gives a new one',
      });
    }
    const cookie = newSecret('session');
    const expiresAt = new Date(Date.now() + SESSION_MS);
    await this.database.client.session.create({
      data: { hash: hashSecret(cookie), kind: 'cookie', expiresAt },
    });
    return { cookie, seconds: SESSION_MS / 1000 };
  }

  async identify(header: string | undefined): Promise<Principal | undefined> {
    const value = header
      ?.split(/; */)
      .find((part) => part.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1);
    if (value === undefined || !looksLikeSecret(value)) return undefined;
    const row = await this.database.client.session.findUnique({ where: { hash: hashSecret(value) } });
    if (row === null || row.kind !== 'cookie' || row.expiresAt < new Date()) return undefined;
    return { id: `session:${row.hash.slice(0, 16)}`, scope: 'admin' };
  }
}
