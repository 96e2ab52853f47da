import { describe, expect, it } from '@jest/globals';
import type { MediaItem } from '@usher/contracts';
import { groupRows, type Placed } from './item-grouping.js';
import { itemRowOf, sortTitleOf } from './item-row.js';

const NOTHING = { parentVendorId: null, parentTitle: null, seasonNumber: null, episodeNumber: null, episodeEndNumber: null, airDate: null, videoHeight: null };
const item = (vendorId: string, change: Partial<MediaItem> = {}): MediaItem => ({ ...NOTHING, vendorId, type: 'movie', title: 'Alien', year: 1979, durationMs: 7_000_000, guids: [], files: [], ...change });
const row = (vendorId: string, change: Partial<MediaItem> = {}) => itemRowOf(item(vendorId, change));
const placed = (serverId: string, itemId: string, vendorId: string, change: Partial<MediaItem> = {}): Placed => ({ ...row(vendorId, change), serverId, itemId });
const group = (rows: Parameters<typeof groupRows>[1], candidates: Placed[], own: Record<string, string> = {}) => groupRows('here', rows, candidates, new Map(Object.entries(own)));

const IMDB = 'Imdb://tt0078748';
const TMDB = 'Tmdb://348';

describe('a row of the index', () => {
  it('adds up its files, or knows that it cannot', () => {
    const files = [{ path: '/a.mkv', sizeBytes: 2 }, { path: '/b.mkv', sizeBytes: 3 }];
    expect(row('1', { files })).toMatchObject({ path: '/a.mkv', fileCount: 2, sizeBytes: 5 });
    expect(row('1', { files: [...files, { path: '/c.mkv', sizeBytes: null }] }).sizeBytes).toBeNull();
    expect(row('1')).toMatchObject({ path: null, pathKey: null, fileCount: 0, sizeBytes: null });
  });

  it('has another identity when anything changes that the grouping rests on, and only then', () => {
    const files = [{ path: '/a.mkv', sizeBytes: null }];
    const { identity } = row('1', { guids: [IMDB, TMDB], files });
    expect(row('1', { guids: [TMDB, IMDB], files: [{ path: '/a.mkv', sizeBytes: 9 }], videoHeight: 2160 }).identity).toBe(identity);
    for (const change of [{ guids: [IMDB] }, { title: 'Aliens' }, { year: 1986 }, { durationMs: 1 }, { files: [] }]) expect(row('1', { guids: [IMDB, TMDB], files, ...change }).identity).not.toBe(identity);
  });

  it.each([
    [{ title: 'The Thing (1982)', year: 1982 }, 'thing 1982'],
    [{ type: 'episode', title: 'Pilot', parentTitle: 'The Wire', seasonNumber: 1, episodeNumber: 1 }, 'wire 001 001 pilot'],
    [{ title: '!!!', year: null }, '!!!'],
  ] as const)('%j is sorted as %s', (change, sorted) => {
    expect(sortTitleOf(row('1', change as Partial<MediaItem>))).toBe(sorted);
  });
});

describe('the title of a row', () => {
  it('is a new one when nobody has it', () => {
    expect(group([row('1', { guids: [IMDB] })], []).placings).toMatchObject([{ isLead: true, tier: null, evidence: [] }]);
  });

  it('is the one it had, as long as nobody shares it', () => {
    expect(group([row('1')], [], { '1': 'mine' }).placings[0]).toMatchObject({ itemId: 'mine', isLead: true });
  });

  it('is that of the same title elsewhere, and the older one of both stays', () => {
    const there = placed('there', 'b', 'x', { guids: [IMDB, TMDB] });
    expect(group([row('1', { guids: [IMDB, TMDB] })], [there])).toMatchObject({ placings: [{ itemId: 'b', tier: 'B', isLead: false }], joinings: [] });
    expect(group([row('1', { guids: [IMDB, TMDB] })], [there], { '1': 'a' })).toMatchObject({ placings: [{ itemId: 'a' }], joinings: [{ from: 'b', into: 'a' }] });
  });

  it('joins two that only it connects, unless they contradict each other or stand on one server', () => {
    const both = row('1', { guids: [IMDB, TMDB] });
    const one = placed('s1', 'a', 'x', { guids: [IMDB] });
    expect(group([both], [one, placed('s2', 'b', 'y', { guids: [TMDB] })])).toMatchObject({ placings: [{ itemId: 'a' }], joinings: [{ from: 'b', into: 'a' }] });
    expect(group([both], [one, placed('s1', 'b', 'y', { guids: [TMDB] })])).toMatchObject({ placings: [{ isLead: true, evidence: ['one of several titles'] }], joinings: [] });
    const [a, b] = [placed('s1', 'a', 'x', { guids: [IMDB, 'Tvdb://1'] }), placed('s2', 'b', 'y', { guids: [TMDB, 'Tvdb://2'] })];
    expect(group([both], [a, b])).toMatchObject({ placings: [{ isLead: true }], joinings: [] });
  });

  it('is found by the same path only with the same length, and never against ids', () => {
    const files = [{ path: '/m/Alien/a.mkv', sizeBytes: null }];
    const there = (change: Partial<MediaItem>) => [placed('there', 'b', 'x', { files, ...change })];
    expect(group([row('1', { files })], there({})).placings[0]).toMatchObject({ itemId: 'b', tier: 'A' });
    expect(group([row('1', { files })], there({ durationMs: 1_000 })).placings[0]?.isLead).toBe(true);
    expect(group([row('1', { files, guids: [IMDB] })], there({ guids: ['Imdb://tt0000009'] })).placings[0]?.isLead).toBe(true);
  });

  it('of a page is found by the rows behind it', () => {
    const { placings } = group([row('1', { guids: [IMDB] }), row('2', { guids: [IMDB] })], []);
    expect(placings[1]).toMatchObject({ itemId: placings[0]!.itemId, tier: 'C' });
  });

  it('is not found by an id that stands on another title of the same server, or on two elsewhere', () => {
    expect(group([row('1', { guids: [IMDB] })], [placed('here', 'b', 'x', { title: 'Heat', guids: [IMDB] })]).placings[0]?.isLead).toBe(true);
    const two = [placed('there', 'b', 'x', { guids: [IMDB] }), placed('there', 'c', 'y', { title: 'Heat', guids: [IMDB] })];
    expect(group([row('1', { guids: [IMDB] })], two).placings[0]?.isLead).toBe(true);
  });
});
