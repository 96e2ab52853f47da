import { randomBytes } from 'node:crypto';
import { AppError, type WatchState, type WatchStatePage } from '@usher/contracts';
import { BoundedCache } from '@usher/resilience';

/** One request of a listing: rows in their order, and how many there are in all. */
export interface ListedPage<Row> {
  readonly rows: readonly Row[];
  readonly total: number | null;
}

/** How one vendor lists: several passes one after the other, each in pages. */
export interface Listing<Row> {
  passes(): Promise<readonly string[]>;
  page(pass: string, start: number, limit: number): Promise<ListedPage<Row>>;
  idOf(row: Row): string;
  /** States of the rows of one page; rows that hold none are left out. @throws AppError READ_INCOMPLETE for a row that does not fit its pass */
  statesOf(pass: string, rows: readonly Row[]): Promise<WatchState[]>;
}

/** Where a listing goes on. Everything that the next page needs stands in it, so that a restart of this process does not end a listing. */
interface Cursor {
  /** Name of the listing: ids that were seen before are kept under it, while there is room. */
  readonly key: string;
  readonly pass: string;
  readonly start: number;
  readonly total: number | null;
}

const MEMORY = { max: 16, ttlMs: 15 * 60_000 };
/** Passes of a listing that hold nothing are gone through in one call, but not without end. */
const EMPTY_PASSES = 40;

/** Pages with proof that nothing is missing: stable totals, ids that are unique, a full count at the end. */
export class Listings {
  /** By listing and pass: the page on which an id was seen. */
  readonly #seen = new BoundedCache<string, Map<string, number>>(MEMORY);

  async next<Row>(listing: Listing<Row>, page: string | null, limit: number): Promise<WatchStatePage> {
    const passes = await listing.passes();
    let cursor = page === null ? startOf(passes, randomBytes(6).toString('base64url')) : parseCursor(page, passes);
    for (let turn = 0; cursor !== null; turn++) {
      const { states, next } = await this.#step(listing, passes, cursor, limit);
      if (states.length > 0 || turn >= EMPTY_PASSES || next === null) return { states, next: next && formatCursor(next) };
      cursor = next;
    }
    return { states: [], next: null };
  }

  async #step<Row>(listing: Listing<Row>, passes: readonly string[], cursor: Cursor, limit: number): Promise<{ states: WatchState[]; next: Cursor | null }> {
    const { rows, total } = await listing.page(cursor.pass, cursor.start, limit);
    if (total === null) throw incomplete('no-total');
    if (cursor.total !== null && cursor.total !== total) throw incomplete('total');
    const end = cursor.start + rows.length;
    if (rows.length > limit || end > total || (rows.length < limit && end < total)) throw incomplete('short');
    this.#checkUnique(cursor, rows.map((row) => listing.idOf(row)));
    const states = await listing.statesOf(cursor.pass, rows);
    const following = passes[passes.indexOf(cursor.pass) + 1];
    const next = end < total ? { ...cursor, start: end, total } : following === undefined ? null : { ...cursor, pass: following, start: 0, total: null };
    return { states, next };
  }

  /** A page that is asked for again brings the same ids at the same place. */
  #checkUnique({ key, pass, start }: Cursor, ids: readonly string[]): void {
    if (new Set(ids).size !== ids.length) throw incomplete('repeated');
    const name = `${key} ${pass}`;
    const seen = this.#seen.get(name) ?? new Map<string, number>();
    if (ids.some((id) => (seen.get(id) ?? start) !== start)) throw incomplete('repeated');
    for (const id of ids) seen.set(id, start);
    this.#seen.set(name, seen);
  }
}

export function incomplete(reason: string): AppError {
  return new AppError('READ_INCOMPLETE', 'The media server listed only a part, or something else than was asked for.', { reason });
}

function startOf(passes: readonly string[], key: string): Cursor | null {
  const [pass] = passes;
  return pass === undefined ? null : { key, pass, start: 0, total: null };
}

function formatCursor({ key, pass, start, total }: Cursor): string {
  return [key, start, total ?? '', pass].join(' ');
}

function parseCursor(page: string, passes: readonly string[]): Cursor {
  const match = /^([\w-]{8}) (\d{1,9}) (\d{0,9}) (.+)$/.exec(page);
  if (!match) throw new AppError('VALIDATION_FAILED', 'This is no page of a listing.', { field: 'page' });
  const [, key, start, total, pass] = match as unknown as [string, string, string, string, string];
  // a library came or went meanwhile
  if (!passes.includes(pass)) throw incomplete('passes');
  return { key, pass, start: Number(start), total: total === '' ? null : Number(total) };
}

/** In order, at most `width` at a time. */
export async function inParallel<T, R>(width: number, values: readonly T[], work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let at = 0;
  const worker = async (): Promise<void> => {
    while (at < values.length) {
      const mine = at++;
      results[mine] = await work(values[mine]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, values.length) }, worker));
  return results;
}
