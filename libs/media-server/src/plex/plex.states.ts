import { AppError, type WatchGlance, type WatchState } from '@usher/contracts';
import { BoundedCache, type Clock } from '@usher/resilience';
import { connectionError, parseJsonOrNull } from '../http/vendor-errors.js';
import type { VendorHttp, VendorRequest } from '../http/vendor-http.js';
import { countOf, fieldsOf, listOf, numberOf, textOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { checkIds, checkWrite } from '../states/check-write.js';
import { incomplete, Listings, type Listing, type ListedPage } from '../states/listing.js';
import { readContainer } from './plex.http.js';
import { mapPlexSections, mapPlexTotal } from './plex.mapper.js';
import { tokenMissing, type PlexTokens, type Voice } from './plex.tokens.js';

const LIBRARY = 'com.plexapp.plugins.library';
/** Leaves of a section, by its type. */
const LEAF_TYPES: Readonly<Record<string, number>> = { movies: 1, shows: 4, music: 10 };
const LEAVES = new Set(['movie', 'episode', 'track']);
const TYPES = { movie: 1, episode: 4 } as const;

/** What has a state, in three filtered listings of each section. A server that does not know a filter lists everything: then so is read. */
const FILTERS: Readonly<Record<string, { readonly query: Readonly<Record<string, string>>; readonly fits: (values: Values) => boolean }>> = {
  viewed: { query: { 'lastViewedAt>>': '1' }, fits: ({ viewedAtS }) => viewedAtS !== null },
  resumable: { query: { inProgress: '1' }, fits: ({ offsetMs }) => offsetMs > 0 },
  rated: { query: { 'userRating>>': '0' }, fits: ({ rating }) => rating !== null },
  all: { query: {}, fits: () => true },
};

/** Friends are shown the owner's ratings. */
const filtersOf = ({ hasRatings }: Voice): string[] => ['viewed', 'resumable', ...(hasRatings ? ['rated'] : [])];

/** Larger pages slow playback down on this vendor. */
const PAGE = 200;
const PASSES_KEPT = { max: 100, ttlMs: 15 * 60_000 };

/** A row in the vendor's own values. */
interface Values {
  readonly views: number;
  readonly offsetMs: number;
  readonly viewedAtS: number | null;
  readonly rating: number | null;
  readonly durationMs: number | null;
}

export interface PlexStateCalls {
  readonly http: VendorHttp;
  readonly tokens: PlexTokens;
  readonly clock: Clock;
}

/**
 * States of a Plex, in the name of the account that they belong to. It counts plays one by one and dates them itself, so
 * a title is marked only while it has no play; times, counts and favorites cannot be written.
 */
export function plexStates({ http, tokens, clock }: PlexStateCalls): MediaServer['watchStates'] {
  const listings = new Listings();
  const chosen = new BoundedCache<string, string[]>(PASSES_KEPT, clock);

  /** A call of that account; a token that is refused is no fault of the server's key. */
  const send = async (userId: string, voice: Voice, request: Omit<VendorRequest, 'headers'>) =>
    await http.send({ ...request, ...(voice.token === null ? {} : { headers: { 'x-plex-token': voice.token } }) }).catch((error: unknown) => {
      const failure = connectionError(error);
      if (failure.code === 'USER_TOKEN_MISSING') {
        tokens.refused(userId);
        throw tokenMissing(userId, 'refused');
      }
      throw failure;
    });
  const read = async (userId: string, voice: Voice, request: Omit<VendorRequest, 'headers' | 'method'>): Promise<Fields> => readContainer(await send(userId, voice, { ...request, method: 'GET' }));

  const page = async (userId: string, voice: Voice, pass: Pass, start: number, limit: number, more: Readonly<Record<string, string>> = {}): Promise<ListedPage<Fields>> => {
    const query = { type: pass.type, ...FILTERS[pass.filter]!.query, ...more, sort: 'addedAt', 'X-Plex-Container-Start': start, 'X-Plex-Container-Size': limit };
    const path = `/library/sections/${encodeURIComponent(pass.section)}/all`;
    const container = await read(userId, voice, { path, query, endpoint: 'GET /library/sections/{k}/all (states)' });
    return { rows: listOf(container['Metadata']).map(fieldsOf), total: mapPlexTotal(container) };
  };

  /** Filters are trusted when the first row of each fits, and no fewer titles are listed as viewed than are not unwatched. */
  const isHonest = async (userId: string, voice: Voice, section: string, type: number): Promise<boolean> => {
    const first = (filter: string, limit: number, more?: Readonly<Record<string, string>>) => page(userId, voice, { section, type, filter }, 0, limit, more);
    const viewed = await first('viewed', 1);
    const [all, unwatched] = [await first('all', 0), await first('all', 0, { unwatched: '1' })];
    if ((all.total ?? 0) - (unwatched.total ?? 0) > (viewed.total ?? 0)) return false;
    for (const filter of filtersOf(voice).slice(1)) if (!(await first(filter, 1)).rows.every((row) => FILTERS[filter]!.fits(valuesOf(row)))) return false;
    return viewed.rows.every((row) => FILTERS['viewed']!.fits(valuesOf(row)));
  };

  /** Which listings there are; chosen when a listing begins, and the same for all its pages. */
  const passesOf = async (userId: string, voice: Voice): Promise<string[]> => {
    const passes: string[] = [];
    for (const { library } of mapPlexSections(await read(userId, voice, { path: '/library/sections', endpoint: 'GET /library/sections' }))) {
      const type = LEAF_TYPES[library.type];
      if (type === undefined) continue;
      const filters = (await isHonest(userId, voice, library.vendorId, type)) ? filtersOf(voice) : ['all'];
      passes.push(...filters.map((filter) => format({ section: library.vendorId, type, filter })));
    }
    chosen.set(userId, passes);
    return passes;
  };

  const listing = (userId: string, voice: Voice, isBegun: boolean): Listing<Fields> => ({
    passes: async () => (isBegun ? chosen.get(userId) : undefined) ?? (await passesOf(userId, voice)),
    page: (name, start, limit) => page(userId, voice, parse(name), start, limit),
    idOf,
    statesOf: async (name, rows) =>
      rows.flatMap((row) => {
        const values = valuesOf(row);
        if (!LEAVES.has(textOf(row['type'], 50) ?? '') || !FILTERS[parse(name).filter]!.fits(values)) throw incomplete('filter');
        return hasState(values, voice) ? stateOf(idOf(row), values, voice) : [];
      }),
  });

  const readRows = async (userId: string, voice: Voice, ids: readonly string[]): Promise<Fields[]> => {
    if (ids.length === 0) return [];
    const container = await read(userId, voice, { path: `/library/metadata/${ids.join(',')}`, endpoint: 'GET /library/metadata/{ids}' }).catch((error: unknown): Fields => {
      const failure = connectionError(error);
      if (failure.code === 'NOT_FOUND') return {};
      throw failure;
    });
    const rows = listOf(container['Metadata']).map(fieldsOf);
    if (rows.some((row) => !ids.includes(idOf(row))) || new Set(rows.map(idOf)).size !== rows.length) throw incomplete('not-asked');
    return rows.filter((row) => LEAVES.has(textOf(row['type'], 50) ?? ''));
  };

  const write = async (userId: string, voice: Voice, itemVendorId: string, request: Pick<VendorRequest, 'method' | 'path' | 'query'>): Promise<void> => {
    await send(userId, voice, { ...request, endpoint: `${request.method} ${request.path}`, retry: false }).catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'NOT_FOUND' ? notVisible(itemVendorId) : error;
    });
  };

  return {
    list: async (userId, name, limit) => {
      const voice = await tokens.require(userId);
      return await listings.next(listing(userId, voice, name !== null), name, Math.min(limit, PAGE));
    },
    read: async (userId, itemIds) => {
      const voice = await tokens.require(userId);
      const rows = await readRows(userId, voice, checkIds(itemIds).filter(isPlexId));
      return rows.map((row) => stateOf(idOf(row), valuesOf(row), voice));
    },
    newest: async (userId, type, limit) => {
      const query = { type: TYPES[type], sort: 'lastViewedAt:desc', 'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': limit };
      const container = await read(userId, await tokens.require(userId), { path: '/library/all', query, endpoint: 'GET /library/all (states)' });
      return glancesOf(listOf(container['Metadata']).map(fieldsOf)).filter(({ played, positionMs }) => played || positionMs > 0).slice(0, limit);
    },
    glance: async (userId, itemIds) => glancesOf(await readRows(userId, await tokens.require(userId), checkIds(itemIds).filter(isPlexId))),
    set: async (userId, state, before) => {
      const voice = await tokens.require(userId);
      const { itemVendorId } = state;
      if (!isPlexId(itemVendorId)) throw notVisible(itemVendorId);
      const durationMs = originalOf(before)?.durationMs ?? (await readRows(userId, voice, [itemVendorId])).map(valuesOf)[0]?.durationMs ?? null;
      checkWrite(state, before, durationMs);
      const call = (method: 'PUT' | 'POST', path: string, query: VendorRequest['query']) => write(userId, voice, itemVendorId, { method, path, query });
      const mark = { identifier: LIBRARY, key: itemVendorId };
      // both clear the position: it comes afterwards
      const isMarked = state.played !== before.played;
      if (isMarked) await call('PUT', state.played ? '/:/scrobble' : '/:/unscrobble', mark);
      const positionMs = isMarked ? 0 : before.positionMs;
      if (state.positionMs !== positionMs) {
        // without a duration it is not heard
        await call('POST', '/:/timeline', { ratingKey: itemVendorId, key: `/library/metadata/${itemVendorId}`, state: 'stopped', time: state.positionMs, duration: durationMs ?? undefined });
      }
      if (voice.hasRatings && state.ratingTenths !== before.ratingTenths) {
        const exact = originalOf(state);
        const rating = state.ratingTenths === null ? -1 : exact !== null && tenthsOf(exact.rating) === state.ratingTenths ? exact.rating! : state.ratingTenths / 10;
        await call('PUT', '/:/rate', { ...mark, rating });
      }
      return null;
    },
  };
}

