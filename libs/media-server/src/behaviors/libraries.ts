import { FolderSpace, ItemStream, Library, MediaItem, PathCheck } from '@usher/contracts';
import { expect } from 'expect';
import type { MediaServer } from '../media-server.js';
import { behavior, GONE, NOT_OFFERED, type Behavior } from './behavior.js';
import { failsWith, NOT_FOUND, refused } from './failing.js';

const LEAN = { withFiles: false };
const WITH_FILES = { withFiles: true };
const WITH_STREAMS = { withFiles: true, withStreams: true };
/** Of a large library no more is compared. */
const MOST = 500;
/** A page with what is inside the files is dear. */
const FEW = 20;

/** The first titles, in pages of this size. */
async function walk({ libraries }: MediaServer, libraryId: string, limit: number, most = MOST): Promise<MediaItem[]> {
  const items: MediaItem[] = [];
  for (let start: number | null = 0; start !== null && items.length < most; ) {
    const page = await libraries.items(libraryId, { start, limit }, LEAN);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    expect(page.nextStart ?? Infinity).toBeGreaterThan(start);
    items.push(...page.items);
    start = page.nextStart;
  }
  return items.slice(0, most);
}

const ids = (items: readonly MediaItem[]): string[] => items.map(({ vendorId }) => vendorId);
const imdbOf = ({ guids }: MediaItem): string | undefined => guids.map((guid) => /^imdb:\/\/(tt\d+)$/i.exec(guid)?.[1]).find((id) => id !== undefined);

