import { expect, it } from '@jest/globals';
import { ItemStream, Library, ListedItem, MediaItem, MetadataHealth, SubtitleCandidate, type Capability } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { GONE } from './describe-capabilities.js';
import type { Bench } from './describe-media-server.js';

const LEAN = { withFiles: false };
const NEW = 'A Reel Without a Label';

/** The part of the suite that looks for titles, and at what is known of them. */
export function describeTitles(current: () => Bench): void {
  const server = (): MediaServer => current().server;
  const declares = async (capability: Capability): Promise<boolean> => {
    await server().probe();
    return server().capabilities.has(capability);
  };
  const films = async (): Promise<Library> => (await server().libraries.list()).find(({ type }) => type === 'movies')!;
  const listed = async (changedSince?: string): Promise<MediaItem[]> =>
    (await server().libraries.items((await films()).vendorId, { start: 0, limit: 500 }, { ...LEAN, ...(changedSince === undefined ? {} : { changedSince }) })).items;
  const notFound = { code: 'NOT_FOUND' };

  it('libraries.find() finds every copy of a title by an id of somebody else', async () => {
    if (!(await declares('items.byProviderId'))) return;
    const film = (await listed())[0]!;
    const imdb = film.guids.map((guid) => /^imdb:\/\/(tt\d+)$/i.exec(guid)?.[1]).find((id) => id !== undefined)!;
    const found = await server().libraries.find({ imdb });
    for (const item of found) expect(MediaItem.parse(item)).toEqual(item);
    expect(found.map(({ vendorId }) => vendorId)).toEqual([film.vendorId]);
    expect(await server().libraries.find({ imdb: 'tt9999999' })).toEqual([]);
    await expect(server().libraries.find({})).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('libraries.recentlyAdded() begins with the newest and keeps to its limit', async () => {
    if (!(await declares('items.recentlyAdded'))) return;
    current().add(NEW);
    const newest = await server().libraries.recentlyAdded(5);
    for (const each of newest) expect(ListedItem.parse(each)).toEqual(each);
    expect(newest).toHaveLength(5);
    expect(newest[0]?.item.title).toBe(NEW);
    const times = newest.map(({ at }) => at ?? '');
    expect(times).toEqual([...times].sort().reverse());
    expect(await server().libraries.recentlyAdded(1)).toHaveLength(1);
  });

  it('libraries.items() lists what changed since', async () => {
    if (!(await declares('items.changedSince'))) return;
    const all = await listed();
    current().add(NEW);
    const changed = await listed(new Date(Date.now() - 3_600_000).toISOString());
    expect(changed.map(({ title }) => title)).toContain(NEW);
    expect(await listed('2001-01-01T00:00:00.000Z')).toHaveLength(all.length + 1);
    expect(await listed(new Date(Date.now() + 86_400_000).toISOString())).toEqual([]);
    // the next whole listing is whole
    expect(await listed()).toHaveLength(all.length + 1);
  });

  it('libraries.itemsById() tells what is inside a file when it is asked to', async () => {
    const [film] = await listed();
    const [item] = await server().libraries.itemsById([film!.vendorId], { withFiles: true, withStreams: true });
    const streams = item!.files[0]!.streams ?? [];
    for (const stream of streams) expect(ItemStream.parse(stream)).toEqual(stream);
    expect(streams.find(({ type }) => type === 'video')).toMatchObject({ codec: expect.any(String), height: expect.any(Number), width: expect.any(Number), hdr: expect.any(String) });
    expect(streams.find(({ type }) => type === 'audio')).toMatchObject({ codec: expect.any(String), language: expect.any(String), channels: expect.any(Number) });
    expect(streams.find(({ type }) => type === 'subtitle')).toMatchObject({ codec: expect.any(String), forced: false, external: expect.any(Boolean) });
    const [plain] = await server().libraries.itemsById([film!.vendorId], { withFiles: true });
    expect(plain!.files[0]).not.toHaveProperty('streams');
  });

  it('libraries.health() counts what is missing and names examples', async () => {
    if (!(await declares('metadata.health'))) return;
    const { vendorId } = await films();
    const before = await server().libraries.health(vendorId);
    expect(MetadataHealth.parse(before)).toEqual(before);
    expect(before.items).toBe((await films()).itemCount);
    current().add(NEW);
    const { items, missingPoster, missingOverview, missingIds, examples } = await server().libraries.health(vendorId);
    expect(items).toBe(before.items + 1);
    const more = (now: number | null, then: number | null) => (now === null || then === null ? 1 : now - then);
    expect([more(missingPoster, before.missingPoster), more(missingOverview, before.missingOverview), more(missingIds, before.missingIds)]).toEqual([1, 1, 1]);
    const example = examples.find(({ title }) => title === NEW);
    expect(example?.missing).toEqual(expect.arrayContaining([...(missingIds === null ? [] : ['ids']), ...(missingPoster === null ? [] : ['poster'])]));
    await expect(server().libraries.health(GONE)).rejects.toMatchObject(notFound);
  });

  it('libraries.create() and remove() make a library and take it away', async () => {
    if (!(await declares('libraries.create'))) return;
    const { libraries } = server();
    const before = await libraries.list();
    const spec = { name: 'Attic', type: 'movies' as const, folders: ['/media/attic', '/media/cellar'] };
    const made = await libraries.create(spec);
    expect(Library.parse(made)).toEqual(made);
    expect(made).toMatchObject(spec);
    expect((await libraries.list()).find(({ vendorId }) => vendorId === made.vendorId)).toMatchObject(spec);
    await expect(libraries.create({ ...spec, name: 'ATTIC' })).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' });
    await libraries.remove(made.vendorId);
    expect(await libraries.list()).toEqual(before);
    await expect(libraries.remove(made.vendorId)).rejects.toMatchObject(notFound);
  });

  it('subtitles.find() and fetch() get a subtitle that is not there', async () => {
    if (!(await declares('subtitles.search'))) return;
    const { subtitles } = server();
    const [film] = await listed();
    const candidates = await subtitles.find(film!.vendorId, 'en');
    for (const candidate of candidates) expect(SubtitleCandidate.parse(candidate)).toEqual(candidate);
    expect(candidates.length).toBeGreaterThan(0);
    await expect(subtitles.fetch(film!.vendorId, candidates[0]!.vendorId)).resolves.toBeUndefined();
    await expect(subtitles.find(GONE, 'en')).rejects.toMatchObject(notFound);
  });
}
