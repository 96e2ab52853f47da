import { Collection, Playlist } from '@usher/contracts';
import { expect } from 'expect';
import { behavior, GONE, NOT_OFFERED, type Behavior, type Subject } from './behavior.js';
import { failsWith, NOT_FOUND } from './failing.js';

type Four = readonly [string, string, string, string];

const filmIds = async ({ facts }: Subject): Promise<Four> => (await facts.films(4)).slice(0, 4).map(({ vendorId }) => vendorId) as unknown as Four;

/** A playlist of that name in the name of its owner. */
async function playlistOf(subject: Subject, name: string) {
  const { playlists } = subject.server;
  const { vendorId: ownerId } = await subject.listOwner();
  return {
    ownerId,
    ensure: (...itemIds: string[]) => playlists.ensure(ownerId, { name, itemIds }),
    named: async (): Promise<Playlist[]> => (await playlists.list(ownerId)).filter((each) => each.name === name),
    items: (id: string) => playlists.items(ownerId, id),
    remove: (id: string) => playlists.remove(ownerId, id),
  };
}

/** Playlists and collections. */
export const LISTS: readonly Behavior[] = [
  behavior('playlists.list() and items() answer what the contract says', [], async ({ server: { playlists }, facts }) => {
    if (!(await facts.has('playlists.read'))) return NOT_OFFERED;
    const { vendorId } = await facts.person();
    const listed = await playlists.list(vendorId);
    for (const each of listed) expect(Playlist.parse(each)).toEqual(each);
    if (listed[0]) expect(await playlists.items(vendorId, listed[0].vendorId)).toEqual(expect.any(Array));
    await failsWith(playlists.items(vendorId, GONE), NOT_FOUND);
  }),

  behavior('playlists.ensure() makes one with its items in order', ['own-lists'], async (subject) => {
    if (!(await subject.facts.has('playlists.write'))) return NOT_OFFERED;
    const [one, two, three] = await filmIds(subject);
    const name = subject.nameOf('Rainy Evening & more');
    const playlist = await playlistOf(subject, name);
    const wanted = [three, one, two];
    const made = await playlist.ensure(...wanted);
    expect(Playlist.parse(made)).toEqual(made);
    expect(made).toMatchObject({ name, smart: false });
    expect(await playlist.items(made.vendorId)).toEqual(wanted);
    expect((await playlist.named())[0]).toMatchObject({ vendorId: made.vendorId, itemCount: 3, mediaType: 'video' });
  }),

  behavior('playlists.ensure() makes one for one person', ['own-account', 'own-lists'], async (subject) => {
    const { server, facts } = subject;
    if (!(await facts.has('playlists.write'))) return NOT_OFFERED;
    const [film] = await filmIds(subject);
    const { vendorId } = await (await playlistOf(subject, subject.nameOf('For Me Alone'))).ensure(film);
    const others = await server.playlists.list((await facts.administrator()).vendorId);
    expect(others.some((each) => each.vendorId === vendorId)).toBe(false);
  }),

  behavior('playlists.ensure() twice is the same, and brings one of that name to other items', ['own-lists'], async (subject) => {
    if (!(await subject.facts.has('playlists.write'))) return NOT_OFFERED;
    const [one, two, three, four] = await filmIds(subject);
    const playlist = await playlistOf(subject, subject.nameOf('Rainy Evening'));
    const items = async () => await playlist.items((await playlist.named())[0]!.vendorId);
    await playlist.ensure(one, two, three);
    await playlist.ensure(one, two, three);
    expect(await playlist.named()).toHaveLength(1);
    expect(await items()).toEqual([one, two, three]);
    await playlist.ensure(four, three, one);
    expect(await playlist.named()).toHaveLength(1);
    expect(await items()).toEqual([four, three, one]);
  }),

  behavior('playlists.remove() takes it away', ['own-lists'], async (subject) => {
    if (!(await subject.facts.has('playlists.write'))) return NOT_OFFERED;
    const [film] = await filmIds(subject);
    const playlist = await playlistOf(subject, subject.nameOf('Short Evening'));
    const { vendorId } = await playlist.ensure(film);
    await playlist.remove(vendorId);
    expect(await playlist.named()).toEqual([]);
    await failsWith(playlist.remove(vendorId), NOT_FOUND);
    await failsWith(playlist.items(vendorId), NOT_FOUND);
  }),

  behavior('playlists.ensure() refuses titles that are not there', ['own-lists'], async (subject) => {
    if (!(await subject.facts.has('playlists.write'))) return NOT_OFFERED;
    const playlist = await playlistOf(subject, subject.nameOf('Nothing'));
    await failsWith(playlist.ensure(GONE), NOT_FOUND);
    expect(await playlist.named()).toEqual([]);
  }),

  behavior('collections.list() and items() answer what the contract says', [], async ({ server: { collections }, facts }) => {
    if (!(await facts.has('collections.read'))) return NOT_OFFERED;
    const listed = await collections.list();
    for (const each of listed) expect(Collection.parse(each)).toEqual(each);
    if (listed[0]) expect(await collections.items(listed[0].vendorId)).toEqual(expect.any(Array));
    await failsWith(collections.items(GONE), NOT_FOUND);
  }),

  behavior('collections.ensure() makes one, and twice is the same; remove() takes it away', ['own-lists'], async (subject) => {
    const { server, facts } = subject;
    if (!(await facts.has('collections.write'))) return NOT_OFFERED;
    const { collections } = server;
    const [one, two, , four] = await filmIds(subject);
    const libraryId = (await facts.library('movies')).vendorId;
    const name = subject.nameOf('Trains');
    const ensure = (...itemIds: string[]) => collections.ensure(libraryId, { name, itemIds });
    const named = async () => (await collections.list()).filter((each) => each.name === name);
    const made = await ensure(one, two);
    expect(Collection.parse(made)).toEqual(made);
    expect(new Set(await collections.items(made.vendorId))).toEqual(new Set([one, two]));
    expect((await ensure(one, two)).vendorId).toBe(made.vendorId);
    await ensure(two, four);
    expect(await named()).toHaveLength(1);
    const [now] = await named();
    expect(now).toMatchObject({ name, smart: false });
    expect(new Set(await collections.items(now!.vendorId))).toEqual(new Set([two, four]));
    await collections.remove(now!.vendorId);
    expect(await named()).toEqual([]);
    await failsWith(collections.remove(made.vendorId), NOT_FOUND);
  }),
];
