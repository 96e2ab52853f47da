import { WatchState, type Capability, type MediaItem, type MediaUser } from '@usher/contracts';
import { expect } from 'expect';
import type { MediaServer } from '../media-server.js';
import { behavior, GONE, NOT_OFFERED, type Behavior, type Need, type Seed, type Subject } from './behavior.js';
import { failsWith, INVALID, NOT_FOUND } from './failing.js';

const LONG_AGO = '2019-09-08T07:06:05.123Z';
const LATER = '2021-05-06T07:08:09.000Z';
const UNTOUCHED: Required<Seed> = { played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null };
const FILMS = 8;
/** In the range of every vendor's ids, and beyond what any has given out. */
const NO_ITEMS = ['999999999', GONE];

/** One person whose states may be changed, and films that they have not touched. */
class Viewing {
  constructor(
    private readonly subject: Subject,
    readonly person: MediaUser,
    readonly films: readonly MediaItem[],
  ) {}

  static async of(subject: Subject): Promise<Viewing> {
    const viewing = new Viewing(subject, await subject.own(), await subject.facts.films(FILMS));
    await viewing.forget();
    return viewing;
  }

  get server(): MediaServer {
    return this.subject.server;
  }

  /** After the first question for a capability. */
  has(capability: Capability): boolean {
    return this.server.capabilities.has(capability);
  }

  film(at: number): MediaItem {
    return this.films[at]!;
  }

  seed(film: MediaItem, change: Seed): Promise<void> {
    return this.subject.seed(this.person, film, change);
  }

  stored(film: MediaItem): Promise<Required<Seed>> {
    return this.subject.stored(this.person, film);
  }

  async read(film: MediaItem): Promise<WatchState> {
    return (await this.server.watchStates.read(this.person.vendorId, [film.vendorId]))[0]!;
  }

  /** Read, change, write: as whoever carries a plan out does it. */
  async write(film: MediaItem, change: Seed): Promise<WatchState> {
    const before = await this.read(film);
    await this.server.watchStates.set(this.person.vendorId, { ...before, ...change }, before);
    return await this.read(film);
  }

  async list(limit: number): Promise<WatchState[]> {
    const states: WatchState[] = [];
    for (let page: string | null = null; ; ) {
      const answer = await this.server.watchStates.list(this.person.vendorId, page, limit);
      expect(answer.states.length).toBeLessThanOrEqual(limit);
      states.push(...answer.states);
      page = answer.next;
      if (page === null) return states;
      expect(page.length).toBeLessThanOrEqual(500);
    }
  }

  /** What an earlier behavior left. */
  async forget(): Promise<void> {
    if (!(await this.subject.facts.has('watchStates.write'))) return;
    for (const state of await this.list(500)) {
      const untouched = { ...state, ...UNTOUCHED, favorite: state.favorite === null ? null : false };
      await this.server.watchStates.set(this.person.vendorId, untouched, state);
    }
  }

  /** Fields that this server keeps; the rest is of its own making. */
  kept(state: Seed): Seed {
    return {
      played: state.played!,
      positionMs: state.positionMs!,
      ...(this.has('watchStates.playCount') ? { playCount: state.playCount! } : {}),
      ...(this.has('watchStates.playedAt') ? { lastPlayedAt: state.lastPlayedAt! } : {}),
      ...(this.has('watchStates.favorite') ? { favorite: state.favorite! } : {}),
      ratingTenths: state.ratingTenths!,
    };
  }
}

/** A behavior with an account of its own that has not watched anything. */
function viewing(name: string, run: (viewing: Viewing, subject: Subject) => ReturnType<Behavior['run']>, needs: readonly Need[] = []): Behavior {
  return behavior(name, ['own-account', ...needs], async (subject) => await run(await Viewing.of(subject), subject));
}

