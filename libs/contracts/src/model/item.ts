import { z } from 'zod';

/** What the item index holds: what is played, and what it belongs to. Seasons and artists follow from numbers and names. */
export const INDEXED_TYPES = ['movie', 'series', 'episode', 'album', 'track'] as const;
export const IndexedType = z.enum(INDEXED_TYPES);
export type IndexedType = z.infer<typeof IndexedType>;

/** One elementary stream of a file. */
export const ItemStream = z.object({
  type: z.enum(['video', 'audio', 'subtitle']),
  codec: z.string().max(50).nullable(),
  language: z.string().max(50).nullable(),
  title: z.string().max(500).nullable(),
  width: z.number().int().nonnegative().nullable(),
  height: z.number().int().nonnegative().nullable(),
  hdr: z.enum(['sdr', 'hdr10', 'hdr10-plus', 'dolby-vision', 'hlg', 'unknown']).nullable(),
  channels: z.number().int().nonnegative().nullable(),
  bitRateKbps: z.number().int().nonnegative().nullable(),
  forced: z.boolean(),
  external: z.boolean(),
});
export type ItemStream = z.infer<typeof ItemStream>;

/** One media file of an item; an item may have several versions or parts. */
export const ItemFile = z.object({
  path: z.string().min(1).max(4000),
  sizeBytes: z.number().int().nonnegative().nullable(),
  /** Only where they were asked for; some listings do not hold them. */
  streams: z.array(ItemStream).max(200).optional(),
});
export type ItemFile = z.infer<typeof ItemFile>;

/** An item as one media server has it. */
export const MediaItem = z.object({
  vendorId: z.string().min(1).max(200),
  type: IndexedType,
  title: z.string().max(1000),
  /** Series of an episode, album of a track. */
  parentVendorId: z.string().max(200).nullable(),
  parentTitle: z.string().max(1000).nullable(),
  /** Disc of a track. */
  seasonNumber: z.number().int().nullable(),
  /** Number of a track. */
  episodeNumber: z.number().int().nullable(),
  /** Last episode of a file that holds several; null for one. */
  episodeEndNumber: z.number().int().nullable(),
  year: z.number().int().nullable(),
  /** `YYYY-MM-DD`: release or first broadcast. */
  airDate: z.iso.date().nullable(),
  durationMs: z.number().int().nonnegative().nullable(),
  videoHeight: z.number().int().nonnegative().nullable(),
  /** As the vendor writes them, `name://value`: `Imdb://tt0078748`, `plex://movie/5d77…`, `com.plexapp.agents.thetvdb://81189/1/2`. */
  guids: z.array(z.string().max(300)).max(40),
  /** Empty for a series or an album, whose files are those of its episodes and tracks. */
  files: z.array(ItemFile).max(200),
});
export type MediaItem = z.infer<typeof MediaItem>;

/** One page of a listing. */
export interface ItemPage {
  readonly items: MediaItem[];
  /** All rows of the listing; null where the vendor does not tell. */
  readonly total: number | null;
  /** Where the next page starts; null after the last one. */
  readonly nextStart: number | null;
}

/** What the media server itself sees at a place; `unknown` when it could not be asked. */
export const PathCheck = z.object({
  path: z.string().min(1).max(4000),
  state: z.enum(['found', 'missing', 'unknown']),
});
export type PathCheck = z.infer<typeof PathCheck>;

/** Room on the disk that holds a folder, in bytes. */
export const FolderSpace = z.object({
  path: z.string().min(1).max(4000),
  freeBytes: z.number().int().nonnegative(),
  usedBytes: z.number().int().nonnegative().nullable(),
});
export type FolderSpace = z.infer<typeof FolderSpace>;
