import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidv7, type MediaItem } from '@usher/contracts';
import { ItemReadingService } from '../src/libraries/items/item-reading.service.js';
import { ItemsService } from '../src/libraries/items/items.service.js';
import { OverlapService } from '../src/libraries/items/overlap.service.js';
import { ItemServer, mediaItem } from './items-fixture.js';
import { actorOf, eventually, LiveFleet, type TestController } from './live-harness.js';

const viewer = actorOf('viewer');
const operator = actorOf('operator');

describe('the item index', () => {
  let fleet: LiveFleet;
  let controller: TestController;
  let attic: ItemServer;
  let cabin: ItemServer;

  beforeAll(async () => {
    fleet = await LiveFleet.start();
    controller = await fleet.addController();
    attic = await ItemServer.add(fleet, 'Attic');
    cabin = await ItemServer.add(fleet, 'Cabin');
  });
  afterAll(() => fleet?.close());
  beforeEach(async () => {
    for (const table of ['item', 'library_reading', 'library']) await fleet.pool.query(`DELETE FROM ${table}`);
    for (const server of [attic, cabin]) {
      server.libraries.length = 0;
      server.asked.length = 0;
      server.streams = 0;
      server.beforePage = () => Promise.resolve();
    }
  });

  const read = (server: ItemServer, library: string) => controller.app.get(ItemReadingService).readNow(server.id, library, new AbortController().signal);
  const items = () => controller.app.get(ItemsService);
  const keyOf = async (server: ItemServer, vendorId: string): Promise<string | undefined> => {
    const { rows } = await fleet.pool.query<{ item_id: string }>('SELECT item_id FROM item_location WHERE server_id = $1 AND vendor_id = $2', [server.id, vendorId]);
    return rows[0]?.item_id;
  };
  const both = async (ours: MediaItem[], theirs: MediaItem[], type: 'movies' | 'shows' = 'movies') => {
    await attic.addLibrary('A', type, ['/media/films'], ours);
    await cabin.addLibrary('C', type, ['/data/films'], theirs);
    await read(attic, 'A');
    await read(cabin, 'C');
  };
  const alien = (vendorId: string, change: Partial<MediaItem> = {}) => mediaItem(vendorId, { title: 'Alien', year: 1979, guids: ['Imdb://tt0078748', 'Tmdb://348'], ...change });

  it('gives one title one key on every server, and says why', async () => {
    await both([alien('a1'), mediaItem('a2', { title: 'Heat', guids: ['Imdb://tt0113277'] })], [alien('c1', { guids: ['plex://movie/5d7768258718ba001e311845', 'imdb://tt0078748', 'tmdb://348'] }), mediaItem('c2', { title: 'Ran' })]);
    const { edges, totalCount } = await items().page(operator, { text: 'alien' }, 10, null);
    expect(totalCount).toBe(1);
    expect(edges[0]?.node).toMatchObject({
      type: 'movie',
      title: 'Alien',
      year: 1979,
      providerIds: ['imdb:tt0078748', 'plex:5d7768258718ba001e311845', 'tmdb:movie:348'],
      locations: [
        { serverId: attic.id, vendorId: 'a1', libraryVendorId: 'A', path: '/media/films/a1/film.mkv', tier: null },
        { serverId: cabin.id, vendorId: 'c1', libraryVendorId: 'C', tier: 'B', evidence: ['imdb equal', 'tmdb:movie equal'] },
      ],
    });
    expect(edges[0]?.node.itemKey).toBe(await keyOf(attic, 'a1'));
  });

  it('does not depend on which server is read first', async () => {
    await cabin.addLibrary('C', 'movies', ['/data/films'], [alien('c1')]);
    await read(cabin, 'C');
    await attic.addLibrary('A', 'movies', ['/media/films'], [alien('a1')]);
    await read(attic, 'A');
    expect(await keyOf(attic, 'a1')).toBe(await keyOf(cabin, 'c1'));
  });

  it('keeps keys over a reading that finds nothing new', async () => {
    await both([alien('a1'), mediaItem('a2')], [alien('c1')]);
    const before = [await keyOf(attic, 'a1'), await keyOf(attic, 'a2')];
    await read(attic, 'A');
    expect([await keyOf(attic, 'a1'), await keyOf(attic, 'a2')]).toEqual(before);
  });

  it('keeps a title apart from one with other ids, whatever it is called', async () => {
    await both([alien('a1')], [alien('c1', { guids: ['Imdb://tt9999999', 'Tmdb://9'] })]);
    expect(await keyOf(attic, 'a1')).not.toBe(await keyOf(cabin, 'c1'));
  });

  it('knows the same file at the same place without any id, but not by its name alone', async () => {
    const plain = { guids: [], files: [{ path: '/media/films/Alien (1979)/Alien.mkv', sizeBytes: null }] };
    await both([alien('a1', plain)], [alien('c1', plain), alien('c2', { ...plain, files: [{ path: '/x/Alien (1979)/Alien.mkv', sizeBytes: null }] })]);
    expect(await keyOf(cabin, 'c1')).toBe(await keyOf(attic, 'a1'));
    expect(await keyOf(cabin, 'c2')).not.toBe(await keyOf(attic, 'a1'));
  });

  it('joins two titles when a third server proves them one, and follows the old key', async () => {
    const barn = await ItemServer.add(fleet, 'Barn');
    await both([alien('a1', { guids: ['Imdb://tt0078748'] })], [alien('c1', { guids: ['Tmdb://348'] })]);
    const [first, second] = [await keyOf(attic, 'a1'), await keyOf(cabin, 'c1')];
    expect(first).not.toBe(second);
    await barn.addLibrary('B', 'movies', ['/barn'], [alien('b1')]);
    await read(barn, 'B');
    expect(await keyOf(cabin, 'c1')).toBe(first);
    expect((await items().find(viewer, second!)).itemKey).toBe(first);
    expect((await items().find(viewer, first!)).locations).toHaveLength(3);
    // A link that was made with the old key finds a server all the same.
    const holders = async (key: string) => (await items().held(key))!.holders.map(({ serverId, itemId }) => [serverId, itemId]);
    expect(await holders(second!)).toEqual([[attic.id, 'a1'], [cabin.id, 'c1'], [barn.id, 'b1']].sort());
    expect(await holders(first!)).toEqual(await holders(second!));
    await fleet.pool.query(`UPDATE server SET state = 'historical' WHERE id = $1`, [barn.id]);
    expect(await holders(second!)).toEqual([[attic.id, 'a1'], [cabin.id, 'c1']].sort());
    expect(await Promise.all([items().held(uuidv7()), items().held('film')])).toEqual([null, null]);
  });

  it('takes an id that stands on several titles of one server for junk', async () => {
    const wrong = ['Imdb://tt0000404'];
    await both([mediaItem('a1', { title: 'One', guids: wrong }), mediaItem('a2', { title: 'Two', guids: wrong })], [mediaItem('c1', { title: 'Two', guids: wrong })]);
    const keys = new Set([await keyOf(attic, 'a1'), await keyOf(attic, 'a2'), await keyOf(cabin, 'c1')]);
    expect(keys.size).toBe(3);
  });

  it('keeps copies on one server together', async () => {
    await both([alien('a1'), alien('a2', { files: [{ path: '/media/films/4k/Alien.mkv', sizeBytes: 5 }] })], [alien('c1')]);
    const key = await keyOf(attic, 'a1');
    expect([await keyOf(attic, 'a2'), await keyOf(cabin, 'c1')]).toEqual([key, key]);
  });

  it('matches episodes by number where the order of a series is proven, and not where it is not', async () => {
    const show = (id: string) => mediaItem(id, { type: 'series', title: 'Show', guids: ['Tvdb://81189'], durationMs: null, files: [] });
    const episodes = (side: string, count: number, dated: boolean) =>
      Array.from({ length: count }, (_, at) =>
        mediaItem(`${side}${at + 1}`, { type: 'episode', parentVendorId: `${side}-show`, parentTitle: 'Show', seasonNumber: 1, episodeNumber: at + 1, year: null, airDate: dated ? `2020-01-0${at + 1}` : null, files: [{ path: `/${side}/${at}.mkv`, sizeBytes: 1 }] }),
      );
    await both([show('a-show'), ...episodes('a', 4, true)], [show('c-show'), ...episodes('c', 4, true)], 'shows');
    expect(await keyOf(cabin, 'c3')).toBe(await keyOf(attic, 'a3'));
    const { locations } = await items().find(viewer, (await keyOf(attic, 'a3'))!);
    expect(locations[1]).toMatchObject({ serverId: cabin.id, tier: 'B', evidence: ['same number', 'same air date', 'same length'] });
    cabin.items.set('C', [show('c-show'), ...episodes('c', 5, false)]);
    await read(cabin, 'C');
    expect(await keyOf(cabin, 'c5')).not.toBe(await keyOf(attic, 'a4'));
  });

  it('forgets what is gone, and titles that nobody holds', async () => {
    await both([alien('a1'), mediaItem('a2')], [alien('c1')]);
    const gone = await keyOf(attic, 'a2');
    attic.items.set('A', [alien('a1')]);
    await read(attic, 'A');
    await expect(items().find(viewer, gone!)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await items().find(viewer, (await keyOf(attic, 'a1'))!)).locations).toHaveLength(2);
  });

  it('lets a title with new ids go, and keeps its key while it is alone', async () => {
    await both([alien('a1'), mediaItem('a2', { guids: ['Imdb://tt0000777'] })], [alien('c1')]);
    const [shared, alone] = [await keyOf(attic, 'a1'), await keyOf(attic, 'a2')];
    attic.items.set('A', [alien('a1', { title: 'Aliens', guids: ['Imdb://tt0090605'] }), mediaItem('a2', { title: 'Renamed', guids: ['Imdb://tt0000777'] })]);
    await read(attic, 'A');
    expect(await keyOf(attic, 'a1')).not.toBe(shared);
    expect(await keyOf(cabin, 'c1')).toBe(shared);
    expect(await keyOf(attic, 'a2')).toBe(alone);
    expect((await items().find(viewer, alone!)).title).toBe('Renamed');
  });

  it('reads what is due: never read, changed, or a day old; nothing else', async () => {
    const service = controller.app.get(ItemReadingService);
    const run = () => service.readDue(new AbortController().signal);
    await attic.addLibrary('A', 'movies', ['/media/films'], [alien('a1')]);
    await attic.addLibrary('Photos', 'photos', ['/media/photos'], []);
    await run();
    expect(attic.asked).toHaveLength(1);
    await run();
    expect(attic.asked).toHaveLength(1);
    attic.items.set('A', [alien('a1'), mediaItem('a2')]);
    await attic.save('A');
    await run();
    expect(attic.asked).toHaveLength(2);
    await fleet.pool.query(`UPDATE library_reading SET finished_at = now() - interval '25 hours'`);
    await run();
    expect(attic.asked).toHaveLength(3);
  });

  it('asks for one page at a time and holds no more than one', async () => {
    const films = Array.from({ length: 1_300 }, (_, at) => mediaItem(`f${at}`, { guids: [`Tmdb://${at + 1}`] }));
    let running = 0;
    let most = 0;
    attic.beforePage = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await attic.addLibrary('A', 'movies', ['/media/films'], films);
    await read(attic, 'A');
    expect(attic.asked.map(({ of }) => of.start)).toEqual([0, 500, 1000]);
    expect(attic.asked.every(({ withFiles }) => !withFiles)).toBe(true);
    expect(most).toBe(1);
    const { rows } = await fleet.pool.query('SELECT count(*)::int AS n FROM item_location');
    expect(rows[0]).toEqual({ n: 1_300 });
  });

  it('begins anew after a failure in the middle, and forgets nothing for it', async () => {
    const films = Array.from({ length: 700 }, (_, at) => mediaItem(`f${at}`));
    await attic.addLibrary('A', 'movies', ['/media/films'], films);
    await read(attic, 'A');
    attic.asked.length = 0;
    attic.beforePage = () => (attic.asked.length === 2 ? Promise.reject(new Error('broken')) : Promise.resolve());
    await expect(read(attic, 'A')).rejects.toMatchObject({ code: 'INTERNAL' });
    expect((await fleet.pool.query('SELECT count(*)::int AS n FROM item_location')).rows[0]).toEqual({ n: 700 });
    attic.beforePage = () => Promise.resolve();
    await read(attic, 'A');
    expect((await fleet.pool.query('SELECT run, done FROM library_reading')).rows).toEqual([{ run: null, done: 700 }]);
  });

  it('is read by one process at a time: the other waits and takes the result', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    attic.beforePage = () => held;
    await attic.addLibrary('A', 'movies', ['/media/films'], [alien('a1')]);
    const first = read(attic, 'A');
    await eventually(() => expect(attic.asked).toHaveLength(1));
    const second = read(attic, 'A');
    release();
    await Promise.all([first, second]);
    expect(attic.asked).toHaveLength(1);
  });

  it('leaves a reading that another process took over to that one', async () => {
    await attic.addLibrary('A', 'movies', ['/media/films'], [alien('a1')]);
    attic.beforePage = async () => void (await fleet.pool.query('UPDATE library_reading SET run = $1', [uuidv7()]));
    const reading = read(attic, 'A');
    await eventually(async () => expect((await fleet.pool.query('SELECT done FROM library_reading')).rows).toEqual([{ done: 0 }]));
    expect(await keyOf(attic, 'a1')).toBeUndefined();
    await fleet.pool.query(`UPDATE library_reading SET run = NULL, finished_at = now() + interval '1 second'`);
    await reading;
    expect(attic.asked).toHaveLength(1);
  });

  it('refuses an agent that lists without an end', async () => {
    await attic.addLibrary('A', 'movies', ['/media/films'], [alien('a1')]);
    const { handlers } = attic.agent;
    const before = handlers.get('item.list@1')!;
    handlers.set('item.list@1', async () => ({ items: [alien('a1')], total: null, nextStart: 0, streams: 0 }));
    await expect(read(attic, 'A')).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
    handlers.set('item.list@1', before);
  });

  it('forgets servers that left and libraries that are gone', async () => {
    await both([alien('a1')], [alien('c1')]);
    await fleet.pool.query('DELETE FROM library WHERE server_id = $1', [cabin.id]);
    await controller.app.get(ItemReadingService).readDue(new AbortController().signal);
    expect(await keyOf(cabin, 'c1')).toBeUndefined();
    expect((await items().find(viewer, (await keyOf(attic, 'a1'))!)).locations).toHaveLength(1);
  });

  it('is searched by words, ids, servers and types, page by page', async () => {
    const films = ['Alien', 'Aliens', 'Heat', 'The Thing'].map((title, at) => mediaItem(`f${at}`, { title, guids: [`Tmdb://${at + 1}`] }));
    await both(films, [mediaItem('c1', { title: 'Ran' })]);
    const titles = async (search: object, first = 10, after: string | null = null) => (await items().page(viewer, search, first, after)).edges.map(({ node }) => node.title);
    expect(await titles({})).toEqual(['Alien', 'Aliens', 'Heat', 'Ran', 'The Thing']);
    expect(await titles({ text: 'ali' })).toEqual(['Alien', 'Aliens']);
    expect(await titles({ text: 'the thing 2001' })).toEqual(['The Thing']);
    expect(await titles({ text: 'TMDB:movie:3' })).toEqual(['Heat']);
    expect(await titles({ text: "x' | ali:*" })).toEqual([]);
    expect(await titles({ serverIds: [cabin.id] })).toEqual(['Ran']);
    expect(await titles({ types: ['series'] })).toEqual([]);
    const { pageInfo } = await items().page(viewer, {}, 2, null);
    expect(pageInfo.hasNextPage).toBe(true);
    expect(await titles({}, 2, pageInfo.endCursor)).toEqual(['Heat', 'Ran']);
  });

  it('shows paths from role operator on', async () => {
    await both([alien('a1')], []);
    const key = (await keyOf(attic, 'a1'))!;
    expect((await items().find(viewer, key)).locations[0]?.path).toBeNull();
    expect((await items().find(operator, key)).locations[0]?.path).toBe('/media/films/a1/film.mkv');
  });

  it('tells what two servers have in common', async () => {
    const weak = alien('c1', { guids: ['Imdb://tt0078748'] });
    await both([alien('a1'), mediaItem('a2', { title: 'Heat', guids: ['Imdb://tt0113277', 'Tmdb://949'] }), mediaItem('a3')], [weak, mediaItem('c2', { title: 'Heat', guids: ['Imdb://tt0113277', 'Tmdb://949'] }), mediaItem('c9')]);
    const overlap = await controller.app.get(OverlapService).between(viewer, attic.id, cabin.id);
    expect(overlap).toMatchObject({ titles: 3, onBoth: 2, onlySource: 1, onlyTarget: 1, tiers: [{ tier: 'A', count: 0 }, { tier: 'B', count: 1 }, { tier: 'C', count: 1 }], sourceReadAt: expect.any(Date) });
    expect(overlap.libraries).toMatchObject([{ libraryVendorId: 'A', titles: 3, onBoth: 2, onlySource: 1 }]);
  });
});
