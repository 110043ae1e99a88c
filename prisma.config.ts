import { defineConfig } from 'prisma/config';

/** Only `prisma generate` is used; migrations are applied by scripts/migrate.mjs. */
export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
