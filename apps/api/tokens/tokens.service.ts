import { Injectable } from '@nestjs/common';
import type { TokenCreated, TokenRequest, TokenView } from '@asterism/contracts';
import { notFound } from '../http/problem';
import type { Principal } from '../http/request';
import { Database } from '../persistence/database';
import { newId } from '../persistence/ids';
import type { TokenModel } from '../persistence/generated/models';
import { hashSecret, looksLikeSecret, newSecret } from './secret';

const CACHE_MS = 5_000;
const USED_EVERY_MS = 60_000;

/** Bearer tokens: shown once, stored as a hash. */
@Injectable()
export class TokensService {
  private readonly known = new Map<string, { readonly principal: Principal; readonly until: number }>();
  private readonly marked = new Map<string, number>();

  constructor(private readonly database: Database) {}

  async identify(secret: string): Promise<Principal | undefined> {
    if (!looksLikeSecret(secret)) return undefined;
    const hash = hashSecret(secret);
    const cached = this.known.get(hash);
    if (cached !== undefined && cached.until > Date.now()) return cached.principal;
    // The lookup is by hash: what timing could tell is where a hash is stored, not the token.
    const row = await this.database.client.token.findUnique({ where: { hash } });
    if (row === null || row.revokedAt !== null) return undefined;
    const principal: Principal = { id: row.id, scope: row.scope === 'admin' ? 'admin' : 'worker' };
    this.known.set(hash, { principal, until: Date.now() + CACHE_MS });
    await this.markUsed(row.id);
    return principal;
  }

  async create({ name, scope }: TokenRequest): Promise<TokenCreated> {
    const token = newSecret(scope);
    const data = { id: newId('tok'), name, scope, hash: hashSecret(token), hint: token.slice(0, 18) };
    return { ...view(await this.database.client.token.create({ data })), token };
  }

  /** A token whose text was chosen before, as when two control planes start at the same time. */
  async adopt(secret: string, { name, scope }: TokenRequest): Promise<void> {
    const data = { id: newId('tok'), name, scope, hash: hashSecret(secret), hint: secret.slice(0, 18) };
    await this.database.client.token.createMany({ data, skipDuplicates: true });
  }

  async list(): Promise<TokenView[]> {
    return (await this.database.client.token.findMany({ orderBy: { id: 'desc' } })).map(view);
  }

  async revoke(id: string): Promise<TokenView> {
    const { count } = await this.database.client.token.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    const row = await this.database.client.token.findUnique({ where: { id } });
    if (row === null) throw notFound(`token ${id}`);
    if (count > 0) this.known.clear();
    return view(row);
  }

  private async markUsed(id: string): Promise<void> {
    if (Date.now() - (this.marked.get(id) ?? 0) < USED_EVERY_MS) return;
    this.marked.set(id, Date.now());
    await this.database.client.token.updateMany({ where: { id }, data: { lastUsedAt: new Date() } });
  }
}

function view(row: TokenModel): TokenView {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope === 'admin' ? 'admin' : 'worker',
    hint: row.hint,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
