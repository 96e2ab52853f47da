import { expect, it } from '@jest/globals';
import { FolderSpace, MediaItem, PathCheck, type Library } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';

const LEAN = { withFiles: false };
const WITH_FILES = { withFiles: true };

/** The part of the suite that reads items and paths. */
export function describeItems(current: () => MediaServer): void {
  const libraryOf = async (type: Library['type']): Promise<Library> => (await current().libraries.list()).find((library) => library.type === type)!;
  const all = async (libraryId: string, limit: number): Promise<MediaItem[]> => {
    const items: MediaItem[] = [];
    for (let start: number | null = 0; start !== null; ) {
      const page = await current().libraries.items(libraryId, { start, limit }, LEAN);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      expect(page.nextStart ?? Infinity).toBeGreaterThan(start);
      items.push(...page.items);
      start = page.nextStart;
    }
    return items;
  };
  const ids = (items: readonly MediaItem[]): string[] => items.map(({ vendorId }) => vendorId);

  it('libraries.items() lists every film once, however long the pages are', async () => {
    const films = await libraryOf('movies');
    const [short, long] = [await all(films.vendorId, 3), await all(films.vendorId, 500)];
    expect(ids(short)).toEqual(ids(long));
    expect(new Set(ids(long)).size).toBe(films.itemCount);
    for (const item of long) expect(MediaItem.parse(item)).toEqual(item);
    expect(long[0]).toMatchObject({ type: 'movie', parentVendorId: null, seasonNumber: null, durationMs: expect.any(Number), year: expect.any(Number), airDate: expect.any(String) });
    expect(long[0]?.guids.some((guid) => /^imdb:\/\/tt\d+$/i.test(guid))).toBe(true);
    expect(long[0]?.files).toHaveLength(1);
    expect((await current().libraries.items(films.vendorId, { start: 0, limit: 1 }, LEAN)).total).toBe(films.itemCount);
  });

  it('libraries.items() lists series and their episodes', async () => {
    const shows = await libraryOf('shows');
    const items = await all(shows.vendorId, 7);
    const series = items.filter(({ type }) => type === 'series');
    const episodes = items.filter(({ type }) => type === 'episode');
    expect([series.length, episodes.length]).toEqual([shows.itemCount, shows.childCount]);
    expect(series[0]).toMatchObject({ files: [], durationMs: null });
    expect(ids(series)).toContain(episodes[0]?.parentVendorId);
    expect(episodes[0]).toMatchObject({ seasonNumber: 1, episodeNumber: 1, episodeEndNumber: null, parentTitle: expect.any(String) });
    expect(new Set(ids(items)).size).toBe(items.length);
  });

  it('libraries.items() beyond the end is empty', async () => {
    const films = await libraryOf('movies');
    await current().libraries.items(films.vendorId, { start: 0, limit: 1 }, LEAN);
    expect(await current().libraries.items(films.vendorId, { start: 10_000, limit: 5 }, LEAN)).toMatchObject({ items: [], nextStart: null });
  });

  it('libraries.itemsById() tells every file with its size, and only what was asked for', async () => {
    const [one, two] = await all((await libraryOf('movies')).vendorId, 500);
    const found = await current().libraries.itemsById([two!.vendorId, 'ffffffffffffffffffffffffffffffff', one!.vendorId], WITH_FILES);
    expect(new Set(ids(found))).toEqual(new Set([one!.vendorId, two!.vendorId]));
    for (const { files } of found) expect(files[0]).toMatchObject({ path: expect.stringMatching(/^\/.+\.\w+$/), sizeBytes: expect.any(Number) });
  });

  it('libraries.checkPaths() tells what the server sees', async () => {
    const films = await libraryOf('movies');
    const [item] = await all(films.vendorId, 1);
    const file = item!.files[0]!.path;
    const checks = await current().libraries.checkPaths({ folders: [films.folders[0]!, '/not/there'], files: [file, `${file}.not`] });
    for (const check of checks) expect(PathCheck.parse(check)).toEqual(check);
    expect(checks.map(({ state }) => state)).toEqual(['found', 'missing', 'found', 'missing']);
  });

  it('libraries.space() tells the room on the disks, or that it cannot', async () => {
    await current().probe();
    if (!current().capabilities.has('libraries.space')) {
      await expect(current().libraries.space()).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
      return;
    }
    const space = await current().libraries.space();
    for (const folder of space) expect(FolderSpace.parse(folder)).toEqual(folder);
    expect(space.map(({ path }) => path)).toContain((await libraryOf('movies')).folders[0]);
  });
}
