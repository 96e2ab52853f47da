import { scrubSecrets } from '@usher/bus';
import { ConfigError, createLogger, runService } from '@usher/platform';
import { readMigrationConfig, type MigrationConfig } from './config.js';
import { start } from './start.js';

/** The migration service as a process of its own. */
async function main(config: MigrationConfig): Promise<void> {
  const logger = createLogger({ service: 'migration', level: config.logLevel, scrub: scrubSecrets });
  const service = await start(config, { logger });
  await runService(service, { bind: config.bind, port: config.port, logger });
}

try {
  await main(readMigrationConfig());
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : scrubSecrets(String((error as Error).stack))}\n`);
  process.exit(1);
}
