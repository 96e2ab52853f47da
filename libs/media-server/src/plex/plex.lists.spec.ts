import { describe, expect, it } from '@jest/globals';
import { Collection, Playlist } from '@usher/contracts';
import { collectionRows, mapPlexCollections } from './plex.collections.js';
import { readContainer } from './plex.http.js';
import { chunks } from './plex.lists.js';
import { difference, mapPlexPlaylists, movesTo } from './plex.playlists.js';

const entries = (ids: string) => [...ids].map((itemId, at) => ({ itemId, entryId: `${itemId}${at}` }));

/** What the server makes of additions at the end, removals and moves. */
function carriedOut(before: string, wanted: string): string {
  const { missing, surplus } = difference(entries(before), [...wanted]);
  let now = [...entries(before), ...missing.map((itemId, at) => ({ itemId, entryId: `new${at}` }))].filter((entry) => !surplus.some(({ entryId }) => entryId === entry.entryId));
  for (const { entryId, after } of movesTo(now, [...wanted])) {
    const moved = now.find((entry) => entry.entryId === entryId)!;
    const others = now.filter((entry) => entry !== moved);
    const at = after === null ? 0 : others.findIndex((entry) => entry.entryId === after) + 1;
    now = [...others.slice(0, at), moved, ...others.slice(at)];
  }
  return now.map(({ itemId }) => itemId).join('');
}

describe('what a playlist needs to become another', () => {
  it.each([
    ['', 'abc'], ['abc', 'abc'], ['abc', 'cba'], ['abc', 'd'], ['aab', 'aba'], ['abc', 'aabbcc'], ['aabbcc', 'abc'], ['abcdef', 'fbdxa'], ['ab', 'ba'],
  ])('from %p to %p', (before, wanted) => {
    expect(carriedOut(before, wanted)).toBe(wanted);
  });

  it('is nothing when it is the same, and one move when one title moved', () => {
    expect(difference(entries('abc'), [...'abc'])).toEqual({ missing: [], surplus: [] });
    expect(movesTo(entries('abc'), [...'abc'])).toEqual([]);
    expect(movesTo(entries('abcd'), [...'dabc'])).toEqual([{ entryId: 'd3', after: null }]);
  });

  it('goes in portions that fit into an address', () => {
    expect(chunks(Array.from({ length: 201 }, String)).map(({ length }) => length)).toEqual([100, 100, 1]);
    expect(chunks([])).toEqual([]);
  });
});

describe('rows of lists', () => {
  it('playlists: numbers as text, words that are not known', () => {
    const playlists = mapPlexPlaylists([{ ratingKey: '92', title: 'Static', smart: false, playlistType: 'video', duration: 7_328_000, leafCount: '32' }, { ratingKey: 95, title: 'Rules', smart: '1', playlistType: 'hologram' }, { title: 'x' }, {}], '77');
    for (const playlist of playlists) expect(Playlist.parse(playlist)).toEqual(playlist);
    expect(playlists).toEqual([
      { vendorId: '92', name: 'Static', userId: '77', mediaType: 'video', itemCount: 32, durationMs: 7_328_000, smart: false },
      { vendorId: '95', name: 'Rules', userId: '77', mediaType: 'unknown', itemCount: null, durationMs: null, smart: true },
    ]);
  });

  it('collections: among the folders of an XML answer', () => {
    const xml = '<MediaContainer size="1"><Directory ratingKey="7" type="collection" title="Trains" childCount="2" /></MediaContainer>';
    const container = readContainer({ status: 200, headers: { 'content-type': 'text/xml' }, body: xml });
    expect(mapPlexCollections(collectionRows(container), '3')).toEqual([{ vendorId: '7', name: 'Trains', libraryVendorId: '3', itemCount: 2, smart: false }]);
  });

  it('collections: of their section', () => {
    const collections = mapPlexCollections([{ ratingKey: '7', title: 'Trains', childCount: '4', smart: '0' }, { ratingKey: 8, title: 'Rules', smart: 1 }, {}], '3');
    for (const collection of collections) expect(Collection.parse(collection)).toEqual(collection);
    expect(collections).toEqual([{ vendorId: '7', name: 'Trains', libraryVendorId: '3', itemCount: 4, smart: false }, { vendorId: '8', name: 'Rules', libraryVendorId: '3', itemCount: null, smart: true }]);
  });
});
