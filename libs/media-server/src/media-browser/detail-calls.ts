import { AppError, type ErrorDetails, type LogEntry, type MediaUser, type NewLibrary } from '@usher/contracts';
import { answerInvalid, connectionError } from '../http/vendor-errors.js';
import type { VendorHttp, VendorRequest } from '../http/vendor-http.js';
import type { ProviderIds } from '../media-server.js';
import { fieldsOf, type Fields } from './fields.js';

export type Query = Readonly<Record<string, string | number | boolean>>;

/** Where something is read. */
export interface Route {
  readonly path: string;
  readonly query: Query;
}

/** A change, below the prefix. */
export type Order = Pick<VendorRequest, 'method' | 'path' | 'endpoint' | 'query' | 'body'>;

/** Where the two vendors differ in what they tell and take beside their sessions. */
export interface DetailWords {
  isItemId(id: string): boolean;
  isUserId(id: string): boolean;
  /** Items in the name of a user: without one, keys see no members of collections (Jellyfin). */
  userItems(userId: string): Route;
  latest(userId: string): Route;
  resume(userId: string): Route;
  /** A filter by ids of other catalogues; null where there is none. */
  findQuery(ids: ProviderIds): Query | null;
  readonly libraries: {
    create(spec: NewLibrary, collectionType: string): Order;
    remove(library: { readonly vendorId: string; readonly name: string }): Order;
  };
  readonly log: {
    /** The event that begins a playback. */
    readonly playback: RegExp;
    /** Narrows the answer where the vendor can; what it does not know it ignores. */
    query(scope: { readonly before: string | null; readonly onlyPlaybacks: boolean }): Query;
    userOf(row: Fields, users: readonly MediaUser[]): MediaUser | null;
    readonly severities: Readonly<Record<string, LogEntry['severity']>>;
  };
  /** True where subtitles are looked for by file. */
  readonly subtitlesBySource: boolean;
  readonly lists: {
    createPlaylist(userId: string, name: string, ids: readonly string[], mediaType: 'Audio' | 'Video'): Order;
    /** A change that changes nothing, and is refused to those who may not edit; null where the listing says it. */
    tryEdit(playlistId: string, userId: string): Order | null;
    removeEntries(playlistId: string, entryIds: readonly string[]): Order;
    removeMembers(collectionId: string, ids: readonly string[]): Order;
  };
  /** Downloads and conversions for devices; null for a vendor without them. */
  readonly jobsPath: string | null;
}

export interface DetailCalls {
  readonly http: VendorHttp;
  /** Prefix of all paths: `/emby` or nothing. */
  readonly prefix: string;
  readonly words: DetailWords;
}

export function get({ http, prefix }: Pick<DetailCalls, 'http' | 'prefix'>, { path, query }: Route, endpoint: string, more: Query = {}): Promise<unknown> {
  return http.json({ method: 'GET', path: `${prefix}${path}`, query: { ...query, ...more }, endpoint });
}

export function send({ http, prefix }: Pick<DetailCalls, 'http' | 'prefix'>, order: Order) {
  return http.send({ ...order, path: `${prefix}${order.path}` });
}

/** Rows of an envelope or of a bare array. @throws AppError VENDOR_ANSWER_INVALID */
export function rowsOf(answer: unknown, what: string): Fields[] {
  const rows = Array.isArray(answer) ? answer : fieldsOf(answer)['Items'];
  if (!Array.isArray(rows)) throw answerInvalid(`The media server listed its ${what} in a form that is not known.`, { reason: 'shape' });
  return rows.map(fieldsOf);
}

export const notThere = (what: string, details: ErrorDetails = {}): AppError => new AppError('NOT_FOUND', `This ${what} is not on the media server.`, details);

/** For `catch`: an id that nobody knows is 404 or, in another form than the vendor's, 400. */
export const orNotThere =
  (what: string) =>
  (error: unknown): never => {
    const failure = connectionError(error);
    throw failure.code === 'NOT_FOUND' || failure.details['httpStatus'] === 400 ? notThere(what, failure.details) : failure;
  };

/** Parts of at most `size`: addresses end at 8,192 bytes (Jellyfin, measured: 250 ids are 414). */
export function chunksOf<T>(values: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < values.length; start += size) chunks.push(values.slice(start, start + size));
  return chunks;
}

export const CHUNK = 100;
