import { beforeEach, describe, expect, it } from '@jest/globals';
import { WatchState, type Capability, type MediaItem, type MediaUser, type WatchField } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import type { Bench } from './describe-media-server.js';

/** What stands in a server's store, whatever its protocol tells. */
export type Seed = Partial<Pick<WatchState, WatchField>>;

const LONG_AGO = '2019-09-08T07:06:05.123Z';
const LATER = '2021-05-06T07:08:09.000Z';

/** The part of the suite that reads and writes watch states. */
export function describeStates(current: () => Bench): void {
  describe('watch states', () => {
    let server: MediaServer;
    let person: MediaUser;
    let films: MediaItem[];
    const has = (capability: Capability): boolean => server.capabilities.has(capability);
    beforeEach(async () => {
      ({ server } = current());
      await server.probe();
      person = (await server.users.list()).find((user) => !user.isAdministrator)!;
      const library = (await server.libraries.list()).find(({ type }) => type === 'movies')!;
      films = (await server.libraries.items(library.vendorId, { start: 0, limit: 500 }, { withFiles: false })).items;
    });
    const seed = (film: MediaItem, change: Seed): void => current().seed(person.name, film, change);
    const stored = (film: MediaItem): Required<Seed> => current().stored(person.name, film);
    const read = async (film: MediaItem): Promise<WatchState> => (await server.watchStates.read(person.vendorId, [film.vendorId]))[0]!;
    /** Read, change, write: as whoever carries a plan out does it. */
    const write = async (film: MediaItem, change: Seed): Promise<WatchState> => {
      const before = await read(film);
      await server.watchStates.set(person.vendorId, { ...before, ...change }, before);
      return await read(film);
    };
    const listAll = async (limit: number): Promise<WatchState[]> => {
      const states: WatchState[] = [];
      for (let page: string | null = null; ; ) {
        const answer = await server.watchStates.list(person.vendorId, page, limit);
        expect(answer.states.length).toBeLessThanOrEqual(limit);
        states.push(...answer.states);
        page = answer.next;
        if (page === null) return states;
        expect(page.length).toBeLessThanOrEqual(500);
      }
    };
    /** Fields that this server keeps; the rest is of its own making. */
    const kept = (state: Seed): Seed => ({
      played: state.played!,
      positionMs: state.positionMs!,
      ...(has('watchStates.playCount') ? { playCount: state.playCount! } : {}),
      ...(has('watchStates.playedAt') ? { lastPlayedAt: state.lastPlayedAt! } : {}),
      ...(has('watchStates.favorite') ? { favorite: state.favorite! } : {}),
      ratingTenths: state.ratingTenths!,
    });

    it('read() tells every field, and that a title is untouched', async () => {
      const [film, other] = films as [MediaItem, MediaItem];
      seed(film, { played: true, playCount: 3, lastPlayedAt: LATER, positionMs: 600_000, favorite: true, ratingTenths: 85 });
      const states = await server.watchStates.read(person.vendorId, [film.vendorId, other.vendorId]);
      for (const state of states) expect(WatchState.parse(state)).toEqual(state);
      expect(states.find(({ itemVendorId }) => itemVendorId === film.vendorId)).toMatchObject({
        played: true, playCount: 3, lastPlayedAt: LATER, positionMs: 600_000, favorite: has('watchStates.favorite') ? true : null, ratingTenths: 85,
      });
      expect(states.find(({ itemVendorId }) => itemVendorId === other.vendorId)).toMatchObject({ played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, ratingTenths: null });
    });

    it('read() leaves out what is not there, and never answers something else', async () => {
      expect(await server.watchStates.read(person.vendorId, ['abc', '999999', 'ffffffffffffffffffffffffffffffff', ''])).toEqual([]);
      expect((await server.watchStates.read(person.vendorId, ['999999', films[0]!.vendorId])).map(({ itemVendorId }) => itemVendorId)).toEqual([films[0]!.vendorId]);
      expect(await server.watchStates.read(person.vendorId, [])).toEqual([]);
    });

    it('list() is complete, page by page', async () => {
      const [played, begun, third, rated] = films as [MediaItem, MediaItem, MediaItem, MediaItem];
      seed(played, { played: true, playCount: 2, lastPlayedAt: LONG_AGO });
      seed(begun, { positionMs: 300_000, lastPlayedAt: LATER });
      seed(third, { favorite: true, played: true, playCount: 1, lastPlayedAt: LATER });
      for (const film of films.slice(4, 8)) seed(film, { played: true, playCount: 1, lastPlayedAt: LONG_AGO });
      if (!has('watchStates.favorite')) seed(rated, { ratingTenths: 40 });
      for (const limit of [1, 2, 500]) {
        const states = await listAll(limit);
        for (const state of states) expect(WatchState.parse(state)).toEqual(state);
        const ids = new Set(states.map(({ itemVendorId }) => itemVendorId));
        expect(ids).toEqual(new Set([played, begun, third, ...films.slice(4, 8), ...(has('watchStates.favorite') ? [] : [rated])].map(({ vendorId }) => vendorId)));
      }
      const byId = new Map((await listAll(3)).map((state) => [state.itemVendorId, state]));
      for (const film of [played, begun, third]) expect(byId.get(film.vendorId)).toEqual(await read(film));
    });

    it('list() of somebody who watched nothing is one empty page', async () => {
      expect(await server.watchStates.list(person.vendorId, null, 500)).toEqual({ states: [], next: null });
      await expect(server.watchStates.list(person.vendorId, 'nonsense', 500)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    });

    it('newest() tells what was touched last, newest first', async () => {
      const [first, second, third, untouched] = films as [MediaItem, MediaItem, MediaItem, MediaItem];
      seed(first, { played: true, playCount: 1, lastPlayedAt: LONG_AGO });
      seed(second, { positionMs: 300_000, lastPlayedAt: LATER });
      seed(third, { played: true, playCount: 2, lastPlayedAt: '2020-05-06T07:08:09.000Z' });
      if (has('watchStates.favorite')) seed(untouched, { favorite: true });
      const found = await server.watchStates.newest(person.vendorId, 'movie', 50);
      expect(found).toEqual([
        { itemVendorId: second.vendorId, played: false, positionMs: 300_000 },
        { itemVendorId: third.vendorId, played: true, positionMs: 0 },
        { itemVendorId: first.vendorId, played: true, positionMs: 0 },
      ]);
      expect(await server.watchStates.newest(person.vendorId, 'movie', 1)).toEqual(found.slice(0, 1));
      expect(await server.watchStates.newest(person.vendorId, 'episode', 50)).toEqual([]);
    });

    it('glance() tells played and position of some titles, and leaves out what is not there', async () => {
      const [played, begun, untouched] = films as [MediaItem, MediaItem, MediaItem];
      seed(played, { played: true, playCount: 1, lastPlayedAt: LONG_AGO });
      seed(begun, { positionMs: 300_000, lastPlayedAt: LATER });
      const found = await server.watchStates.glance(person.vendorId, [played.vendorId, '999999', begun.vendorId, 'ffffffffffffffffffffffffffffffff', untouched.vendorId]);
      const byId = new Map(found.map(({ itemVendorId, ...state }) => [itemVendorId, state]));
      expect(byId).toEqual(new Map([
        [played.vendorId, { played: true, positionMs: 0 }],
        [begun.vendorId, { played: false, positionMs: 300_000 }],
        [untouched.vendorId, { played: false, positionMs: 0 }],
      ]));
      expect(await server.watchStates.glance(person.vendorId, ['999999', 'ffffffffffffffffffffffffffffffff'])).toEqual([]);
      expect(await server.watchStates.glance(person.vendorId, [])).toEqual([]);
    });

    it('an account that is not there has no states', async () => {
      const expected = { code: has('watchStates.ownTokenOnly') && server.kind === 'plex' ? expect.stringMatching(/USER_TOKEN_MISSING|NOT_FOUND/) : 'NOT_FOUND' };
      await expect(server.watchStates.list('ffffffffffffffffffffffffffffffff', null, 10)).rejects.toMatchObject(expected);
      await expect(server.watchStates.read('ffffffffffffffffffffffffffffffff', [films[0]!.vendorId])).rejects.toMatchObject(expected);
    });

    it('set() writes every field that is declared, and only those', async () => {
      const film = films[0]!;
      const wanted: Required<Seed> = { played: true, playCount: 4, lastPlayedAt: LONG_AGO, positionMs: 300_000, favorite: true, ratingTenths: 70 };
      const now = await write(film, { ...wanted, ...(has('watchStates.favorite') ? {} : { favorite: null }) });
      expect(now).toMatchObject(kept(wanted));
      if (!has('watchStates.playCount')) expect(now.playCount).toBe(1);
      if (!has('watchStates.playedAt')) expect(now.lastPlayedAt).not.toBe(LONG_AGO);
      if (!has('watchStates.favorite')) expect(now.favorite).toBeNull();
      expect(kept(stored(film))).toEqual(kept(wanted));
    });

    it('set() keeps what is not named exactly as it was', async () => {
      const film = films[1]!;
      seed(film, { played: true, playCount: 7, lastPlayedAt: LONG_AGO, positionMs: 120_000, favorite: true, ratingTenths: 65 });
      const before = stored(film);
      await write(film, { ratingTenths: 90 });
      expect(stored(film)).toEqual({ ...before, ratingTenths: 90 });
      await write(film, { positionMs: 240_000 });
      expect({ ...stored(film), lastPlayedAt: null }).toEqual({ ...before, ratingTenths: 90, positionMs: 240_000, lastPlayedAt: null });
    });

    it('set() twice adds nothing', async () => {
      const film = films[2]!;
      const wanted: Seed = { played: true, playCount: 1, positionMs: 0 };
      await write(film, wanted);
      const once = stored(film);
      await write(film, wanted);
      expect(stored(film)).toEqual(once);
    });

    it('set() gives back what was there, absent time and rating included', async () => {
      const film = films[3]!;
      const before = await read(film);
      await write(film, { played: true, playCount: 5, lastPlayedAt: LATER, positionMs: 60_000, ratingTenths: 80, ...(has('watchStates.favorite') ? { favorite: true } : {}) });
      const changed = await read(film);
      expect(changed).not.toEqual(before);
      await server.watchStates.set(person.vendorId, before, changed);
      expect(await read(film)).toEqual(before);
      expect(stored(film)).toEqual({ played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null });
    });

    it('set() refuses values that cannot be true, and titles that are not there', async () => {
      const film = films[4]!;
      const before = await read(film);
      const untouched = stored(film);
      const wrong: Seed[] = [{ positionMs: film.durationMs! }, { positionMs: -1 }, { playCount: -3 }, { ratingTenths: 110 }];
      for (const change of wrong) await expect(server.watchStates.set(person.vendorId, { ...before, ...change }, before)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
      expect(stored(film)).toEqual(untouched);
      for (const itemVendorId of ['999999', 'ffffffffffffffffffffffffffffffff']) {
        const gone = { ...before, itemVendorId, original: null };
        await expect(server.watchStates.set(person.vendorId, { ...gone, played: true, playCount: 1 }, gone)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      }
    });

    it('a title in a library that is not granted is neither listed nor written', async () => {
      if (!has('users.policy')) return;
      const film = films[5]!;
      seed(film, { played: true, playCount: 1, lastPlayedAt: LATER });
      const before = await read(film);
      const shows = (await server.libraries.list()).find(({ type }) => type === 'shows')!;
      await server.users.applyPolicy(person.vendorId, { libraries: [shows.vendorId] });
      expect(await listAll(500)).toEqual([]);
      await expect(server.watchStates.set(person.vendorId, { ...before, playCount: 9 }, before)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(stored(film).playCount).toBe(1);
    });

    it('a new account gets its states', async () => {
      if (!has('users.create')) return;
      const made = await server.users.create('Quill');
      await server.users.applyPolicy(made.vendorId, { libraries: 'all' });
      const [before] = await server.watchStates.read(made.vendorId, [films[0]!.vendorId]);
      await server.watchStates.set(made.vendorId, { ...before!, played: true, playCount: 2, lastPlayedAt: LONG_AGO }, before!);
      const { states } = await server.watchStates.list(made.vendorId, null, 500);
      expect(states).toEqual(await server.watchStates.read(made.vendorId, [films[0]!.vendorId]));
      expect(states[0]).toMatchObject({ played: true, playCount: 2, lastPlayedAt: LONG_AGO });
      expect(await listAll(500)).toEqual([]);
    });
  });
}
