import { AppError } from '@usher/contracts';
import { answerInvalid, connectionError } from '../http/vendor-errors.js';
import type { VendorHttp, VendorRequest } from '../http/vendor-http.js';
import { incomplete, type ListedPage } from '../states/listing.js';
import { fieldsOf, textOf, type Fields } from './fields.js';
import { totalOf } from './library.mapper.js';

export interface StateCalls {
  readonly http: VendorHttp;
  /** Prefix of all paths: `/emby` or nothing. */
  readonly prefix: string;
}

/** Leaves only: what contains others is computed from them, and costs minutes on large libraries. */
export const LEAVES = 'Movie,Episode,Audio';
const LEAF_TYPES = new Set(LEAVES.split(','));

export function isLeaf(row: Fields): boolean {
  return LEAF_TYPES.has(textOf(row['Type'], 50) ?? '');
}

/** The names of the two vendors for what is looked at. */
export const WATCHED_LEAVES = { movie: 'Movie', episode: 'Episode' } as const;

export const idOf = (row: Fields): string => textOf(row['Id'], 200) ?? '';

/** One page of items in the name of a user, or all that were asked for by id. NOT_FOUND is the user's. */
export async function listItems({ http, prefix }: StateCalls, path: string, query: VendorRequest['query'], userId: string): Promise<ListedPage<Fields>> {
  const answer = fieldsOf(
    await http.json({ method: 'GET', path: `${prefix}${path}`, query, endpoint: 'GET /Items (states)' }).catch((error: unknown) => {
      const failure = connectionError(error);
      throw failure.code === 'NOT_FOUND' ? unknownUser(userId) : failure;
    }),
  );
  const rows = answer['Items'];
  if (!Array.isArray(rows)) throw answerInvalid('The media server listed its items in a form that is not known.', { reason: 'shape' });
  const mapped = rows.map(fieldsOf);
  // folders come when a filter or an id was not understood
  if (mapped.some((row) => idOf(row) === '' || !isLeaf(row))) throw incomplete('not-asked');
  return { rows: mapped, total: totalOf(answer) };
}

export function unknownUser(userId: string): AppError {
  return new AppError('NOT_FOUND', 'This account is not on the media server.', { userVendorId: userId });
}

export function notVisible(itemVendorId: string): AppError {
  return new AppError('NOT_FOUND', 'This title is not there, or hidden from the account.', { itemVendorId });
}

/** A write of one title. 404 = it is gone, or hidden from the user. */
export async function write({ http, prefix }: StateCalls, request: Pick<VendorRequest, 'method' | 'path' | 'endpoint' | 'query' | 'body'>, itemVendorId: string) {
  return await http.send({ ...request, path: `${prefix}${request.path}` }).catch((error: unknown) => {
    const failure = connectionError(error);
    throw failure.code === 'NOT_FOUND' ? notVisible(itemVendorId) : failure;
  });
}