interface Pass {
  readonly section: string;
  readonly type: number;
  readonly filter: string;
}

const format = ({ section, type, filter }: Pass): string => `${section}.${type}.${filter}`;

function parse(name: string): Pass {
  const match = /^(\d{1,9})\.(\d{1,2})\.(\w+)$/.exec(name);
  if (!match || !Object.hasOwn(FILTERS, match[3]!)) throw new AppError('VALIDATION_FAILED', 'This is no page of a listing.', { field: 'page' });
  return { section: match[1]!, type: Number(match[2]), filter: match[3]! };
}

const isPlexId = (id: string): boolean => /^\d{1,18}$/.test(id);
const idOf = (row: Fields): string => textOf(row['ratingKey'], 200) ?? '';

function valuesOf(row: Fields): Values {
  const viewedAtS = countOf(row['lastViewedAt']);
  const rating = numberOf(row['userRating']);
  return {
    views: countOf(row['viewCount']) ?? 0,
    offsetMs: countOf(row['viewOffset']) ?? 0,
    viewedAtS: viewedAtS === null || viewedAtS === 0 ? null : viewedAtS,
    rating: rating === null || rating <= 0 ? null : rating,
    durationMs: countOf(row['duration']) || null,
  };
}

/** Rows of leaves. */
function glancesOf(rows: readonly Fields[]): WatchGlance[] {
  return rows.flatMap((row) => {
    const { views, offsetMs } = valuesOf(row);
    return idOf(row) === '' || !LEAVES.has(textOf(row['type'], 50) ?? '') ? [] : [{ itemVendorId: idOf(row), played: views > 0, positionMs: offsetMs }];
  });
}

