import type { MediaItem } from '@usher/contracts';
import type { Matchable } from './compare.js';
import { readIds } from './provider-ids.js';

/** What matching looks at in an item of a media server: its ids read, its first file. */
export function matchableOf(item: MediaItem): Matchable {
  return {
    id: item.vendorId,
    type: item.type,
    title: item.title,
    parentId: item.parentVendorId,
    seasonNumber: item.seasonNumber,
    episodeNumber: item.episodeNumber,
    episodeEndNumber: item.episodeEndNumber,
    year: item.year,
    airDate: item.airDate,
    durationMs: item.durationMs,
    ids: readIds(item.type, item.guids),
    path: item.files[0]?.path ?? null,
  };
}
