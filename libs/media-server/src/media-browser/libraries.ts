import type { Library } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import type { VendorHttp } from '../http/vendor-http.js';
import { fieldsOf, type Fields } from './fields.js';
import { mapLibraries, totalOf, totalsSuffice, withTotals, type LibraryRow } from './library.mapper.js';

export interface LibraryCalls {
  readonly http: VendorHttp;
  /** `/Library/VirtualFolders` or Emby's `/Library/VirtualFolders/Query`. */
  readonly path: string;
  /** Prefix of all paths: `/emby` or nothing. */
  readonly prefix: string;
  readonly idOf: (row: Fields, name: string) => string | null;
  /** Gets the listing as it came. */
  readonly onListed: (answer: unknown) => void;
}

/** Without counts, in one request. @throws AppError VENDOR_ANSWER_INVALID */
export async function readLibraries(calls: LibraryCalls): Promise<LibraryRow[]> {
  const answer = await calls.http.json({ method: 'GET', path: `${calls.prefix}${calls.path}`, endpoint: `GET ${calls.path}` });
  calls.onListed(answer);
  const rows = mapLibraries(answer, calls.idOf);
  if (!rows) throw answerInvalid('The media server listed its libraries in a form that is not known.', { reason: 'shape' });
  return rows;
}

/** Two requests in all where each type of library occurs once, else one more per library and item type. */
export async function listLibraries(calls: LibraryCalls): Promise<Library[]> {
  const rows = await readLibraries(calls);
  if (totalsSuffice(rows)) {
    const totals = fieldsOf(await calls.http.json({ method: 'GET', path: `${calls.prefix}/Items/Counts`, endpoint: 'GET /Items/Counts' }));
    return rows.map((row) => withTotals(row, totals));
  }
  const libraries: Library[] = [];
  for (const row of rows) libraries.push(await counted(calls, row));
  return libraries;
}

async function counted(calls: LibraryCalls, row: LibraryRow): Promise<Library> {
  if (!row.rule) return row.library;
  const itemCount = row.rule.items[0] === 'MusicArtist' ? await artistTotal(calls, row) : await itemTotal(calls, row, row.rule.items);
  const childCount = row.rule.children.length > 0 ? await itemTotal(calls, row, row.rule.children) : null;
  return { ...row.library, itemCount, childCount };
}

async function itemTotal(calls: LibraryCalls, row: LibraryRow, types: readonly string[]): Promise<number | null> {
  // Emby wants names like these, Jellyfin takes any case
  const query = {
    ParentId: row.library.vendorId,
    Recursive: true,
    IncludeItemTypes: types.join(','),
    Limit: 0,
    // without it a key counts collections instead of the films in them (Jellyfin)
    CollapseBoxSetItems: false,
  };
  return totalOf(await calls.http.json({ method: 'GET', path: `${calls.prefix}/Items`, query, endpoint: 'GET /Items (total)' }));
}

/** Artists are no children of a library's folder; their listing tells a total only when it has a limit. */
async function artistTotal(calls: LibraryCalls, row: LibraryRow): Promise<number | null> {
  const query = { ParentId: row.library.vendorId, Limit: 1 };
  return totalOf(await calls.http.json({ method: 'GET', path: `${calls.prefix}/Artists/AlbumArtists`, query, endpoint: 'GET /Artists/AlbumArtists (total)' }));
}