const hasState = ({ views, offsetMs, rating }: Values, { hasRatings }: Voice): boolean => views > 0 || offsetMs > 0 || (hasRatings && rating !== null);
const tenthsOf = (rating: number | null): number | null => (rating === null ? null : Math.min(100, Math.round(rating * 10)));

/** The owner's state of a leaf; null for a row of anything else. */
export function mapPlexState(row: Fields): WatchState | null {
  const id = idOf(row);
  return id === '' || !LEAVES.has(textOf(row['type'], 50) ?? '') ? null : stateOf(id, valuesOf(row), { token: null, hasRatings: true });
}

function stateOf(itemVendorId: string, values: Values, { hasRatings }: Voice): WatchState {
  const { views, offsetMs, viewedAtS, rating, durationMs } = values;
  return {
    itemVendorId,
    played: views > 0,
    playCount: Math.min(views, 1_000_000),
    lastPlayedAt: viewedAtS === null || viewedAtS > 253_402_300_799 ? null : new Date(viewedAtS * 1000).toISOString(),
    positionMs: offsetMs,
    favorite: null,
    ratingTenths: hasRatings ? tenthsOf(rating) : null,
    original: JSON.stringify({ p: [views, offsetMs, viewedAtS, hasRatings ? rating : null, durationMs] }),
  };
}

function originalOf(state: WatchState): Values | null {
  const { p } = fieldsOf(state.original === null ? null : parseJsonOrNull(state.original));
  if (!Array.isArray(p)) return null;
  return { views: countOf(p[0]) ?? 0, offsetMs: countOf(p[1]) ?? 0, viewedAtS: countOf(p[2]), rating: numberOf(p[3]), durationMs: countOf(p[4]) };
}

function notVisible(itemVendorId: string): AppError {
  return new AppError('NOT_FOUND', 'This title is not there, or hidden from the account.', { itemVendorId });
}
