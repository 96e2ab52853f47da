import { AppError, type NoticeOutcome, type NoticeReason, type VendorSession, type showNotice } from '@usher/contracts';
import type { MediaServer } from '@usher/media-server';
import type { Logger } from '@usher/platform';
import { Coalesce, withTimeout, type Clock } from '@usher/resilience';
import type { z } from 'zod';
import type { ServerProvider } from '../server/server.provider.js';
import type { NoticeEntries, NoticeLog, SentResult } from './notice-log.js';

/** Below the command's own time, so that the counts travel back. */
const WORK_MS = 9_000;
const CALL_TIMEOUT_MS = 4_500;
const AT_ONCE = 4;
const MAX_REASONS = 20;
/** Nothing left this machine: the connection was never made. */
const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

type Request = z.infer<typeof showNotice.request>;

export interface NoticeSenderOptions {
  readonly provider: Pick<ServerProvider, 'current'>;
  readonly log: NoticeLog;
  /** Leaves out the devices that the operator ignores. */
  readonly visible: (sessions: readonly VendorSession[]) => readonly VendorSession[];
  /** Epoch ms by the controller's clock. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sends a notice to every session that can show it, to each at most once, however often it is asked to. */
export class NoticeSender {
  private readonly underWay = new Coalesce<NoticeOutcome>();

  constructor(private readonly options: NoticeSenderOptions) {}

  /** Commands of one notice that come together are one. @throws AppError CAPABILITY_MISSING, and those of the adapter that no waiting heals */
  show(request: Request): Promise<NoticeOutcome> {
    return this.underWay.run(request.noticeId, () => this.send(request));
  }

  private async send(request: Request): Promise<NoticeOutcome> {
    if (this.options.now() >= Date.parse(request.expiresAt)) return this.outcome(request, [], false, new AppError('TIMED_OUT', 'It expired before it could be sent.'));
    let sessions: readonly VendorSession[];
    let server: MediaServer;
    try {
      server = this.options.provider.current();
      server.capabilities.require('sessions.message');
      sessions = this.options.visible(await this.inTime(() => server.sessions.list()));
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) throw error;
      // The command has its answer with this; another one goes on.
      return this.outcome(request, [], true, error);
    }
    const stopped = await this.sendAll(server, request, sessions);
    return this.outcome(request, sessions, stopped !== null, stopped);
  }

  /** Null when everybody who could be reached was; else why it stopped. */
  private async sendAll(server: MediaServer, request: Request, sessions: readonly VendorSession[]): Promise<AppError | null> {
    const { log, clock } = this.options;
    const known = log.of(request.noticeId);
    const waiting = wanted(request, sessions).filter((session) => session.controls.message && !known.has(session.vendorId));
    const endMs = clock.monotonicMs() + WORK_MS;
    let stopped: AppError | null = null;
    const work = async (): Promise<void> => {
      for (let session = waiting.shift(); session && !stopped; session = waiting.shift()) {
        if (clock.monotonicMs() > endMs) stopped ??= new AppError('TIMED_OUT', 'There are more sessions than could be sent it at once; it goes on.');
        else stopped = (await this.sendOne(server, request, session.vendorId)) ?? stopped;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return stopped;
  }

  /** Written down before and after. The error when the server is away and nothing more needs to be tried now. */
  private async sendOne(server: MediaServer, { noticeId, text }: Request, session: string): Promise<AppError | null> {
    const { log, logger } = this.options;
    await log.begin(noticeId, session);
    try {
      await this.inTime(() => server.sessions.message(session, text));
      await log.end(noticeId, session, { r: 'sent' });
      return null;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (neverLeft(error)) {
        await log.end(noticeId, session, { r: 'open' });
        return error.retryable ? error : null;
      }
      logger.info('notice.not_sent', 'A session could not be sent a notice.', { noticeId, code: error.code });
      await log.end(noticeId, session, { r: 'failed', code: error.code, message: error.message.slice(0, 300) });
      return null;
    }
  }

  /** The counts of the notice as a whole, from the disk. */
  private outcome(request: Request, sessions: readonly VendorSession[], again: boolean, stopped: AppError | null): NoticeOutcome {
    const known = this.options.log.of(request.noticeId);
    const unable = wanted(request, sessions).filter((session) => !known.has(session.vendorId) && !session.controls.message);
    const gone = stopped ? [] : (request.sessionVendorIds ?? []).filter((id) => !known.has(id) && !sessions.some((session) => session.vendorId === id));
    const results = [...known.values()];
    return {
      sent: results.filter((result) => result?.r === 'sent').length,
      unsupported: unable.length,
      failed: results.filter((result) => result?.r !== 'sent').length + gone.length,
      again,
      reasons: reasonsOf(known, unable, gone.length, stopped),
    };
  }

  private inTime<T>(call: () => Promise<T>): Promise<T> {
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    return withTimeout(call, CALL_TIMEOUT_MS, onTimeout, this.options.clock);
  }
}

function wanted({ sessionVendorIds }: Request, sessions: readonly VendorSession[]): VendorSession[] {
  return sessions.filter((session) => sessionVendorIds === null || sessionVendorIds.includes(session.vendorId));
}

/** True when the text certainly did not reach the server, or the client was found unable before. */
function neverLeft(error: AppError): boolean {
  if (error.code === 'SERVER_RATE_LIMITED' || error.code === 'SERVER_BUSY' || error.code === 'CAPABILITY_MISSING') return true;
  if (error.code !== 'SERVER_UNREACHABLE') return false;
  if (['dns', 'tls', 'starting'].includes(String(error.details['reason']))) return true;
  for (let cause = error.cause; cause !== null && typeof cause === 'object'; cause = (cause as Error).cause) {
    if (NEVER_LEFT.has(String((cause as { code?: unknown }).code))) return true;
  }
  return false;
}

function reasonsOf(known: NoticeEntries, unable: readonly VendorSession[], gone: number, stopped: AppError | null): NoticeReason[] {
  const reasons = new Map<string, NoticeReason>();
  const add = (code: string, message: string, count: number): void => {
    const before = reasons.get(`${code} ${message}`);
    reasons.set(`${code} ${message}`, { code, message: message.slice(0, 300), count: (before?.count ?? 0) + count });
  };
  if (stopped) add(stopped.code, stopped.message, 0);
  for (const result of known.values()) {
    const failure = failureOf(result);
    if (failure) add(failure.code, failure.message, 1);
  }
  if (gone > 0) add('NOT_FOUND', 'This session is gone.', gone);
  for (const { client } of unable) add('CAPABILITY_MISSING', `${client ?? 'An unknown client'} keeps no open connection.`, 1);
  return [...reasons.values()].slice(0, MAX_REASONS);
}

function failureOf(result: SentResult | null): { code: string; message: string } | null {
  if (result === null) return { code: 'AGENT_TIMEOUT', message: 'The agent was restarted while it sent it; it is not sent twice.' };
  return result.r === 'failed' ? result : null;
}
