import path from 'node:path';
import { commonVars, envVar, loadConfig, type ConfigOf } from '@usher/platform';
import { z } from 'zod';

/** Everything that the migration service can be told. */
export const migrationVars = {
  logLevel: commonVars.logLevel,
  dataDir: commonVars.dataDir,
  databaseUrl: commonVars.databaseUrl,
  redisUrl: commonVars.redisUrl,
  natsUrl: commonVars.natsUrl,
  natsCaFile: commonVars.natsCaFile,
  bind: commonVars.bind,
  port: envVar({
    name: 'USHER_MIGRATION_PORT',
    schema: z.coerce.number().int().min(0).max(65_535),
    default: 8750,
    description: 'port of health checks, when the migration service runs as a process of its own',
  }),
  loginFile: envVar({
    name: 'USHER_MIGRATION_LOGIN_FILE',
    schema: z.string().min(1).optional(),
    description: 'broker login and signing key of the migration service, made by `broker-config`; default keys/migration.login.json in the data directory',
  }),
};

export type MigrationConfig = ConfigOf<typeof migrationVars>;

/** @throws ConfigError with all problems */
export function readMigrationConfig(env: Record<string, string | undefined> = process.env): MigrationConfig {
  return loadConfig(migrationVars, env);
}

export function loginFileOf(config: Pick<MigrationConfig, 'loginFile' | 'dataDir'>): string {
  return config.loginFile ?? path.join(config.dataDir, 'keys', 'migration.login.json');
}
