import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, PlanHeader, PlanRow, Sha256Hex } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { BoundedCache, type Clock } from '@usher/resilience';
import { planHash, sha256Hex } from '@usher/security';
import { parseJson, replaceFile } from '../storage/state-file.js';
import { PlanLedger } from './plan-ledger.js';

const DAY_MS = 86_400_000;
/** A plan that nobody used for so long is handed over again when it is needed. */
const KEEP_PLAN_MS = 7 * DAY_MS;
/** What was done under a plan is kept beyond the time in which it can be taken back. */
const KEEP_LEDGER_MS = 40 * DAY_MS;
const LEDGER = 'state.json';
const HEADER = 'header.json';

type Chunk = PlanHeader['chunks'][number];

/**
 * The approved plans that this agent carries out, on disk: header and chunks byte for byte, each checked against the hash that
 * people approved when it comes and again when it is read. Rows are taken from here and never from a command.
 */
export class HeldPlans {
  private readonly headers: BoundedCache<string, PlanHeader>;
  private readonly chunks: BoundedCache<string, readonly PlanRow[]>;
  private readonly ledgers = new Map<string, Promise<PlanLedger>>();
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.headers = new BoundedCache({ max: 8, ttlMs: DAY_MS }, clock);
    this.chunks = new BoundedCache({ max: 4, ttlMs: DAY_MS }, clock);
  }

  static async open(folder: string, clock: Clock, logger: Logger): Promise<HeldPlans> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const plans = new HeldPlans(folder, clock, logger);
    await plans.sweep();
    return plans;
  }

  /**
   * Keeps the header, or with a number one chunk.
   * @throws AppError `MESSAGE_INVALID` (reason `plan`) for bytes that are not what the hash stands for, `NOT_FOUND` (reason `plan-not-held`) for a chunk before its header
   */
  async hold(planSha256: string, chunk: number | null, bytes: Buffer, serverId: string): Promise<void> {
    await this.inTurn(() => (chunk === null ? this.holdHeader(planSha256, bytes, serverId) : this.holdChunk(planSha256, chunk, bytes)));
  }

  /** @throws AppError `NOT_FOUND` (reason `plan-not-held`) */
  async header(planSha256: string): Promise<PlanHeader> {
    const known = this.headers.get(planSha256);
    if (known) return known;
    const bytes = await this.read(planSha256, HEADER, (found) => planHash(found) === planSha256);
    const header = parseHeader(bytes);
    this.headers.set(planSha256, header);
    return header;
  }

  /** The rows of these numbers, in the order asked for. @throws AppError `NOT_FOUND` (reason `plan-not-held`), `TICKET_INVALID` (reason `rows`) for numbers that the plan does not have */
  async rows(planSha256: string, numbers: readonly number[]): Promise<PlanRow[]> {
    const header = await this.header(planSha256);
    const rows: PlanRow[] = [];
    for (const n of numbers) {
      const chunk = chunkOf(header, n);
      if (!chunk) throw new AppError('TICKET_INVALID', 'The plan has no such row.', { reason: 'rows', row: n });
      rows.push((await this.chunk(planSha256, header, chunk))[n - chunk.first]!);
    }
    return rows;
  }

  ledger(planSha256: string): Promise<PlanLedger> {
    const known = this.ledgers.get(planSha256);
    if (known) return known;
    const opened = mkdir(this.of(planSha256), { recursive: true, mode: 0o700 }).then(() => PlanLedger.open(path.join(this.of(planSha256), LEDGER), this.clock.now()));
    this.ledgers.set(planSha256, opened);
    opened.catch(() => this.ledgers.delete(planSha256));
    return opened;
  }

  /** Throws header and chunks away; what was done under the plan stays on record. */
  release(planSha256: string): Promise<void> {
    return this.inTurn(() => this.drop(planSha256));
  }

  private async drop(planSha256: string): Promise<void> {
    this.headers.delete(planSha256);
    for (const name of await readdir(this.of(planSha256)).catch(() => [])) {
      this.chunks.delete(path.join(planSha256, name));
      if (name !== LEDGER) await rm(path.join(this.of(planSha256), name), { force: true });
    }
  }

  private async holdHeader(planSha256: string, bytes: Buffer, serverId: string): Promise<void> {
    if (planHash(bytes) !== planSha256) throw notThePlan('hash');
    const header = parseHeader(bytes);
    if (header.target.serverId !== serverId) throw notThePlan('server');
    await this.sweep();
    await (await this.ledger(planSha256)).touch(this.clock.now());
    await replaceFile(path.join(this.of(planSha256), HEADER), bytes);
    this.headers.set(planSha256, header);
  }

  private async holdChunk(planSha256: string, n: number, bytes: Buffer): Promise<void> {
    const header = await this.header(planSha256);
    const chunk = header.chunks.find((candidate) => candidate.n === n);
    if (!chunk || sha256Hex(bytes) !== chunk.sha256) throw notThePlan('chunk');
    const rows = parseRows(bytes, chunk, header);
    await replaceFile(path.join(this.of(planSha256), fileOf(chunk)), bytes);
    this.chunks.set(path.join(planSha256, fileOf(chunk)), rows);
  }

  private async chunk(planSha256: string, header: PlanHeader, chunk: Chunk): Promise<readonly PlanRow[]> {
    const key = path.join(planSha256, fileOf(chunk));
    const known = this.chunks.get(key);
    if (known) return known;
    const bytes = await this.read(planSha256, fileOf(chunk), (found) => sha256Hex(found) === chunk.sha256);
    const rows = parseRows(bytes, chunk, header);
    this.chunks.set(key, rows);
    return rows;
  }

  /** What was changed on the disk does not count as held: it is handed over again. */
  private async read(planSha256: string, name: string, isWhole: (bytes: Buffer) => boolean): Promise<Buffer> {
    const bytes = await readFile(path.join(this.of(planSha256), name)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    });
    if (bytes && isWhole(bytes)) return bytes;
    if (bytes) this.logger.error('plan.damaged', 'A piece of a held plan is not what was approved; it has to be handed over again.', { planSha256, file: name });
    throw new AppError('NOT_FOUND', 'This agent does not hold that piece of the plan.', { reason: 'plan-not-held', planSha256 });
  }

  private async sweep(): Promise<void> {
    const now = this.clock.now();
    for (const name of await readdir(this.folder)) {
      if (!Sha256Hex.safeParse(name).success) continue;
      const ledger = await this.ledger(name).catch((error: unknown) => this.logger.error('plan.damaged', 'What was done under a plan cannot be read; nothing is written under it.', { planSha256: name, error }));
      if (!ledger) continue;
      const unusedMs = now - ledger.lastUsedAt;
      if (unusedMs > KEEP_PLAN_MS) await this.drop(name);
      if (unusedMs > KEEP_LEDGER_MS) {
        this.ledgers.delete(name);
        await rm(this.of(name), { recursive: true, force: true });
      }
    }
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.running.then(work);
    this.running = next.catch(() => undefined);
    return next;
  }

  private of(planSha256: string): string {
    return path.join(this.folder, Sha256Hex.parse(planSha256));
  }
}

function fileOf({ n }: Chunk): string {
  return `chunk-${n}.ndjson`;
}

function chunkOf({ chunks }: PlanHeader, row: number): Chunk | undefined {
  return chunks.find(({ first, rows }) => row >= first && row < first + rows);
}

function parseHeader(bytes: Buffer): PlanHeader {
  const parsed = PlanHeader.safeParse(parseJson(bytes.toString('utf8')));
  if (!parsed.success) throw notThePlan('header');
  return parsed.data;
}

function parseRows(bytes: Buffer, { first, rows: count }: Chunk, { users }: PlanHeader): PlanRow[] {
  const lines = bytes.toString('utf8').split('\n').filter((line) => line !== '');
  if (lines.length !== count) throw notThePlan('rows');
  return lines.map((line, index) => {
    const parsed = PlanRow.safeParse(parseJson(line));
    if (!parsed.success || parsed.data.n !== first + index || parsed.data.u >= users.length) throw notThePlan('rows');
    return parsed.data;
  });
}

function notThePlan(problem: string): AppError {
  return new AppError('MESSAGE_INVALID', 'What was handed over is not the plan that its hash names.', { reason: 'plan', problem });
}
