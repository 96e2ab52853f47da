import { createHash } from 'node:crypto';
import type { MediaItem } from '@usher/contracts';
import { matchableOf, normalizeTitle, pathKey, type Matchable } from '@usher/matching';

/** An item of one server as the index keeps it. `id` is the media server's own. */
export interface ItemRow extends Matchable {
  readonly parentTitle: string | null;
  readonly videoHeight: number | null;
  readonly pathKey: string | null;
  readonly fileCount: number;
  /** Of all files together; null when one of them is not known. */
  readonly sizeBytes: number | null;
  /** Changes when anything does that the grouping rests on. */
  readonly identity: string;
}

export function itemRowOf(item: MediaItem): ItemRow {
  const { path, ...what } = matchableOf(item);
  const sizes = item.files.map(({ sizeBytes }) => sizeBytes);
  const row = { ...what, parentTitle: item.parentTitle, path };
  return {
    ...row,
    videoHeight: item.videoHeight,
    pathKey: path === null ? null : md5(pathKey(path)),
    fileCount: item.files.length,
    sizeBytes: sizes.length === 0 || sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + size!, 0),
    identity: md5(JSON.stringify(row)),
  };
}

/** Words by which a title is found and sorted: a film with its year, an episode behind its series in the order of numbers. */
export function sortTitleOf(row: Pick<ItemRow, 'type' | 'title' | 'parentTitle' | 'seasonNumber' | 'episodeNumber' | 'year'>): string {
  const title = normalizeTitle(row.title) || row.title.toLowerCase();
  if (row.type !== 'episode' && row.type !== 'track') return row.year === null ? title : `${title} ${row.year}`;
  const number = (value: number | null) => String(value ?? 0).padStart(3, '0');
  return `${normalizeTitle(row.parentTitle ?? '')} ${number(row.seasonNumber)} ${number(row.episodeNumber)} ${title}`.trim();
}

/** Not for secrets: a short name for a long text. */
function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
