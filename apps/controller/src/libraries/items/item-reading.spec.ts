import { describe, expect, it } from '@jest/globals';
import type { HubBus } from '@usher/bus';
import { AppError } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { ManualClock } from '@usher/resilience';
import type { Scheduler } from '../../agents/scheduler.js';
import type { ItemIndexService } from './item-index.service.js';
import { ItemReadingService } from './item-reading.service.js';
import type { IndexableLibrary, LibraryReadingsRepository } from './library-readings.repository.js';

/** A library of `pages` pages on a server where `streams` people watch. */
function bench({ pages = 3, streams = 0, fail = false } = {}) {
  const clock = new ManualClock();
  const asked: { start: number; atMs: number }[] = [];
  const library: IndexableLibrary = { serverId: 's', vendorId: 'l', name: 'Films', type: 'movies', folders: [], itemCount: null, childCount: null, finishedAt: null, signature: null };
  const readings = {
    indexable: async () => [library],
    begin: async () => ({ serverId: 's', libraryVendorId: 'l', run: 'r' }),
    giveUp: async () => undefined,
    removeForeign: async () => 0,
  } as unknown as LibraryReadingsRepository;
  const index = { savePage: async () => undefined, finish: async () => undefined } as unknown as ItemIndexService;
  const bus = {
    async *command(_contract: unknown, _to: unknown, { of }: { of: { start: number } }) {
      asked.push({ start: of.start, atMs: clock.monotonicMs() });
      if (fail) throw new AppError('AGENT_OFFLINE', 'gone');
      const next = of.start / 500 + 1;
      yield { items: [], total: null, nextStart: next < pages ? next * 500 : null, streams };
    },
  } as unknown as HubBus;
  const warnings: string[] = [];
  const logger = { warn: (event: string) => void warnings.push(event) } as unknown as Logger;
  const service = new ItemReadingService(readings, index, bus, {} as Scheduler, logger, clock);
  return { clock, asked, warnings, service, signal: new AbortController() };
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

describe('the pace of a reading', () => {
  it('is as fast as the server answers while nobody watches', async () => {
    const { service, asked, signal } = bench();
    await service.readNow('s', 'l', signal.signal);
    expect(asked.map(({ start, atMs }) => [start, atMs - asked[0]!.atMs])).toEqual([[0, 0], [500, 0], [1000, 0]]);
  });

  it('rests two seconds after each page while people watch', async () => {
    const { service, asked, signal, clock } = bench({ streams: 1 });
    const reading = service.readNow('s', 'l', signal.signal);
    await settle();
    expect(asked).toHaveLength(1);
    await clock.advance(1_999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    await settle();
    expect(asked).toHaveLength(2);
    await clock.advance(2_000);
    await reading;
    expect(asked).toHaveLength(3);
  });

  it('ends at once when it is not wanted any more', async () => {
    const { service, asked, signal } = bench({ streams: 1 });
    const reading = service.readNow('s', 'l', signal.signal).catch((error: unknown) => error);
    await settle();
    signal.abort(new AppError('STALE_EPOCH', 'over'));
    expect(await reading).toBeInstanceOf(Error);
    expect(asked).toHaveLength(1);
  });
});

describe('a server that cannot be read', () => {
  it('waits longer after each failure, and stops nobody else', async () => {
    const { service, asked, warnings, signal, clock } = bench({ fail: true });
    await service.readDue(signal.signal);
    expect([asked.length, warnings]).toEqual([1, ['items.not_read']]);
    await service.readDue(signal.signal);
    expect(asked.length).toBe(1);
    await clock.advance(3_600_000);
    await service.readDue(signal.signal);
    expect(asked.length).toBe(2);
  });
});
