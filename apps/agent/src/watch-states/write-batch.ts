import { AppError, differingFields, type PlanRowOf, type WatchState, type WriteOutcome, type WrittenRow } from '@usher/contracts';
import type { MediaServer } from '@usher/media-server';
import { TokenBucket, withTimeout, type Clock } from '@usher/resilience';
import type { Grant } from '../tickets/grant.js';
import { stateToWrite, stepOf } from '../tickets/planned-row.js';
import { FRESH_MS, type OwnRead, type StateReader } from './state-reader.service.js';
import { asAppError, endsTheBatch, isUncertain, retryAfterOf } from './write-failure.js';
import type { BegunRow, WriteLog } from './write-log.js';

/** A vendor that did not answer by then may still do what it was asked, a little later. */
export const WRITE_TIMEOUT_MS = 10_000;
export const QUIET_MS = 1_000;
/** No write begins after this, so that the answer is back within the command's own time. */
const BUDGET_MS = 240_000;
/** A timer is no finer than this; faster rates take several at once. */
const TICK_MS = 20;

/** One row of the batch on its way. */
export interface BatchRow extends BegunRow {
  readonly row: PlanRowOf<'watch-state.set'>;
  /** What is to stand there. */
  readonly to: WatchState;
  /** Begun before and never settled: whatever state it is in, this agent may have made it. */
  readonly isBegun: boolean;
}

interface Attempt {
  readonly before: WatchState;
  /** Null = the server took it. */
  readonly error: AppError | null;
}

export interface BatchTerms {
  readonly server: MediaServer;
  readonly userId: string;
  readonly grant: Grant;
  readonly atOnce: number;
  readonly maxPerSecond: number | null;
  readonly reader: StateReader;
  readonly log: WriteLog;
  /** Aborted when the agent stops. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Writes rows that are on record as begun, and finds out by reading what became of each. */
export class WriteBatch {
  readonly results = new Map<number, WrittenRow>();
  requests = 0;
  retryAfterMs: number | null = null;
  private stopped: AppError | null = null;
  private isAnyUncertain = false;
  private readonly attempts = new Map<number, Attempt>();
  private readonly startedMs: number;
  private readonly bucket: TokenBucket | null;
  private refreshing: Promise<OwnRead> | null = null;
  /** Rows of which nothing has been sent yet. */
  private readonly waiting = new Set<BatchRow>();
  /** Aborted when the agent stops or the leave is over. */
  private readonly wake: AbortSignal;

  constructor(
    private readonly terms: BatchTerms,
    private own: OwnRead,
  ) {
    const { clock, maxPerSecond, signal, grant } = terms;
    this.startedMs = clock.monotonicMs();
    this.bucket = maxPerSecond === null ? null : new TokenBucket({ ratePerS: maxPerSecond, burst: Math.max(1, (maxPerSecond * TICK_MS) / 1_000) }, clock);
    this.wake = AbortSignal.any([signal, grant.signal]);
  }

  /** Rows that are on record as taken by the server are not written again; they are read with the others. */
  async run(rows: readonly BatchRow[], taken: readonly BatchRow[]): Promise<void> {
    for (const row of rows) this.waiting.add(row);
    const queue = [...rows];
    const work = async (): Promise<void> => {
      while (queue.length > 0) {
        // Its turn first, then the row: so they leave in their order.
        const isLeft = await this.isLeft();
        const next = queue.shift();
        if (next) await this.writeOne(next, isLeft);
      }
    };
    await Promise.all(Array.from({ length: this.width() }, work));
    await this.terms.log.flush();
    await this.settle(rows.filter(({ n }) => this.attempts.has(n)), taken);
  }

  /** Where only the order of writing tells the order of plays, rows go one after another. */
  private width(): number {
    const { server, atOnce } = this.terms;
    return server.capabilities.has('watchStates.playedAt') ? Math.min(atOnce, server.limits.parallelWrites) : 1;
  }

  private async writeOne(batchRow: BatchRow, isLeft: boolean): Promise<void> {
    const { row, to, isBegun } = batchRow;
    const now = isLeft ? await this.nowOf(row.to.itemVendorId) : undefined;
    this.waiting.delete(batchRow);
    if (now === undefined) return this.refuse(batchRow);
    if (now === null) return this.conclude(batchRow, 'not-visible', null, 'NOT_FOUND');
    const step = stepOf(row, to, now, isBegun);
    if (step === 'same') return this.conclude(batchRow, isBegun ? 'written' : 'same', now, null);
    if (step === 'moved') return this.conclude(batchRow, 'differs', now, 'TARGET_CHANGED');
    await this.attempt(batchRow, now);
  }

  /** The title as it was at most two seconds ago, null when it is not there; undefined when nothing more may be written. */
  private async nowOf(itemVendorId: string): Promise<WatchState | null | undefined> {
    const isFresh = this.terms.clock.monotonicMs() - this.own.atMs <= FRESH_MS;
    const isLeft = isFresh || ((await this.refresh()) && (await this.isLeft(false)));
    return isLeft ? (this.own.states.get(itemVendorId) ?? null) : undefined;
  }

