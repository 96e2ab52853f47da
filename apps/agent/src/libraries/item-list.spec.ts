import { describe, expect, it } from '@jest/globals';
import type { MediaItem } from '@usher/contracts';
import { InMemoryMediaServer } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { ItemList } from './item-list.service.js';
import { PathCheckService } from './path-check.service.js';

const PART_BYTES = 128 * 1024;
const ALL = ['items.list', 'libraries.checkPaths', 'libraries.space'] as const;

function item(vendorId: string): MediaItem {
  const nothing = { parentVendorId: null, parentTitle: null, seasonNumber: null, episodeNumber: null, episodeEndNumber: null, year: null, airDate: null, durationMs: null, videoHeight: null, guids: [] };
  return { ...nothing, vendorId, type: 'movie', title: 'n'.repeat(300), files: [{ path: `/media/${'p'.repeat(500)}`, sizeBytes: 1 }] };
}

function server(): InMemoryMediaServer {
  const made = new InMemoryMediaServer('jellyfin', ALL);
  made.itemLists.set('l1', Array.from({ length: 700 }, (_, at) => item(`i${at}`)));
  return made;
}

describe('a page of items', () => {
  const pageOf = (start: number) => ({ of: { libraryVendorId: 'l1', start, limit: 500 }, withFiles: false });

  it('comes in parts that fit a message, each with where the next page starts and who watches', async () => {
    const parts = await new ItemList({ current: server }, () => 3, new ManualClock()).parts(pageOf(0));
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flatMap(({ items }) => items)).toHaveLength(500);
    for (const part of parts) {
      expect(part).toMatchObject({ total: 700, nextStart: 500, streams: 3 });
      expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(PART_BYTES);
    }
  });

  it('is the last one when nothing follows', async () => {
    const [part] = await new ItemList({ current: server }, () => 0, new ManualClock()).parts(pageOf(500));
    expect(part).toMatchObject({ nextStart: null, streams: 0 });
  });

  it('may be some items by their ids', async () => {
    const [part] = await new ItemList({ current: server }, () => 0, new ManualClock()).parts({ of: { itemVendorIds: ['i3', 'gone'] }, withFiles: true });
    expect(part?.items.map(({ vendorId }) => vendorId)).toEqual(['i3']);
  });

  it('is refused by a server that does not declare it', async () => {
    const current = () => new InMemoryMediaServer('plex', []);
    await expect(new ItemList({ current }, () => 0, new ManualClock()).parts(pageOf(0))).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
  });

  it('is given up when the server hangs', async () => {
    const clock = new ManualClock();
    const hanging = server();
    Object.assign(hanging.libraries, { items: () => new Promise(() => undefined) });
    const listing = new ItemList({ current: () => hanging }, () => 0, clock).parts(pageOf(0)).catch((error: unknown) => error);
    await clock.advance(55_000);
    expect(await listing).toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
  });
});

describe('a check of paths', () => {
  it('tells every path and the room on the disks', async () => {
    const made = server();
    made.paths.add('/media/films');
    made.spaceList = [{ path: '/media/films', freeBytes: 5, usedBytes: null }];
    const parts = await new PathCheckService({ current: () => made }, new ManualClock()).parts({ folders: ['/media/films', '/x'], files: [] });
    expect(parts).toEqual([{ paths: [{ path: '/media/films', state: 'found' }, { path: '/x', state: 'missing' }], space: made.spaceList }]);
  });

  it('tells no room where the server does not', async () => {
    const made = new InMemoryMediaServer('emby', ['libraries.checkPaths']);
    const [part] = await new PathCheckService({ current: () => made }, new ManualClock()).parts({ folders: [], files: [] });
    expect(part).toEqual({ paths: [], space: null });
  });

  it('is refused by a server that does not declare it', async () => {
    const current = () => new InMemoryMediaServer('plex', []);
    await expect(new PathCheckService({ current }, new ManualClock()).parts({ folders: [], files: [] })).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
  });
});
