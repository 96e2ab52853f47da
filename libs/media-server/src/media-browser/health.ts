import type { Library, MetadataHealth } from '@usher/contracts';
import { get, notThere, rowsOf, type DetailCalls, type Query } from './detail-calls.js';
import { booleanOf, fieldsOf, textOf, type Fields } from './fields.js';
import { totalOf } from './library.mapper.js';

type Missing = MetadataHealth['examples'][number]['missing'][number];

/** What a library of each type is judged by. */
const TYPES: Partial<Record<Library['type'], string>> = { movies: 'Movie', shows: 'Series,Episode', music: 'MusicAlbum', photos: 'Photo,Video' };
const SHOWN = 20;
/** One page of this length is looked through for titles without a poster: there is no filter for them. */
const PAGE = 500;
const MAX_EXAMPLES = 50;

/** What makes a row one that the filter should not have let through: then the server did not understand it. */
const CONTRADICTS: Readonly<Record<Missing, (row: Fields) => boolean>> = {
  overview: (row) => textOf(row['Overview'], 10) !== null,
  ids: (row) => Object.keys(fieldsOf(row['ProviderIds'])).some((name) => /^(imdb|tmdb|tvdb)$/i.test(name)),
  subtitles: (row) => booleanOf(row['HasSubtitles']) === true,
  poster: hasPoster,
};

/** Totals by filters, each with some examples: a request each, and one page more for the posters when some are missing. */
export async function healthOf(calls: Pick<DetailCalls, 'http' | 'prefix'>, library: Library | undefined, libraryId: string): Promise<MetadataHealth> {
  if (!library) throw notThere('library', { libraryVendorId: libraryId });
  const types = TYPES[library.type] ?? 'Movie,Series,Episode';
  const examples = new Map<string, { title: string; missing: Set<Missing> }>();
  const read = async (more: Query, limit: number, includeItemTypes = types): Promise<unknown> =>
    await get(calls, { path: '/Items', query: { ParentId: libraryId, Recursive: true, IncludeItemTypes: includeItemTypes, CollapseBoxSetItems: false, EnableUserData: false, Limit: limit, ...more } }, 'GET /Items (health)');
  const note = (rows: readonly Fields[], missing: Missing): void => {
    for (const row of rows) {
      const id = textOf(row['Id'], 200);
      if (id === null) continue;
      const known = examples.get(id) ?? { title: textOf(row['Name'], 1000) ?? 'Unknown title', missing: new Set<Missing>() };
      known.missing.add(missing);
      examples.set(id, known);
    }
  };
  const count = async (missing: Missing, filter: Query, includeItemTypes = types): Promise<number | null> => {
    const answer = await read({ ...filter, Fields: 'Overview,ProviderIds', EnableImages: false }, SHOWN, includeItemTypes);
    const rows = rowsOf(answer, 'titles');
    if (rows.some(CONTRADICTS[missing])) return null;
    note(rows, missing);
    return totalOf(answer);
  };

  const items = totalOf(await read({}, 0)) ?? 0;
  const missingOverview = await count('overview', { HasOverview: false });
  // music and photos have ids of other kinds, or none, and no subtitles
  const isVideo = library.type !== 'music' && library.type !== 'photos';
  const missingIds = isVideo ? await count('ids', { HasTmdbId: false, HasImdbId: false, HasTvdbId: false }) : null;
  const missingSubtitles = isVideo ? await count('subtitles', { HasSubtitles: false }, 'Movie,Episode') : null;
  const withPoster = totalOf(await read({ ImageTypes: 'Primary' }, 0));
  const missingPoster = withPoster === null || withPoster > items ? null : items - withPoster;
  if (missingPoster !== null && missingPoster > 0) {
    const rows = rowsOf(await read({ EnableImageTypes: 'Primary', SortBy: 'DateCreated,SortName', SortOrder: 'Descending' }, PAGE), 'titles');
    note(rows.filter((row) => !hasPoster(row)).slice(0, SHOWN), 'poster');
  }
  const worst = [...examples].sort(([, a], [, b]) => b.missing.size - a.missing.size).slice(0, MAX_EXAMPLES);
  return {
    libraryVendorId: libraryId,
    items,
    missingPoster,
    missingOverview,
    missingIds,
    missingSubtitles,
    examples: worst.map(([itemId, { title, missing }]) => ({ itemId, title, missing: [...missing] })),
  };
}

function hasPoster(row: Fields): boolean {
  return textOf(fieldsOf(row['ImageTags'])['Primary'], 10) !== null;
}