  /** Waits for its turn by the rate; false when nothing more may be written. */
  private async isLeft(isPaced = true): Promise<boolean> {
    const { clock, signal, grant } = this.terms;
    while (!this.stopped) {
      signal.throwIfAborted();
      this.stopped ??= grant.refusal();
      if (clock.monotonicMs() - this.startedMs > BUDGET_MS) this.stopped ??= new AppError('TIMED_OUT', 'There was no time left for the rest of the batch.');
      if (this.stopped || !isPaced || !this.bucket || this.bucket.take()) break;
      await clock.sleep(this.bucket.retryAfterMs(), this.wake).catch(() => undefined);
    }
    return this.stopped === null;
  }

  /** Reads every row that waits; all workers share one reading. False when it failed, and the batch with it. */
  private async refresh(): Promise<boolean> {
    const { reader, server, userId } = this.terms;
    this.refreshing ??= reader.anew(server, userId, [...this.waiting].map(({ row }) => row.to.itemVendorId)).finally(() => {
      this.refreshing = null;
      this.requests++;
    });
    try {
      this.own = await this.refreshing;
      return true;
    } catch (error) {
      this.stop(asAppError(error));
      return false;
    }
  }

  private async attempt(batchRow: BatchRow, before: WatchState): Promise<void> {
    const { n, row, to } = batchRow;
    const { server, userId, grant, log, clock, signal } = this.terms;
    const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
    this.requests++;
    try {
      await withTimeout(() => server.watchStates.set(userId, stateToWrite(row, to, before), before), WRITE_TIMEOUT_MS, onTimeout, clock);
      log.done(grant.planSha256, batchRow);
      this.attempts.set(n, { before, error: null });
    } catch (failure) {
      // Stopped in the middle: what became of it is found out after the next start.
      signal.throwIfAborted();
      const error = asAppError(failure);
      this.attempts.set(n, { before, error });
      this.isAnyUncertain ||= isUncertain(error);
      if (endsTheBatch(error)) this.stop(error);
    }
  }

  private stop(error: AppError): void {
    this.stopped ??= error;
    this.retryAfterMs = Math.max(this.retryAfterMs ?? 0, retryAfterOf(error) ?? 0) || this.retryAfterMs;
  }

  private refuse(row: BatchRow): void {
    this.conclude(row, 'refused', null, this.stopped!.code);
  }

  /** Reads back what was tried, all at once. A row that was left half written is finished, once. */
  private async settle(tried: readonly BatchRow[], taken: readonly BatchRow[]): Promise<void> {
    const certainlyNot = tried.filter(({ n }) => isRefusal(this.attempts.get(n)!));
    for (const row of certainlyNot) this.conclude(row, 'refused', null, this.attempts.get(row.n)!.error!.code);
    const open = [...tried.filter(({ n }) => !isRefusal(this.attempts.get(n)!)), ...taken];
    if (open.length === 0) return;
    if (this.isAnyUncertain) await this.terms.clock.sleep(QUIET_MS, this.terms.signal);
    const halfWritten = await this.readBack(open, false);
    if (halfWritten.length === 0) return;
    for (const row of halfWritten) {
      const now = this.own.states.get(row.row.to.itemVendorId);
      if (now && (await this.isLeft())) await this.attempt(row, now);
    }
    await this.terms.log.flush();
    await this.readBack(halfWritten, true);
  }

  /** Concludes what can be concluded; the rest was left in a state that is neither that of before nor the one wanted. */
  private async readBack(open: readonly BatchRow[], isLast: boolean): Promise<BatchRow[]> {
    const { reader, server, userId, signal } = this.terms;
    try {
      this.own = await reader.anew(server, userId, open.map(({ row }) => row.to.itemVendorId));
      this.requests++;
    } catch (error) {
      signal.throwIfAborted();
      for (const { n } of open) this.results.set(n, { n, outcome: 'unknown', now: null, code: asAppError(error).code });
      return [];
    }
    return open.filter((row) => !this.concludeByReading(row, this.own.states.get(row.row.to.itemVendorId) ?? null, isLast));
  }

  private concludeByReading(batchRow: BatchRow, now: WatchState | null, isLast: boolean): boolean {
    const { row, to, n } = batchRow;
    const attempt = this.attempts.get(n);
    if (now === null) this.conclude(batchRow, 'not-visible', null, 'NOT_FOUND');
    else if (differingFields(row, to, now).length === 0) this.conclude(batchRow, 'written', now, null);
    // Taken by the server before the agent was restarted, and changed by somebody since.
    else if (!attempt) this.conclude(batchRow, 'differs', now, 'TARGET_CHANGED');
    else if (!attempt.error) this.conclude(batchRow, 'differs', now, 'CAPABILITY_CHANGED');
    else if (isLast || differingFields({ ...row, loss: [] }, attempt.before, now).length === 0) this.conclude(batchRow, 'failed', now, attempt.error.code);
    else return false;
    return true;
  }

  private conclude(row: BatchRow, outcome: WriteOutcome, now: WatchState | null, code: string | null): void {
    this.results.set(row.n, { n: row.n, outcome, now, code });
    if (outcome !== 'written') this.terms.log.over(this.terms.grant.planSha256, row);
  }
}

/** The server said no before it did anything. */
function isRefusal({ error }: Attempt): boolean {
  return error !== null && endsTheBatch(error) && !isUncertain(error);
}
