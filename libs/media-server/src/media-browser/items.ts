import { AppError, type ItemPage, type MediaItem } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import type { VendorHttp } from '../http/vendor-http.js';
import type { ItemOptions, PageRequest } from '../media-server.js';
import { fieldsOf } from './fields.js';
import { mapItem } from './items.mapper.js';
import { totalOf } from './library.mapper.js';

export interface ItemCalls {
  readonly http: VendorHttp;
  /** Prefix of all paths: `/emby` or nothing. */
  readonly prefix: string;
}

/** Lists are lean: what is not asked for does not come. `MediaSources` makes a page six times as dear (Jellyfin, measured). */
export const FIELDS = 'ProviderIds,Path,ProductionYear,PremiereDate,Width,Height';
const TYPES = 'Movie,Series,Episode,MusicAlbum,Audio';

/** One page, oldest first, so that what is added meanwhile comes at the end. */
export async function pageOfItems(calls: ItemCalls, libraryId: string, { start, limit }: PageRequest, options: ItemOptions): Promise<ItemPage> {
  const answer = await list(calls, {
    ParentId: libraryId,
    Recursive: true,
    IncludeItemTypes: TYPES,
    StartIndex: start,
    Limit: limit,
    SortBy: 'DateCreated,SortName',
    SortOrder: 'Ascending',
    // without it a key sees collections instead of the films in them (Jellyfin)
    CollapseBoxSetItems: false,
    // in UTC, always: without a zone it is the server's own time (Jellyfin, measured)
    ...(options.changedSince === undefined ? {} : { MinDateLastSaved: utcOf(options.changedSince) }),
    ...lean(options),
  });
  const rows = rowsOf(answer);
  const total = totalOf(answer);
  const end = start + rows.length;
  const isLast = rows.length === 0 || (total === null ? rows.length < limit : end >= total);
  return { items: rows.flatMap((row) => mapItem(fieldsOf(row), options.withStreams) ?? []), total, nextStart: isLast ? null : end };
}

function utcOf(time: string): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw new AppError('VALIDATION_FAILED', 'This is no time.', { field: 'changedSince' });
  return new Date(ms).toISOString();
}

/** Rows that were not asked for are dropped: unknown ids make both vendors list something else. */
export async function itemsById(calls: ItemCalls, ids: readonly string[], options: ItemOptions): Promise<MediaItem[]> {
  if (ids.length === 0) return [];
  const answer = await list(calls, { Ids: ids.join(','), Limit: ids.length, CollapseBoxSetItems: false, ...lean(options) });
  const asked = new Set(ids);
  return rowsOf(answer).flatMap((row) => mapItem(fieldsOf(row), options.withStreams) ?? []).filter(({ vendorId }) => asked.has(vendorId));
}

function list({ http, prefix }: ItemCalls, query: Readonly<Record<string, string | number | boolean>>): Promise<unknown> {
  return http.json({ method: 'GET', path: `${prefix}/Items`, query, endpoint: 'GET /Items (page)' });
}

/** Streams of the first file come by themselves, those of all only with the files. */
function lean({ withFiles, withStreams = false }: ItemOptions): Record<string, string | boolean> {
  const more = withFiles ? ',MediaSources' : withStreams ? ',MediaStreams' : '';
  return { Fields: `${FIELDS}${more}`, EnableUserData: false, EnableImages: false };
}

function rowsOf(answer: unknown): readonly unknown[] {
  const rows = fieldsOf(answer)['Items'];
  if (Array.isArray(rows)) return rows;
  throw answerInvalid('The media server listed its items in a form that is not known.', { reason: 'shape' });
}
