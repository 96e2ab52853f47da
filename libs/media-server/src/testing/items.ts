import type { MediaItem } from '@usher/contracts';

/** A film; a test changes what it is about. */
export function mediaItem(vendorId: string, change: Partial<MediaItem> = {}): MediaItem {
  return {
    vendorId,
    type: 'movie',
    title: `Film ${vendorId}`,
    parentVendorId: null,
    parentTitle: null,
    seasonNumber: null,
    episodeNumber: null,
    episodeEndNumber: null,
    year: 2001,
    airDate: '2001-03-01',
    durationMs: 5_400_000,
    videoHeight: 1080,
    guids: [],
    files: [],
    ...change,
  };
}
