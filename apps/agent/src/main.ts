import { createLogger, ConfigError, runService } from '@usher/platform';
import { scrubSecrets } from '@usher/security';
import { readConfig, type AgentHostConfig } from './config.js';
import { start } from './index.js';

/** The agent host as a process of its own. */
async function main(config: AgentHostConfig): Promise<void> {
  const logger = createLogger({ service: 'agent', level: config.logLevel, scrub: scrubSecrets });
  const service = await start(config, { logger });
  await runService(service, { bind: config.bind, port: config.healthPort, logger });
}

try {
  await main(readConfig());
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : scrubSecrets(String((error as Error).stack))}\n`);
  process.exit(1);
}
