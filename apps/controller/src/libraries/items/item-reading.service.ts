import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, listItems, MAX_ITEM_PAGE, type MediaItem } from '@usher/contracts';
import { Logger, runInContext } from '@usher/platform';
import { fullJitter, type Clock } from '@usher/resilience';
import { Scheduler } from '../../agents/scheduler.js';
import { CLOCK } from '../../infrastructure.js';
import { ItemIndexService } from './item-index.service.js';
import type { Place } from './item-index.repository.js';
import { LibraryReadingsRepository, signatureOf, type IndexableLibrary } from './library-readings.repository.js';

const JOB = 'item-index';
const EVERY_MS = 60_000;
const MAX_AGE_MS = 24 * 3_600_000;
const BACK_OFF = { baseMs: 60_000, capMs: 3_600_000 };
/** While people watch, a server reads for us a fifth of the time, and rests at least two seconds after a page. */
const REST = { times: 4, minMs: 2_000, maxMs: 20_000 };
const WAIT_FOR_OTHER_MS = 1_000;
const FOREIGN_AT_ONCE = 5_000;
/** More than any library has; an agent that goes on is broken. */
const MAX_ITEMS = 5_000_000;

export interface ReadingProgress {
  (done: number, total: number | null): Promise<void> | void;
}

/**
 * Keeps the item index: reads a library that was never read, that changed, or whose last reading is a day old. One page
 * is asked for at a time and saved before the next one, so memory holds a page.
 */
@Injectable()
export class ItemReadingService implements OnModuleInit {
  private readonly turns = new Map<string, { failures: number; nextMs: number }>();

  constructor(
    private readonly readings: LibraryReadingsRepository,
    private readonly index: ItemIndexService,
    private readonly bus: HubBus,
    private readonly scheduler: Scheduler,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: JOB, everyMs: EVERY_MS, run: (signal) => this.readDue(signal) });
  }

  /** The lists of a server were read anew: what changed is read soon. */
  listsRead(): void {
    this.scheduler.wake(JOB);
  }

  /** Reads every library that is due, servers side by side, each one library after another. */
  async readDue(signal: AbortSignal): Promise<void> {
    const byServer = new Map<string, IndexableLibrary[]>();
    for (const library of await this.readings.indexable()) {
      if (!this.isDue(library)) continue;
      const list = byServer.get(library.serverId);
      if (list) list.push(library);
      else byServer.set(library.serverId, [library]);
    }
    await Promise.all([...byServer].map(([serverId, libraries]) => this.readServer(serverId, libraries, signal)));
    while (!signal.aborted && (await this.readings.removeForeign(FOREIGN_AT_ONCE)) > 0);
  }

  /**
   * Reads one library now, or waits for whoever does and takes what they read.
   * @throws AppError of the agent or the bus; NOT_FOUND for a library that the index does not hold
   */
  async readNow(serverId: string, libraryVendorId: string, signal: AbortSignal, onProgress?: ReadingProgress): Promise<void> {
    const startedMs = this.clock.now();
    for (;;) {
      const library = (await this.readings.indexable(serverId)).find(({ vendorId }) => vendorId === libraryVendorId);
      if (!library) throw new AppError('NOT_FOUND', 'This library cannot be read now.', { serverId, libraryVendorId });
      if (library.finishedAt && library.finishedAt.getTime() >= startedMs) return;
      if (await this.readUnlessTaken(library, signal, onProgress)) return;
      await this.clock.sleep(WAIT_FOR_OTHER_MS, signal);
    }
  }

  private isDue({ serverId, finishedAt, ...library }: IndexableLibrary): boolean {
    const turn = this.turns.get(serverId);
    if (turn && this.clock.monotonicMs() < turn.nextMs) return false;
    return finishedAt === null || this.clock.now() - finishedAt.getTime() >= MAX_AGE_MS || library.signature !== signatureOf(library);
  }

  /** Never throws: a server that cannot be read delays only itself. */
  private async readServer(serverId: string, libraries: readonly IndexableLibrary[], signal: AbortSignal): Promise<void> {
    try {
      for (const library of libraries) if (!signal.aborted) await this.readLibrary(library, signal);
      this.turns.delete(serverId);
    } catch (error) {
      if (signal.aborted) return;
      const failures = (this.turns.get(serverId)?.failures ?? 0) + 1;
      this.turns.set(serverId, { failures, nextMs: this.clock.monotonicMs() + fullJitter(failures, BACK_OFF) });
      this.logger.warn('items.not_read', 'The items of a server could not be read; its turn comes again.', { serverId, failures, error });
    }
  }

  /** A reading that another process took over is theirs: it is waited for. */
  private async readUnlessTaken(library: IndexableLibrary, signal: AbortSignal, onProgress?: ReadingProgress): Promise<boolean> {
    try {
      return await this.readLibrary(library, signal, onProgress);
    } catch (error) {
      if (error instanceof AppError && error.code === 'STALE_EPOCH') return false;
      throw error;
    }
  }

  /** False when somebody else reads this library now. */
  private async readLibrary(library: IndexableLibrary, signal: AbortSignal, onProgress?: ReadingProgress): Promise<boolean> {
    const { serverId, vendorId } = library;
    const place = await this.readings.begin(serverId, vendorId);
    if (!place) return false;
    return await runInContext({ serverId }, async () => {
      try {
        await this.readPages(place, signal, onProgress);
        await this.index.finish(place, signatureOf(library));
        return true;
      } catch (error) {
        await this.readings.giveUp(place);
        throw error;
      }
    });
  }

  private async readPages(place: Place, signal: AbortSignal, onProgress?: ReadingProgress): Promise<void> {
    for (let start: number | null = 0, done = 0; start !== null; ) {
      signal.throwIfAborted();
      const startedMs = this.clock.monotonicMs();
      const page = await this.page(place, start);
      const tookMs = this.clock.monotonicMs() - startedMs;
      await this.index.savePage(place, page.items, page.total);
      done += page.items.length;
      await onProgress?.(done, page.total);
      if (page.nextStart !== null && page.streams > 0) {
        await this.clock.sleep(Math.min(REST.maxMs, Math.max(REST.minMs, tookMs * REST.times)), signal);
      }
      start = page.nextStart;
    }
  }

  private async page({ serverId, libraryVendorId }: Place, start: number): Promise<{ items: MediaItem[]; total: number | null; nextStart: number | null; streams: number }> {
    const items: MediaItem[] = [];
    let last: { total: number | null; nextStart: number | null; streams: number } = { total: null, nextStart: null, streams: 0 };
    for await (const part of this.bus.command(listItems, { serverId }, { of: { libraryVendorId, start, limit: MAX_ITEM_PAGE }, withFiles: false })) {
      items.push(...part.items);
      last = part;
    }
    const { total, nextStart, streams } = last;
    const goesBack = nextStart !== null && (nextStart <= start || nextStart > MAX_ITEMS);
    if (goesBack || items.length > MAX_ITEM_PAGE) throw new AppError('VENDOR_ANSWER_INVALID', 'The media server lists its items without an end.', { serverId });
    return { items, total, nextStart, streams };
  }
}
