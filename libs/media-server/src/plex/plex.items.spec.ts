import { describe, expect, it } from '@jest/globals';
import { AppError, MediaItem } from '@usher/contracts';
import { browsed, checkByBrowsing } from './plex.browse.js';
import { mapPlexItem, mapPlexItems, PlexItems } from './plex.items.js';

const ROW = { ratingKey: '1200', type: 'episode', title: 'Two', guid: 'com.plexapp.agents.thetvdb://81189/1/2?lang=en', grandparentRatingKey: '1198', grandparentTitle: 'Show', parentIndex: '1', index: 2, originallyAvailableAt: '2008-01-27', duration: '2700000', Media: [{ height: 1080, Part: [{ file: '/tv/a.mkv', size: '5' }, { file: '/tv/b.mkv' }] }] };

describe('an item row of Plex', () => {
  it('becomes our words, numbers as text too', () => {
    expect(mapPlexItem({ ...ROW, Guid: [{ id: 'tvdb://349232' }, { id: 'imdb://tt0959621' }, {}] })).toEqual({
      vendorId: '1200',
      type: 'episode',
      title: 'Two',
      parentVendorId: '1198',
      parentTitle: 'Show',
      seasonNumber: 1,
      episodeNumber: 2,
      episodeEndNumber: null,
      year: null,
      airDate: '2008-01-27',
      durationMs: 2_700_000,
      videoHeight: 1080,
      guids: ['com.plexapp.agents.thetvdb://81189/1/2?lang=en', 'tvdb://349232', 'imdb://tt0959621'],
      files: [{ path: '/tv/a.mkv', sizeBytes: 5 }, { path: '/tv/b.mkv', sizeBytes: null }],
    });
  });

  it('of a track knows its album', () => {
    expect(mapPlexItem({ ...ROW, type: 'track', parentRatingKey: '7', parentTitle: 'Record' })).toMatchObject({ type: 'track', parentVendorId: '7', parentTitle: 'Record' });
  });

  it('with damaged fields is still one that may travel', () => {
    const item = mapPlexItem({ ratingKey: 1, type: 'movie', originallyAvailableAt: '2008-99-99', Media: [{ Part: 'x' }], Guid: 'y' });
    expect(MediaItem.parse(item)).toEqual(item);
    expect(mapPlexItem({ ratingKey: '1', type: 'season' })).toBeNull();
  });

  it('that the index does not hold is no error, one without an id is', () => {
    expect(mapPlexItems({ size: 1, Metadata: [{ ratingKey: '1', type: 'season' }] })).toEqual([]);
    expect(() => mapPlexItems({ size: 1, Metadata: [{ title: 'x' }] })).toThrow('form that is not known');
  });
});

describe('a listing of several types', () => {
  const rows = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => ({ ratingKey: `${prefix}${at}`, type: prefix === 's' ? 'show' : 'episode' }));
  const listing = (told: Record<number, number>, real: Record<number, unknown[]>) =>
    new PlexItems({
      typeOf: async () => 'shows',
      total: async (_key, type) => told[type] ?? null,
      page: async (_key, type, { start, limit }) => ({ Metadata: real[type]!.slice(start, start + limit) }),
    });
  const read = async (items: PlexItems): Promise<string[]> => {
    const ids: string[] = [];
    for (let start: number | null = 0; start !== null; ) {
      const page = await items.page('2', { start, limit: 4 });
      ids.push(...page.items.map(({ vendorId }) => vendorId));
      start = page.nextStart;
    }
    return ids;
  };

  it('goes through one after another', async () => {
    expect(await read(listing({ 2: 3, 4: 5 }, { 2: rows('s', 3), 4: rows('e', 5) }))).toEqual(['s0', 's1', 's2', 'e0', 'e1', 'e2', 'e3', 'e4']);
  });

  it('goes on when a type has less than it told', async () => {
    expect(await read(listing({ 2: 9, 4: 2 }, { 2: rows('s', 2), 4: rows('e', 2) }))).toEqual(['s0', 's1', 'e0', 'e1']);
  });

  it('narrowed to what changed is another listing, a second wider than asked for', async () => {
    const asked: string[] = [];
    const items = new PlexItems({
      typeOf: async () => 'movies',
      total: async (_key, _type, filter) => (asked.push(`total ${JSON.stringify(filter)}`), 2),
      page: async (_key, _type, { start }, filter) => (asked.push(`page ${start} ${JSON.stringify(filter)}`), { Metadata: rows('s', 1) }),
    });
    await items.page('1', { start: 0, limit: 1 });
    await items.page('1', { start: 0, limit: 1 }, '2026-01-02T03:04:05.678Z');
    await items.page('1', { start: 1, limit: 1 }, '2026-01-02T03:04:05.678Z');
    await items.page('1', { start: 1, limit: 1 });
    const since = '{"updatedAt>>":1767323044}';
    expect(asked).toEqual(['total {}', 'page 0 {}', `total ${since}`, `page 0 ${since}`, `page 1 ${since}`, 'total {}', 'page 1 {}']);
  });

  it('of a section that is not known is empty', async () => {
    const unknown = new PlexItems({ typeOf: async () => null, total: async () => 1, page: async () => ({}) });
    expect(await unknown.page('9', { start: 0, limit: 5 })).toEqual({ items: [], total: 0, nextStart: null });
  });
});

describe('browsing', () => {
  const folders: Record<string, object> = {
    '/media': { Path: [{ path: '/media/films/' }], File: [{ path: '/media/notes.txt' }] },
    '/media/films': { File: [{ path: '/media/films/a.mkv' }] },
    'Z:\\': { Path: [{ path: 'Z:\\Films' }] },
  };
  const asked: string[] = [];
  const browse = async (folder: string) => {
    asked.push(folder);
    return (folders[folder] as Record<string, unknown> | undefined) ?? null;
  };

  it('looks into the folder above, once', async () => {
    const checks = await checkByBrowsing(browse, { folders: ['/media/films', '/media/tv', 'Z:\\Films', '/other/x'], files: ['/media/films/a.mkv', '/media/films/b.mkv'] });
    expect(checks.map(({ state }) => state)).toEqual(['found', 'missing', 'found', 'missing', 'found', 'missing']);
    expect(asked).toEqual(['/media', 'Z:\\', '/other', '/media/films']);
  });

  it('takes a refusal for a folder that is not there, and nothing else', async () => {
    expect(await browsed(() => Promise.reject(new AppError('NOT_FOUND', 'x', { httpStatus: 404 })))).toBeNull();
    expect(await browsed(() => Promise.reject(new AppError('VENDOR_ANSWER_INVALID', 'x', { httpStatus: 400 })))).toBeNull();
    await expect(browsed(() => Promise.reject(new AppError('SERVER_UNREACHABLE', 'x')))).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });
});
