import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@usher/platform';

/** What Nest itself has to say, as lines of ours: its routine at debug, its troubles as they are. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown): void {
    this.logger.debug('nest.reported', String(message));
  }

  debug(message: unknown): void {
    this.logger.debug('nest.reported', String(message));
  }

  verbose(message: unknown): void {
    this.logger.debug('nest.reported', String(message));
  }

  warn(message: unknown): void {
    this.logger.warn('nest.warned', String(message));
  }

  error(message: unknown): void {
    this.logger.error('nest.failed', message instanceof Error ? message.message : String(message), message instanceof Error ? { error: message } : undefined);
  }

  fatal(message: unknown): void {
    this.error(message);
  }
}
