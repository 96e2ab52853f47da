import type { Library } from '@usher/contracts';
import { countOf, fieldsOf, listOf, textOf, textsOf, type Fields } from './fields.js';

const TYPES: Readonly<Record<string, Library['type']>> = {
  movies: 'movies',
  tvshows: 'shows',
  music: 'music',
  homevideos: 'photos',
  photos: 'photos',
  books: 'books',
  audiobooks: 'books',
  mixed: 'mixed',
};

/** Which item types a library's two counts are made of, and the fields of `/Items/Counts` that hold the same. */
interface CountRule {
  readonly items: readonly string[];
  readonly children: readonly string[];
  readonly itemTotals: readonly string[] | null;
  readonly childTotals: readonly string[];
}

const RULES: Readonly<Record<string, CountRule>> = {
  movies: { items: ['Movie'], children: [], itemTotals: ['MovieCount'], childTotals: [] },
  tvshows: { items: ['Series'], children: ['Episode'], itemTotals: ['SeriesCount'], childTotals: ['EpisodeCount'] },
  music: { items: ['MusicArtist'], children: ['Audio'], itemTotals: ['ArtistCount'], childTotals: ['SongCount'] },
  musicvideos: { items: ['MusicVideo'], children: [], itemTotals: ['MusicVideoCount'], childTotals: [] },
  boxsets: { items: ['BoxSet'], children: [], itemTotals: ['BoxSetCount'], childTotals: [] },
  homevideos: { items: ['Video', 'Photo'], children: [], itemTotals: null, childTotals: [] },
  photos: { items: ['Photo'], children: [], itemTotals: null, childTotals: [] },
  books: { items: ['Book', 'AudioBook'], children: [], itemTotals: null, childTotals: [] },
  mixed: { items: ['Movie', 'Series'], children: ['Episode'], itemTotals: null, childTotals: [] },
};

export interface LibraryRow {
  readonly library: Library;
  readonly rule: CountRule | null;
  readonly collectionType: string;
}

/** One row of the virtual folders; null when it has no name or id. `idOf` names the id that queries take. */
function mapRow(row: Fields, idOf: (row: Fields, name: string) => string | null): LibraryRow | null {
  const name = textOf(row['Name'], 500);
  const vendorId = name === null ? null : idOf(row, name);
  if (name === null || vendorId === null) return null;
  // a mixed library has no collection type at all
  const collectionType = (textOf(row['CollectionType'], 100) ?? 'mixed').toLowerCase();
  const type = Object.hasOwn(TYPES, collectionType) ? TYPES[collectionType]! : 'other';
  return {
    library: { vendorId, name, type, itemCount: null, childCount: null, folders: textsOf(row['Locations'], 2000) },
    rule: Object.hasOwn(RULES, collectionType) ? RULES[collectionType]! : null,
    collectionType,
  };
}

/** All libraries without counts. @returns null when the answer holds rows and none is a library */
export function mapLibraries(answer: unknown, idOf: (row: Fields, name: string) => string | null): LibraryRow[] | null {
  const rows = Array.isArray(answer) ? answer : fieldsOf(answer)['Items'];
  if (!Array.isArray(rows)) return null;
  const mapped = listOf(rows).flatMap((row) => mapRow(fieldsOf(row), idOf) ?? []);
  return rows.length > 0 && mapped.length === 0 ? null : mapped;
}

/**
 * True when the server's totals are the libraries' counts: every library's type has totals and occurs once. Then one
 * request counts all of them.
 */
export function totalsSuffice(rows: readonly LibraryRow[]): boolean {
  const counted = rows.filter((row) => row.rule !== null);
  const types = new Set(counted.map((row) => row.collectionType));
  return counted.length > 0 && types.size === counted.length && counted.every((row) => row.rule!.itemTotals !== null);
}

/** Counts from `GET /Items/Counts`. */
export function withTotals(row: LibraryRow, totals: Fields): Library {
  if (!row.rule) return row.library;
  const childCount = row.rule.childTotals.length > 0 ? sum(totals, row.rule.childTotals) : null;
  return { ...row.library, itemCount: sum(totals, row.rule.itemTotals ?? []), childCount };
}

function sum(totals: Fields, names: readonly string[]): number | null {
  const counts = names.map((name) => countOf(totals[name]));
  return counts.length === 0 || counts.includes(null) ? null : counts.reduce<number>((total, count) => total + count!, 0);
}

/** Totals of a `Limit=0` listing. */
export function totalOf(answer: unknown): number | null {
  return countOf(fieldsOf(answer)['TotalRecordCount']);
}
