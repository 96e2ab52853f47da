import { AppError } from '@usher/contracts';
import pino, { type DestinationStream, type Logger as Pino } from 'pino';
import { currentContext } from './context.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
  /** Last guard before a line is written: takes secrets out of the finished text. */
  readonly scrub?: (line: string) => string;
  readonly destination?: DestinationStream;
}

/** One JSON line per event: `noun.past`, a message, fields. `server_id` stands on every line (`fleet` when none). */
export class Logger {
  constructor(private readonly pino: Pino) {}

  child(fields: LogFields): Logger {
    return new Logger(this.pino.child(fields));
  }

  debug(event: string, msg: string, fields?: LogFields): void {
    this.write('debug', event, msg, fields);
  }

  info(event: string, msg: string, fields?: LogFields): void {
    this.write('info', event, msg, fields);
  }

  warn(event: string, msg: string, fields?: LogFields): void {
    this.write('warn', event, msg, fields);
  }

  error(event: string, msg: string, fields?: LogFields): void {
    this.write('error', event, msg, fields);
  }

  private write(level: LogLevel, event: string, msg: string, fields: LogFields = {}): void {
    const { serverId, correlationId, traceId } = currentContext();
    const { error, ...rest } = fields;
    this.pino[level](
      {
        event,
        server_id: serverId ?? 'fleet',
        ...(correlationId && { correlation_id: correlationId }),
        ...(traceId && { trace_id: traceId }),
        ...rest,
        ...(error !== undefined && { error: describeError(error) }),
      },
      msg,
    );
  }
}

/** An error by allow-list: code, family and message of ours; of others name, message and stack. */
function describeError(error: unknown): LogFields {
  if (error instanceof AppError) {
    const own = { code: error.code, family: error.family, message: error.message, details: error.details };
    return error.family === 'bug' ? { ...own, stack: error.stack } : own;
  }
  if (error instanceof Error) return { name: error.name, message: error.message, stack: error.stack };
  return { message: String(error) };
}

export function createLogger(options: LoggerOptions): Logger {
  const out = options.destination ?? pino.destination({ dest: 1, sync: true });
  const scrub = options.scrub ?? ((line: string) => line);
  const destination: DestinationStream = {
    write(line) {
      out.write(scrub(line));
    },
  };
  return new Logger(
    pino(
      {
        level: options.level,
        base: { service: options.service },
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
      },
      destination,
    ),
  );
}
