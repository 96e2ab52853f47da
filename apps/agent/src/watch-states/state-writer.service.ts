import type { WatchState, WrittenRow, applyWatchStates } from '@usher/contracts';
import type { Clock, ConcurrencyLimit } from '@usher/resilience';
import { sha256Hex } from '@usher/security';
import type { z } from 'zod';
import type { ServerProvider } from '../server/server.provider.js';
import { splitBySize } from '../storage/split-by-size.js';
import type { Grant } from '../tickets/grant.js';
import type { HeldPlans } from '../tickets/held-plans.js';
import { rowOf, stepOf } from '../tickets/planned-row.js';
import type { TicketGuard } from '../tickets/ticket.guard.js';
import type { StateReader } from './state-reader.service.js';
import { WriteBatch, type BatchRow } from './write-batch.js';
import type { WriteLog } from './write-log.js';

/** A result part is at most 128 KiB, with its frame. */
const MAX_PART_BYTES = 120 * 1024;

type Request = z.infer<typeof applyWatchStates.request>;
type Reply = z.input<typeof applyWatchStates.reply>;

export interface StateWriterOptions {
  readonly provider: Pick<ServerProvider, 'current'>;
  readonly guard: Pick<TicketGuard, 'with'>;
  readonly plans: Pick<HeldPlans, 'ledger'>;
  /** The account that rows of a plan write to. */
  readonly accountOf: (grant: Grant, row: { u: number }) => string;
  readonly reader: StateReader;
  readonly log: WriteLog;
  /** Everything that is written to this server for migrations, one after another. */
  readonly writes: ConcurrencyLimit;
  /** How many people watch now. */
  readonly streams: () => number;
  readonly clock: Clock;
}

/** Writes batches of watch states, as the approved plan wants them. */
export class StateWriter {
  constructor(private readonly options: StateWriterOptions) {}

  /** In parts; together one row per row, in the order asked for. @throws AppError those of the guard, and of the adapter while nothing has been written */
  async apply(commandId: string, request: Request, signal: AbortSignal): Promise<Reply[]> {
    const { guard, writes, clock, streams } = this.options;
    const { results, requests, retryAfterMs, tookMs } = await guard.with(commandId, (grant) =>
      writes.run(async () => {
        const startedMs = clock.monotonicMs();
        const batch = await this.write(grant, request, signal);
        return { ...batch, tookMs: Math.round(clock.monotonicMs() - startedMs) };
      }, signal),
    );
    return splitBySize(results, MAX_PART_BYTES).map((rows) => ({ rows, streams: streams(), requests, tookMs, retryAfterMs }));
  }

  private async write(grant: Grant, { atOnce, maxPerSecond }: Request, signal: AbortSignal) {
    const { provider, reader, log, accountOf, clock } = this.options;
    const server = provider.current();
    for (const capability of ['watchStates.read', 'watchStates.write'] as const) server.capabilities.require(capability);
    const rows = this.rowsOf(grant);
    const userId = accountOf(grant, rows[0]!.row);
    // A process of before may have been killed in the middle: what it sent must have landed before anything is read.
    if (log.quietMs() > 0) await clock.sleep(log.quietMs(), signal);
    try {
      const own = await reader.fresh(server, userId, rows.map(({ row }) => row.to.itemVendorId));
      const batch = new WriteBatch({ server, userId, grant, atOnce, maxPerSecond, reader, log, signal, clock }, own);
      const { toWrite, taken, settled } = await this.begin(grant, rows, (row) => own.states.get(row.row.to.itemVendorId) ?? null);
      await batch.run(toWrite, taken);
      const results = rows.map(({ n }): WrittenRow => settled.get(n) ?? batch.results.get(n)!);
      return { results, requests: own.requests + batch.requests, retryAfterMs: batch.retryAfterMs };
    } finally {
      reader.forget();
    }
  }

  private rowsOf({ planSha256, rows, named }: Grant): BatchRow[] {
    return rows.map((planned, index) => {
      const row = rowOf('watch-state.set', planned);
      const to = named[index]?.to ?? row.to;
      const begun = { n: row.n, key: sha256Hex(JSON.stringify(to)) };
      return { ...begun, row, to, isBegun: this.options.log.known(planSha256, begun) === 'open' };
    });
  }

  /** Sorts out what needs no write, and puts on record what will be written, as far as the approval's limit allows. */
  private async begin(grant: Grant, rows: readonly BatchRow[], nowOf: (row: BatchRow) => WatchState | null) {
    const { log, plans, clock } = this.options;
    const settled = new Map<number, WrittenRow>();
    const settle = (n: number, outcome: WrittenRow['outcome'], now: WrittenRow['now'], code: string | null) => settled.set(n, { n, outcome, now, code });
    const taken = rows.filter((row) => log.known(grant.planSha256, row) === 'done');
    const wanted = rows.filter((row) => {
      if (taken.includes(row)) return false;
      const now = nowOf(row);
      if (now === null) settle(row.n, 'not-visible', null, 'NOT_FOUND');
      else if (!row.isBegun && stepOf(row.row, row.to, now, false) === 'same') settle(row.n, 'same', now, null);
      else return true;
      return false;
    });
    const ledger = await plans.ledger(grant.planSha256);
    const tooMany = new Set(ledger.overLimit(wanted.map(({ n }) => n), grant.maxWrites));
    for (const n of tooMany) settle(n, 'refused', null, 'TICKET_INVALID');
    const toWrite = wanted.filter(({ n }) => !tooMany.has(n));
    if (toWrite.length > 0) {
      await ledger.begin(toWrite.map(({ n }) => n), clock.now());
      await log.begin(grant.planSha256, [...toWrite, ...taken]);
    }
    return { toWrite, taken, settled };
  }
}
