import { scrubSecrets } from '@usher/bus';
import { ConfigError, createLogger, runService } from '@usher/platform';
import { readRouterConfig, type RouterConfig } from './config.js';
import { start } from './start.js';

/** The router as a process of its own. */
async function main(config: RouterConfig): Promise<void> {
  const logger = createLogger({ service: 'router', level: config.logLevel, scrub: scrubSecrets });
  const service = await start(config, { logger });
  await runService(service, { bind: config.bind, port: config.port, logger });
}

try {
  await main(readRouterConfig());
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : scrubSecrets(String((error as Error).stack))}\n`);
  process.exit(1);
}
