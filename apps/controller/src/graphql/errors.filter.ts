import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { AppError, ERROR_CODES, type ErrorCode } from '@usher/contracts';
import { currentContext, Logger } from '@usher/platform';
import type { FastifyReply } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/**
 * The one place where an error becomes an answer, over HTTP and over WebSocket. An AppError keeps its code, message and
 * details; what the client's own document did wrong is VALIDATION_FAILED; everything else is INTERNAL and says nothing.
 */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  /** Nest's edge: GraphQL resolvers throw on, plain HTTP gets JSON. */
  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() !== 'http') return error;
    const answer = this.toAppError(error);
    this.log(answer, error);
    const { message, extensions } = publicError(answer);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (answer.details['retryAfterMs']) void reply.header('retry-after', String(Math.ceil(Number(answer.details['retryAfterMs']) / 1000)));
    return reply.status(httpStatus(answer, error)).send({ errors: [{ message, extensions }] });
  }

  /** Apollo's and graphql-ws's edge. */
  format(error: unknown): GraphQLFormattedError {
    const outer = error instanceof GraphQLError ? error : null;
    const cause = innermost(error);
    // Without a path nothing of ours ran yet: the document or its variables are at fault.
    const answer = outer && !outer.path && cause instanceof GraphQLError ? clientError(outer) : this.toAppError(cause);
    this.log(answer, cause);
    return { ...publicError(answer), ...(outer?.path && { path: outer.path }) };
  }

  private toAppError(error: unknown): AppError {
    if (error instanceof AppError) return error;
    const status = statusOf(error);
    if (status === 404) return new AppError('NOT_FOUND', 'There is nothing at this address.');
    if (status === 413) return new AppError('VALIDATION_FAILED', 'The request is too large: at most 256 KiB.', { reason: 'too-large' });
    if (status >= 400 && status < 500) return new AppError('VALIDATION_FAILED', 'The request could not be read.');
    return new AppError('INTERNAL', 'Something went wrong inside Usher.');
  }

  private log(answer: AppError, cause: unknown): void {
    const fields = { code: answer.code, error: cause };
    if (answer.family === 'bug') this.logger.error('request.failed', 'A request failed unexpectedly.', fields);
    else if (answer.family === 'input') this.logger.info('request.refused', answer.message, { code: answer.code });
    else this.logger.warn('request.refused', answer.message, { code: answer.code });
  }
}

/** What was thrown first; graphql-js wraps errors to add places to them. */
function innermost(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? innermost(error.originalError) : error;
}

function publicError(error: AppError): { message: string; extensions: Record<string, unknown> } {
  const { code, family, next, details, retryable } = error;
  return { message: error.message, extensions: { code, family, next, retryable, details: { ...details }, correlationId: currentContext().correlationId ?? null } };
}

const STATUS: Partial<Record<ErrorCode, number>> = { UNAUTHENTICATED: 401, NOT_FOUND: 404, RATE_LIMITED: 429, SERVER_BUSY: 503 };
const FAMILY_STATUS = { input: 400, access: 403, vendor: 502, fleet: 503, bug: 500 } as const;

function httpStatus(answer: AppError, error: unknown): number {
  const own = statusOf(error);
  if (!(error instanceof AppError) && own >= 400 && own < 500) return own;
  return STATUS[answer.code] ?? FAMILY_STATUS[ERROR_CODES[answer.code].family];
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  return Number((error as { statusCode?: unknown } | null)?.statusCode ?? 500);
}

/** Texts of graphql-js that name nothing but the schema; any other may repeat a value, which may be a key. */
const HARMLESS = [
  /^Cannot query field "\w+" on type "\w+"\./,
  /^Unknown argument "\w+" on field "[\w.]+"\./,
  /^Unknown type "\w+"\./,
  /^Unknown fragment "\w+"\./,
  /^Field "\w+" argument "\w+" of type "[\w![\]]+" is required, but it was not provided\./,
  /^Variable "\$\w+" of required type "[\w![\]]+" was not provided\./,
  /^Variable "\$\w+" is not defined/,
  /^The operation is too [a-z ]+: at most \d+\.$/,
  /^Syntax Error: Document contains more tha[nt] \d+ tokens/,
  /^Must provide (an operation|operation name)/,
];
const MISSING_FIELD = /; Field "(\w+)" of required type "[\w![\]]+" was not provided\./;
const UNKNOWN_FIELD = /; Field "(\w+)" is not defined by type "\w+"/;
const AT_PATH = /^Variable "\$(\w+)" got invalid value .*? at "([\w.[\]]+)"; /s;
const AT_VARIABLE = /^Variable "\$(\w+)" got invalid value /;

/** What graphql-js says about a document or its variables, without any value that was sent and without suggestions. */
function clientError(error: GraphQLError): AppError {
  const { message } = error;
  const harmless = HARMLESS.map((pattern) => pattern.exec(message)?.[0]).find((text) => text !== undefined);
  if (harmless) return new AppError('VALIDATION_FAILED', harmless);
  if (/introspection/i.test(message)) return new AppError('VALIDATION_FAILED', 'Introspection is switched off.');
  const base = AT_PATH.exec(message)?.[2] ?? AT_VARIABLE.exec(message)?.[1];
  const missing = MISSING_FIELD.exec(message)?.[1];
  const unknown = UNKNOWN_FIELD.exec(message)?.[1];
  const field = [base?.replace(/^input\.?/, ''), missing ?? unknown].filter(Boolean).join('.');
  if (missing) return new AppError('VALIDATION_FAILED', `${field} is required.`, { field });
  if (unknown) return new AppError('VALIDATION_FAILED', `${field} is not known here.`, { field });
  if (base !== undefined) return new AppError('VALIDATION_FAILED', `${field || 'input'} has the wrong type.`, { field });
  const at = error.locations?.[0];
  return new AppError('VALIDATION_FAILED', `The operation does not fit the schema${at ? ` (line ${at.line}, column ${at.column})` : ''}.`);
}