/** What libraries hold: titles, files, paths and room. */
export const LIBRARIES: readonly Behavior[] = [
  behavior('libraries.list() counts what is in them', [], async ({ server, facts }) => {
    const libraries = await server.libraries.list();
    for (const library of libraries) expect(Library.parse(library)).toEqual(library);
    expect(new Set(libraries.map(({ vendorId }) => vendorId)).size).toBe(libraries.length);
    expect((await facts.library('movies')).folders.length).toBeGreaterThan(0);
  }),

  behavior('libraries.list() counts series and their episodes', [], async ({ facts }) => {
    const { itemCount, childCount } = await facts.library('shows');
    expect(itemCount).toBeGreaterThan(0);
    expect(childCount).toBeGreaterThanOrEqual(itemCount!);
  }),

  behavior('libraries.items() lists every film once, however long the pages are', [], async ({ server, facts }) => {
    const films = await facts.library('movies');
    const long = await walk(server, films.vendorId, MOST);
    const short = await walk(server, films.vendorId, Math.max(3, Math.ceil(long.length / 5)), long.length);
    expect(ids(short)).toEqual(ids(long));
    expect(new Set(ids(long)).size).toBe(long.length);
    if (long.length < MOST) expect(long).toHaveLength(films.itemCount!);
    for (const item of long) expect(MediaItem.parse(item)).toEqual(item);
    expect((await server.libraries.items(films.vendorId, { start: 0, limit: 1 }, LEAN)).total).toBe(films.itemCount);
  }),

  behavior('libraries.items() tells what is known of a film', [], async ({ facts }) => {
    const film = await facts.filmThat('with an id of IMDb', (each) => imdbOf(each) !== undefined);
    expect(film).toMatchObject({ type: 'movie', parentVendorId: null, seasonNumber: null, durationMs: expect.any(Number), year: expect.any(Number), airDate: expect.any(String) });
    expect(film.files.length).toBeGreaterThan(0);
  }),

  behavior('libraries.items() lists series and their episodes', [], async ({ server, facts }) => {
    const shows = await facts.library('shows');
    const items = await facts.titles('shows');
    const series = items.filter(({ type }) => type === 'series');
    const episodes = items.filter(({ type }) => type === 'episode');
    expect(new Set(ids(items)).size).toBe(items.length);
    for (const item of items) expect(MediaItem.parse(item)).toEqual(item);
    const some = items.slice(0, MOST);
    expect(ids(await walk(server, shows.vendorId, Math.max(7, Math.ceil(some.length / 5)), some.length))).toEqual(ids(some));
    for (const each of series) expect(each).toMatchObject({ files: [], durationMs: null });
    // of a large library only the beginning was read
    if (items.length >= MOST) return;
    expect([series.length, episodes.length]).toEqual([shows.itemCount, shows.childCount]);
    const known = new Set(ids(series));
    expect(episodes.filter(({ parentVendorId }) => parentVendorId === null || !known.has(parentVendorId))).toEqual([]);
    expect(episodes).toContainEqual(expect.objectContaining({ seasonNumber: 1, episodeNumber: 1, episodeEndNumber: null, parentTitle: expect.any(String) }));
  }),

  behavior('libraries.items() beyond the end is empty', [], async ({ server, facts }) => {
    const films = await facts.library('movies');
    const { total } = await server.libraries.items(films.vendorId, { start: 0, limit: 1 }, LEAN);
    expect(await server.libraries.items(films.vendorId, { start: (total ?? 0) + 10_000, limit: 5 }, LEAN)).toMatchObject({ items: [], nextStart: null });
  }),

  behavior('libraries.items() with files and streams answers what the contract says', [], async ({ server, facts }) => {
    for (const type of ['movies', 'shows'] as const) {
      const { items } = await server.libraries.items((await facts.library(type)).vendorId, { start: 0, limit: FEW }, WITH_STREAMS);
      for (const item of items) expect(MediaItem.parse(item)).toEqual(item);
    }
  }),

  behavior('libraries.itemsById() tells every file with its size, and only what was asked for', [], async ({ server, facts }) => {
    const [one, two] = await facts.films(2);
    const found = await server.libraries.itemsById([two!.vendorId, GONE, one!.vendorId], WITH_FILES);
    expect(new Set(ids(found))).toEqual(new Set([one!.vendorId, two!.vendorId]));
    for (const { files } of found) expect(files[0]).toMatchObject({ path: expect.stringMatching(/^([A-Za-z]:)?[\\/].+\.\w+$/), sizeBytes: expect.any(Number) });
  }),

  behavior('libraries.itemsById() tells what is inside a file when it is asked to', [], async ({ server, facts }) => {
    const { vendorId } = await facts.filmWithFilesThat('with a subtitle and a language', ({ files }) => {
      const streams = files[0]?.streams ?? [];
      return streams.some(({ type, language }) => type === 'audio' && language !== null) && streams.some(({ type }) => type === 'subtitle');
    });
    const [item] = await server.libraries.itemsById([vendorId], WITH_STREAMS);
    const streams = item!.files[0]!.streams ?? [];
    for (const stream of streams) expect(ItemStream.parse(stream)).toEqual(stream);
    expect(streams.find(({ type }) => type === 'video')).toMatchObject({ codec: expect.any(String), height: expect.any(Number), width: expect.any(Number), hdr: expect.any(String) });
    expect(streams.find(({ type, language }) => type === 'audio' && language !== null)).toMatchObject({ codec: expect.any(String), channels: expect.any(Number) });
    expect(streams.find(({ type }) => type === 'subtitle')).toMatchObject({ codec: expect.any(String), forced: expect.any(Boolean), external: expect.any(Boolean) });
    const [plain] = await server.libraries.itemsById([vendorId], WITH_FILES);
    expect(plain!.files[0]).not.toHaveProperty('streams');
  }),

  behavior('libraries.checkPaths() tells what the server sees', [], async ({ server, facts }) => {
    const { folders } = await facts.library('movies');
    const file = (await facts.film()).files[0]!.path;
    const checks = await server.libraries.checkPaths({ folders: [folders[0]!, '/not/there'], files: [file, `${file}.not`] });
    for (const check of checks) expect(PathCheck.parse(check)).toEqual(check);
    expect(checks.map(({ state }) => state)).toEqual(['found', 'missing', 'found', 'missing']);
  }),

  behavior('libraries.space() tells the room on the disks, or that it cannot', [], async ({ server, facts }) => {
    if (!(await facts.has('libraries.space'))) return await refused(server.libraries.space());
    const space = await server.libraries.space();
    for (const folder of space) expect(FolderSpace.parse(folder)).toEqual(folder);
    expect(space.map(({ path }) => path)).toContain((await facts.library('movies')).folders[0]);
  }),

  behavior('libraries.create() and remove() make a library and take it away', ['own-library'], async ({ server, facts, folders, nameOf }) => {
    if (!(await facts.has('libraries.create'))) return NOT_OFFERED;
    const { libraries } = server;
    const told = async () => (await libraries.list()).map(({ vendorId, name, type, folders: where }) => ({ vendorId, name, type, where }));
    const before = await told();
    const spec = { name: nameOf('Attic'), type: 'movies' as const, folders: [...folders] };
    const made = await libraries.create(spec);
    expect(Library.parse(made)).toEqual(made);
    expect(made).toMatchObject(spec);
    expect((await libraries.list()).find(({ vendorId }) => vendorId === made.vendorId)).toMatchObject(spec);
    await failsWith(libraries.create({ ...spec, name: spec.name.toUpperCase() }), { code: 'IDENTITY_CONFLICT' });
    await libraries.remove(made.vendorId);
    expect(await told()).toEqual(before);
    await failsWith(libraries.remove(made.vendorId), NOT_FOUND);
  }),
];
