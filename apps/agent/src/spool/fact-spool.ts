import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { MAX_FACT_BATCH_BYTES, MAX_FACTS_PER_BATCH, type FactBatch } from '@usher/bus';
import { AppError, Uuid7, uuidv7 } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import type { Clock, TimerHandle } from '@usher/resilience';
import { syncFolder } from '../storage/state-file.js';
import type { NewFact } from './facts.js';
import type { Segment, SpoolLine } from './segment.js';
import { acknowledgedFile, newSegment, openSegments, readAcknowledged } from './spool-folder.js';
import { DROPPABLE, dropClass } from './spool-limit.js';

export interface SpoolLimits {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly segmentBytes: number;
}

export const SPOOL_LIMITS: SpoolLimits = { maxBytes: 256 * 1024 * 1024, maxAgeMs: 7 * 24 * 60 * 60 * 1000, segmentBytes: 1024 * 1024 };
const FLUSH_MS = 100;
const RETRY_MS = 1_000;
/** Far above the largest fact; a line must fit into a batch. */
const MAX_LINE_BYTES = 100 * 1024;

interface SpoolOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: SpoolLimits;
}

/**
 * Facts on disk until the controller has committed them (security 3.5). Numbers rise without repeats inside one
 * spool epoch, which is the name of the folder: a folder that is new, or older than what the controller has seen,
 * gets a new epoch. A fact can be sent only after it would survive a power cut.
 */
export class FactSpool {
  private queue: SpoolLine[] = [];
  private waiting: { seq: number; resolve: () => void }[] = [];
  private timer: TimerHandle | null = null;
  private running: Promise<unknown> = Promise.resolve();
  private beforeFlush: () => Promise<void> = async () => undefined;
  private onDurable: () => void = () => undefined;
  private nextSeq: number;
  private writtenSeq: number;
  /** Where the first fact behind `acknowledged` is looked for. */
  private cursor: { segment: Segment; offset: number };
  private underWay: { seq: number; segment: Segment; end: number }[] = [];

  private constructor(
    private readonly root: string,
    private epochId: string,
    private segments: Segment[],
    private acknowledged: number,
    private readonly options: SpoolOptions,
  ) {
    this.writtenSeq = segments.at(-1)!.lastSeq;
    this.nextSeq = this.writtenSeq + 1;
    this.cursor = { segment: segments[0]!, offset: 0 };
  }