/** What people have watched. */
export const STATES: readonly Behavior[] = [
  behavior('watchStates.list() and read() answer what the contract says', [], async ({ server: { watchStates }, facts }) => {
    const { vendorId } = await facts.person();
    const { states } = await watchStates.list(vendorId, null, 100);
    for (const state of states) expect(WatchState.parse(state)).toEqual(state);
    expect(states.length).toBeLessThanOrEqual(100);
    const film = await facts.film();
    const [read] = await watchStates.read(vendorId, [film.vendorId]);
    expect(WatchState.parse(read)).toEqual(read);
    expect(read?.itemVendorId).toBe(film.vendorId);
    await failsWith(watchStates.list(vendorId, 'nonsense', 100), INVALID);
  }),

  behavior('watchStates.read() leaves out what is not there, and never answers something else', [], async ({ server: { watchStates }, facts }) => {
    const [{ vendorId }, film] = [await facts.person(), await facts.film()];
    expect(await watchStates.read(vendorId, ['abc', ...NO_ITEMS, ''])).toEqual([]);
    expect((await watchStates.read(vendorId, [NO_ITEMS[0]!, film.vendorId])).map(({ itemVendorId }) => itemVendorId)).toEqual([film.vendorId]);
    expect(await watchStates.read(vendorId, [])).toEqual([]);
  }),

  behavior('watchStates: an account that is not there has none', [], async ({ server: { kind, watchStates }, facts }) => {
    const film = await facts.film();
    const expected = { code: (await facts.has('watchStates.ownTokenOnly')) && kind === 'plex' ? expect.stringMatching(/USER_TOKEN_MISSING|NOT_FOUND/) : 'NOT_FOUND' };
    await failsWith(watchStates.list(GONE, null, 10), expected);
    await failsWith(watchStates.read(GONE, [film.vendorId]), expected);
  }),

  viewing('watchStates.read() tells every field, and that a title is untouched', async (mine) => {
    const [film, other] = [mine.film(0), mine.film(1)];
    await mine.seed(film, { played: true, playCount: 3, lastPlayedAt: LATER, positionMs: 600_000, favorite: true, ratingTenths: 85 });
    const states = await mine.server.watchStates.read(mine.person.vendorId, [film.vendorId, other.vendorId]);
    for (const state of states) expect(WatchState.parse(state)).toEqual(state);
    expect(states.find(({ itemVendorId }) => itemVendorId === film.vendorId)).toMatchObject({
      played: true, playCount: 3, lastPlayedAt: LATER, positionMs: 600_000, favorite: mine.has('watchStates.favorite') ? true : null, ratingTenths: 85,
    });
    expect(states.find(({ itemVendorId }) => itemVendorId === other.vendorId)).toMatchObject({ played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, ratingTenths: null });
  }),

  viewing('watchStates.list() is complete, page by page', async (mine) => {
    const [played, begun, third, rated] = mine.films as [MediaItem, MediaItem, MediaItem, MediaItem];
    const more = mine.films.slice(4, FILMS);
    await mine.seed(played, { played: true, playCount: 2, lastPlayedAt: LONG_AGO });
    await mine.seed(begun, { positionMs: 300_000, lastPlayedAt: LATER });
    await mine.seed(third, { favorite: true, played: true, playCount: 1, lastPlayedAt: LATER });
    for (const film of more) await mine.seed(film, { played: true, playCount: 1, lastPlayedAt: LONG_AGO });
    if (!mine.has('watchStates.favorite')) await mine.seed(rated, { ratingTenths: 40 });
    const expected = new Set([played, begun, third, ...more, ...(mine.has('watchStates.favorite') ? [] : [rated])].map(({ vendorId }) => vendorId));
    for (const limit of [1, 2, 500]) {
      const states = await mine.list(limit);
      for (const state of states) expect(WatchState.parse(state)).toEqual(state);
      expect(new Set(states.map(({ itemVendorId }) => itemVendorId))).toEqual(expected);
    }
    const byId = new Map((await mine.list(3)).map((state) => [state.itemVendorId, state]));
    for (const film of [played, begun, third]) expect(byId.get(film.vendorId)).toEqual(await mine.read(film));
  }),

  viewing('watchStates.list() of somebody who watched nothing is one empty page', async (mine) => {
    expect(await mine.server.watchStates.list(mine.person.vendorId, null, 500)).toEqual({ states: [], next: null });
  }),

  viewing('watchStates.set() writes every field that is declared, and only those', async (mine) => {
    const film = mine.film(0);
    const wanted: Required<Seed> = { played: true, playCount: 4, lastPlayedAt: LONG_AGO, positionMs: 300_000, favorite: true, ratingTenths: 70 };
    const now = await mine.write(film, { ...wanted, ...(mine.has('watchStates.favorite') ? {} : { favorite: null }) });
    expect(now).toMatchObject(mine.kept(wanted));
    if (!mine.has('watchStates.playCount')) expect(now.playCount).toBe(1);
    if (!mine.has('watchStates.playedAt')) expect(now.lastPlayedAt).not.toBe(LONG_AGO);
    if (!mine.has('watchStates.favorite')) expect(now.favorite).toBeNull();
    expect(mine.kept(await mine.stored(film))).toEqual(mine.kept(wanted));
  }),

  viewing('watchStates.set() keeps what is not named exactly as it was', async (mine) => {
    const film = mine.film(1);
    await mine.seed(film, { played: true, playCount: 7, lastPlayedAt: LONG_AGO, positionMs: 120_000, favorite: true, ratingTenths: 65 });
    const before = await mine.stored(film);
    await mine.write(film, { ratingTenths: 90 });
    expect(await mine.stored(film)).toEqual({ ...before, ratingTenths: 90 });
    await mine.write(film, { positionMs: 240_000 });
    expect({ ...(await mine.stored(film)), lastPlayedAt: null }).toEqual({ ...before, ratingTenths: 90, positionMs: 240_000, lastPlayedAt: null });
  }),

  viewing('watchStates.set() twice adds nothing', async (mine) => {
    const film = mine.film(2);
    const wanted: Seed = { played: true, playCount: 1, positionMs: 0 };
    await mine.write(film, wanted);
    const once = await mine.stored(film);
    await mine.write(film, wanted);
    expect(await mine.stored(film)).toEqual(once);
  }),

  viewing('watchStates.set() gives back what was there, absent time and rating included', async (mine) => {
    const film = mine.film(3);
    const before = await mine.read(film);
    await mine.write(film, { played: true, playCount: 5, lastPlayedAt: LATER, positionMs: 60_000, ratingTenths: 80, ...(mine.has('watchStates.favorite') ? { favorite: true } : {}) });
    const changed = await mine.read(film);
    expect(changed).not.toEqual(before);
    await mine.server.watchStates.set(mine.person.vendorId, before, changed);
    expect(await mine.read(film)).toEqual(before);
    expect(await mine.stored(film)).toEqual(UNTOUCHED);
  }),

  viewing('watchStates.set() refuses values that cannot be true, and titles that are not there', async (mine) => {
    const film = mine.film(4);
    const { watchStates } = mine.server;
    const before = await mine.read(film);
    const untouched = await mine.stored(film);
    const wrong: Seed[] = [{ positionMs: film.durationMs! }, { positionMs: -1 }, { playCount: -3 }, { ratingTenths: 110 }];
    for (const change of wrong) await failsWith(watchStates.set(mine.person.vendorId, { ...before, ...change }, before), INVALID);
    expect(await mine.stored(film)).toEqual(untouched);
    for (const itemVendorId of NO_ITEMS) {
      const gone = { ...before, itemVendorId, original: null };
      await failsWith(watchStates.set(mine.person.vendorId, { ...gone, played: true, playCount: 1 }, gone), NOT_FOUND);
    }
  }),

  viewing('watchStates: a title in a library that is not granted is neither listed nor written', async (mine, { facts }) => {
    if (!mine.has('users.policy')) return NOT_OFFERED;
    const film = mine.film(5);
    const { users, watchStates } = mine.server;
    await mine.seed(film, { played: true, playCount: 1, lastPlayedAt: LATER });
    const [before, granted] = [await mine.read(film), await users.policy(mine.person.vendorId)];
    await users.applyPolicy(mine.person.vendorId, { libraries: [(await facts.library('shows')).vendorId] });
    try {
      expect(await mine.list(500)).toEqual([]);
      await failsWith(watchStates.set(mine.person.vendorId, { ...before, playCount: 9 }, before), NOT_FOUND);
    } finally {
      await users.applyPolicy(mine.person.vendorId, { libraries: granted.libraries });
    }
    expect((await mine.stored(film)).playCount).toBe(1);
  }),

  viewing('watchStates: a new account gets its own', async (mine, { nameOf }) => {
    if (!mine.has('users.create')) return NOT_OFFERED;
    const { users, watchStates } = mine.server;
    const film = mine.film(0);
    const made = await users.create(nameOf('Paper'));
    await users.applyPolicy(made.vendorId, { libraries: 'all' });
    const [before] = await watchStates.read(made.vendorId, [film.vendorId]);
    await watchStates.set(made.vendorId, { ...before!, played: true, playCount: 2, lastPlayedAt: LONG_AGO }, before!);
    const { states } = await watchStates.list(made.vendorId, null, 500);
    expect(states).toEqual(await watchStates.read(made.vendorId, [film.vendorId]));
    expect(states[0]).toMatchObject({ played: true, playCount: 2, lastPlayedAt: LONG_AGO });
    expect(await mine.list(500)).toEqual([]);
  }),
];
