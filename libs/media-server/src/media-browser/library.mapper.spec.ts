import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@usher/resilience';
import { jellyfinLibraryId, jellyfinLibraryIdOf } from '../jellyfin/jellyfin.mapper.js';
import { embyLibraryIdOf } from '../emby/emby.mapper.js';
import { VendorHttp } from '../http/vendor-http.js';
import { byPath, homeGuard, loopback, type Answer } from '../testing/loopback.js';
import { listLibraries } from './libraries.js';
import { mapLibraries } from './library.mapper.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function list(folders: unknown, more: Record<string, unknown>) {
  const server = await loopback(byPath({ '/Library/VirtualFolders': folders, ...more }));
  const http = new VendorHttp({ url: new URL(server.url), tls: { verify: true }, egress: homeGuard, clock: systemClock, authHeaders: () => ({}) });
  closing.push(() => http.close(), () => server.close());
  const libraries = await listLibraries({ http, path: '/Library/VirtualFolders', prefix: '', idOf: jellyfinLibraryIdOf, onListed: () => undefined });
  return { libraries, requests: server.requests };
}

const folder = (Name: string, CollectionType?: string, ItemId?: string) => ({ Name, CollectionType, ItemId, Locations: [`/media/${Name}`] });

describe('libraries', () => {
  it('are counted by one request where every type occurs once', async () => {
    const totals = { MovieCount: 14, SeriesCount: 2, EpisodeCount: 16, ArtistCount: '1', SongCount: 5 };
    const { libraries, requests } = await list([folder('Films', 'movies', 'a'), folder('Shows', 'tvshows', 'b'), folder('Music', 'music', 'c'), folder('TV', 'livetv', 'd')], { '/Items/Counts': totals });
    expect(libraries.map(({ type, itemCount, childCount }) => [type, itemCount, childCount])).toEqual([
      ['movies', 14, null],
      ['shows', 2, 16],
      ['music', 1, 5],
      ['other', null, null],
    ]);
    expect(requests).toEqual(['GET /Library/VirtualFolders', 'GET /Items/Counts']);
  });

  it('are counted one by one where a type occurs twice, films inside collections included', async () => {
    const total: Answer = (request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const count = query.get('ParentId') === 'a' ? 14 : 3;
      response.writeHead(200).end(JSON.stringify({ Items: [], TotalRecordCount: count }));
    };
    const { libraries, requests } = await list([folder('Films', 'movies', 'a'), folder('More films', 'movies', 'b')], { '/Items': total });
    expect(libraries.map((library) => library.itemCount)).toEqual([14, 3]);
    for (const request of requests.slice(1)) expect(request).toMatch(/Recursive=true&IncludeItemTypes=Movie&Limit=0&CollapseBoxSetItems=false/);
  });

  it('of mixed content have no collection type', async () => {
    const { libraries } = await list([folder('All', undefined, 'a')], { '/Items': { TotalRecordCount: 7 } });
    expect(libraries[0]).toMatchObject({ type: 'mixed', itemCount: 7, childCount: 7 });
  });

  it('without an id get the one that Jellyfin makes of the name', () => {
    expect(jellyfinLibraryId('Movies')).toBe('f137a2dd21bbc1b99aa5c0f6bf02a805');
    expect(mapLibraries([folder('Movies', 'movies')], jellyfinLibraryIdOf)![0]!.library.vendorId).toBe('f137a2dd21bbc1b99aa5c0f6bf02a805');
  });

  it('of Emby come in an envelope, with decimal ids', () => {
    expect(mapLibraries({ Items: [{ Name: 'Films', ItemId: 28, Guid: 'abc', CollectionType: 'movies' }] }, embyLibraryIdOf)![0]!.library).toMatchObject({ vendorId: '28', folders: [] });
  });

  it('in an unknown form are an invalid answer, never none', async () => {
    expect(mapLibraries([{ foo: 1 }], jellyfinLibraryIdOf)).toBeNull();
    expect(mapLibraries({ error: 'x' }, jellyfinLibraryIdOf)).toBeNull();
    expect(mapLibraries([], jellyfinLibraryIdOf)).toEqual([]);
    await expect(list({ error: 'x' }, {})).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
  });

  it('have no counts where the server tells none', async () => {
    const { libraries } = await list([folder('Films', 'movies', 'a')], { '/Items/Counts': { MovieCount: 'many' } });
    expect(libraries[0]).toMatchObject({ itemCount: null });
  });
});