  static async open(root: string, options: SpoolOptions): Promise<FactSpool> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    const epoch = (await readdir(root)).filter((name) => Uuid7.safeParse(name).success).sort().at(-1) ?? uuidv7();
    const folder = path.join(root, epoch);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const segments = await openSegments(folder, options.logger);
    const through = await readAcknowledged(folder, options.logger);
    const spool = new FactSpool(root, epoch, segments, Math.min(through, segments.at(-1)!.lastSeq), options);
    if (through > spool.writtenSeq) await spool.renewEpoch();
    return spool;
  }

  get epoch(): string {
    return this.epochId;
  }

  /** The number that the next fact gets. */
  get next(): number {
    return this.nextSeq;
  }

  /** Facts that the controller has not confirmed. */
  get pending(): number {
    return this.nextSeq - 1 - this.acknowledged;
  }

  /** `before` runs ahead of each write, `durable` after it. */
  onFlush(hooks: { before?: () => Promise<void>; durable?: () => void }): void {
    if (hooks.before) this.beforeFlush = hooks.before;
    if (hooks.durable) this.onDurable = hooks.durable;
  }

  /** Numbers facts at once and writes them within 100 ms; `durable` resolves when they would survive a power cut. */
  append(facts: readonly NewFact[]): { first: number; durable: Promise<void> } {
    const first = this.nextSeq;
    const lines = facts.map((fact, index) => this.lineOf(fact, first + index));
    if (lines.length === 0) return { first, durable: Promise.resolve() };
    this.nextSeq += lines.length;
    this.queue.push(...lines);
    this.timer ??= this.options.clock.setTimeout(() => void this.flush(), FLUSH_MS);
    const seq = this.nextSeq - 1;
    return { first, durable: new Promise((resolve) => this.waiting.push({ seq, resolve })) };
  }

  /** Writes what is queued now. A disk that refuses is tried again every second; nothing is lost meanwhile. */
  async flush(): Promise<void> {
    if (this.timer) this.options.clock.clearTimeout(this.timer);
    this.timer = null;
    try {
      await this.inTurn(() => this.writeQueue());
    } catch (error) {
      this.options.logger.error('spool.write_failed', 'Facts could not be written; trying again.', { error, waiting: this.queue.length });
      this.timer ??= this.options.clock.setTimeout(() => void this.flush(), RETRY_MS);
    }
  }

  /** The next facts in order, at most 200 or 128 KiB; null when all are confirmed. */
  readBatch(): Promise<FactBatch | null> {
    return this.inTurn(async () => {
      const lines = await this.readLines();
      const first = lines[0];
      if (!first) return null;
      return {
        spoolEpoch: this.epochId,
        first: first.seq,
        facts: lines.map(({ seq, id, t_wall: at, class: kind, contract, body }) => ({ seq, id, at, class: kind, contract, body })),
      };
    });
  }

  /** Forgets everything up to `through`, and nothing else. */
  trim(through: number): Promise<void> {
    return this.inTurn(async () => {
      if (through <= this.acknowledged) return;
      if (through > this.writtenSeq) return this.renewEpoch();
      this.acknowledged = through;
      const reached = this.underWay.findLast((entry) => entry.seq <= through);
      if (reached) this.cursor = { segment: reached.segment, offset: reached.end };
      this.underWay = [];
      await acknowledgedFile(this.folder).write({ through });
      while (this.segments.length > 1 && this.segments[0]!.lastSeq <= through) await this.removeFirstSegment();
    });
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.timer) this.options.clock.clearTimeout(this.timer);
    await this.inTurn(async () => {
      for (const segment of this.segments) await segment.close();
    });
  }

  private lineOf(fact: NewFact, seq: number): SpoolLine {
    const { id, at, class: kind, contract, body } = fact;
    const line: SpoolLine = { seq, id, t_wall: at, t_mono: Math.round(this.options.clock.monotonicMs()), class: kind, contract, body };
    const bytes = Buffer.byteLength(JSON.stringify(line));
    if (bytes > MAX_LINE_BYTES) throw new AppError('INTERNAL', 'A fact is too large to be kept.', { contract, bytes });
    return line;
  }

  private async writeQueue(): Promise<void> {
    while (this.queue.length > 0) {
      const lines = [...this.queue];
      await this.beforeFlush();
      if (this.segments.at(-1)!.bytes >= this.limits.segmentBytes) await this.addSegment(lines[0]!.seq);
      await this.segments.at(-1)!.append(lines);
      this.queue.splice(0, lines.length);
      this.writtenSeq = lines.at(-1)!.seq;
      for (const entry of this.waiting.filter(({ seq }) => seq <= this.writtenSeq)) entry.resolve();
      this.waiting = this.waiting.filter(({ seq }) => seq > this.writtenSeq);
      this.onDurable();
    }
    await this.enforceLimits();
  }

  private async readLines(): Promise<SpoolLine[]> {
    const lines: SpoolLine[] = [];
    this.underWay = [];
    let bytes = 0;
    let { offset } = this.cursor;
    for (const segment of this.segments.slice(Math.max(0, this.segments.indexOf(this.cursor.segment)))) {
      for (;;) {
        const found = await segment.read(offset, MAX_FACT_BATCH_BYTES * 2);
        for (const { line, bytes: size, end } of found) {
          offset = end;
          if (line.seq <= this.acknowledged) continue;
          if (lines.length === MAX_FACTS_PER_BATCH || bytes + size > MAX_FACT_BATCH_BYTES) return lines;
          lines.push(line);
          bytes += size;
          this.underWay.push({ seq: line.seq, segment, end });
        }
        if (found.length === 0) break;
      }
      offset = 0;
    }
    return lines;
  }

  /** Drops metrics, then ticks, of full or old segments; results stay whatever it costs. */
  private async enforceLimits(): Promise<void> {
    const oldest = this.segments[0]!.oldestMs;
    const tooOld = (segment: Segment) => segment.oldestMs !== null && this.options.clock.now() - segment.oldestMs > this.limits.maxAgeMs;
    if (this.totalBytes() <= this.limits.maxBytes && (oldest === null || !tooOld(this.segments[0]!))) return;
    for (const kind of DROPPABLE) {
      for (const segment of this.segments.slice(0, -1)) {
        if (this.totalBytes() <= this.limits.maxBytes && !tooOld(segment)) continue;
        await this.dropFrom(segment, kind);
      }
    }
    if (this.totalBytes() > this.limits.maxBytes) {
      this.options.logger.error('spool.full', 'The spool is above its limit and holds results only; they are kept.', { bytes: this.totalBytes() });
    }
  }

  private async dropFrom(segment: Segment, kind: (typeof DROPPABLE)[number]): Promise<void> {
    const lines = (await segment.read(0, segment.bytes)).map(({ line }) => line);
    const { kept, count } = dropClass(lines, kind, Math.max(this.acknowledged, this.underWay.at(-1)?.seq ?? 0));
    if (count === 0) return;
    await segment.rewrite(kept);
    if (this.cursor.segment === segment) this.cursor.offset = 0;
    this.underWay = this.underWay.filter((entry) => entry.segment !== segment);
    this.options.logger.warn('facts.dropped', 'The spool is full or old: facts of one class were dropped.', { class: kind, count });
  }

  /** Another folder name: the controller then cannot take new facts for ones that it has already seen. */
  private async renewEpoch(): Promise<void> {
    const before = this.epochId;
    for (const segment of this.segments) await segment.close();
    this.epochId = uuidv7();
    await rename(path.join(this.root, before), this.folder);
    await rm(acknowledgedFile(this.folder).path, { force: true });
    await syncFolder(this.root);
    this.segments = await openSegments(this.folder, this.options.logger);
    this.acknowledged = this.segments[0]!.firstSeq - 1;
    this.cursor = { segment: this.segments[0]!, offset: 0 };
    this.underWay = [];
    this.options.logger.warn('spool.renewed', 'The controller has seen more facts than this folder ever held; what is in it is sent under a new spool epoch.', { before });
  }

  private async addSegment(firstSeq: number): Promise<void> {
    this.segments.push(await newSegment(this.folder, firstSeq));
  }

  private async removeFirstSegment(): Promise<void> {
    const segment = this.segments.shift()!;
    if (this.cursor.segment === segment) this.cursor = { segment: this.segments[0]!, offset: 0 };
    await segment.close();
    await rm(segment.path);
  }

  private get limits(): SpoolLimits {
    return this.options.limits ?? SPOOL_LIMITS;
  }

  private get folder(): string {
    return path.join(this.root, this.epochId);
  }

  private totalBytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.running.then(work);
    this.running = next.catch(() => undefined);
    return next;
  }
}
