import { defineConfig } from 'prisma/config';

/** The only place where Prisma's command line learns an address; without one only offline commands work. */
const url = process.env['USHER_DATABASE_OWNER_URL'] ?? process.env['USHER_DATABASE_URL'];
const shadowDatabaseUrl = process.env['USHER_SHADOW_DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url ? { datasource: { url, ...(shadowDatabaseUrl ? { shadowDatabaseUrl } : {}) } } : {}),
});
