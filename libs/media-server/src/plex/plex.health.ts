import type { MetadataHealth } from '@usher/contracts';
import { listOf, textOf, type Fields } from '../media-browser/fields.js';

type Missing = MetadataHealth['examples'][number]['missing'][number];

/** Agents that know nothing of a title; the first two forms are those of today. */
const WITHOUT_AGENT = /^(local:\/\/|tv\.plex\.agents\.none:\/\/|com\.plexapp\.agents\.none:\/\/)/;
const EXAMPLES = 50;

/** What is missing of the titles on top of a section. Subtitles stand in details only: one call for each title. */
export function mapPlexHealth(libraryVendorId: string, rows: readonly Fields[]): MetadataHealth {
  const flawed = rows.map((row) => ({ row, missing: missingOf(row) })).filter(({ missing }) => missing.length > 0);
  const count = (what: Missing): number => flawed.filter(({ missing }) => missing.includes(what)).length;
  const worst = [...flawed].sort((one, other) => other.missing.length - one.missing.length);
  return {
    libraryVendorId,
    items: rows.length,
    missingPoster: count('poster'),
    missingOverview: count('overview'),
    missingIds: count('ids'),
    missingSubtitles: null,
    examples: worst.slice(0, EXAMPLES).map(({ row, missing }) => ({ itemId: textOf(row['ratingKey'], 200) ?? '', title: textOf(row['title'], 1000) ?? 'Unknown title', missing })),
  };
}

function missingOf(row: Fields): Missing[] {
  const guid = textOf(row['guid'], 300);
  const isMatched = listOf(row['Guid']).length > 0 || (guid !== null && !WITHOUT_AGENT.test(guid));
  return [...(textOf(row['thumb'], 500) === null ? (['poster'] as const) : []), ...(textOf(row['summary'], 10) === null ? (['overview'] as const) : []), ...(isMatched ? [] : (['ids'] as const))];
}

/** Of a library that is too large to be read through. */
export function unknownHealth(libraryVendorId: string, items: number): MetadataHealth {
  return { libraryVendorId, items, missingPoster: null, missingOverview: null, missingIds: null, missingSubtitles: null, examples: [] };
}
