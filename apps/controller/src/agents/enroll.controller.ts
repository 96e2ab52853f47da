import { Body, Catch, Controller, HttpCode, Inject, Post, UseFilters, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { AppError, type ErrorCode } from '@usher/contracts';
import { Logger } from '@usher/platform';
import { ConcurrencyLimit, TokenBucket, type Clock } from '@usher/resilience';
import type { z } from 'zod';
import { CLOCK } from '../infrastructure.js';
import { ChallengeRequest, EnrollmentService, EnrollRequest, type EnrollAnswer } from './enrollment.service.js';

const STATUS: Partial<Record<ErrorCode, number>> = { VALIDATION_FAILED: 400, ENROLLMENT_REFUSED: 403, RATE_LIMITED: 429, SERVER_BUSY: 503 };

interface HttpReply {
  status(code: number): HttpReply;
  header(name: string, value: string): HttpReply;
  send(body: unknown): void;
}

/** AppError → HTTP; anything else leaves as INTERNAL, without its text. */
@Catch()
export class EnrollErrorsFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const known = error instanceof AppError ? error : new AppError('INTERNAL', 'Something went wrong inside Usher.', {}, { cause: error });
    if (known === error) this.logger.warn('enrollment.refused', 'An enrollment was refused.', { error: known });
    else this.logger.error('enrollment.failed', 'An enrollment failed.', { error });
    const reply = host.switchToHttp().getResponse<HttpReply>();
    const body = { code: known.code, message: known.message, details: known.details, next: known.next };
    reply.status(STATUS[known.code] ?? 500).header('cache-control', 'no-store').send(body);
  }
}

/** Open to the network before any sign-in, so it takes only so many calls a second and signs only a few at once. */
@Controller('agents/enroll')
@UseFilters(EnrollErrorsFilter)
export class EnrollController {
  private readonly bucket: TokenBucket;
  /** Signing is pure CPU; more at once would only slow everything else. */
  private readonly signing = new ConcurrencyLimit({ max: 2, queue: 200 });

  constructor(
    private readonly enrollment: EnrollmentService,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.bucket = new TokenBucket({ ratePerS: 50, burst: 500 }, clock);
  }

  @Post('challenge')
  @HttpCode(200)
  challenge(@Body() body: unknown): { nonce: string } {
    this.limit();
    return this.enrollment.challenge(parse(ChallengeRequest, body));
  }

  @Post()
  @HttpCode(200)
  async enroll(@Body() body: unknown): Promise<EnrollAnswer> {
    this.limit();
    const request = parse(EnrollRequest, body);
    return await this.signing.run(() => this.enrollment.enroll(request));
  }

  private limit(): void {
    if (this.bucket.take()) return;
    throw new AppError('RATE_LIMITED', 'Too many enrollments at once.', { retryAfterMs: this.bucket.retryAfterMs() });
  }
}

function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new AppError('VALIDATION_FAILED', `The field ${field || 'body'} is not usable.`, { field });
}
