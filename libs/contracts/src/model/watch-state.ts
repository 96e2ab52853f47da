import { z } from 'zod';

/** What a user has done with one title, as far as a media server keeps it. Leaves only: films, episodes, tracks. */
export const WatchState = z.strictObject({
  itemVendorId: z.string().min(1).max(200),
  played: z.boolean(),
  playCount: z.number().int().min(0).max(1_000_000),
  /** To the second at least; null = never, or not told. */
  lastPlayedAt: z.iso.datetime().nullable(),
  /** Where to go on; 0 = at the beginning. */
  positionMs: z.number().int().nonnegative(),
  /** Null where the vendor has no favorites. */
  favorite: z.boolean().nullable(),
  /** 0 to 100: ten times the stars out of ten. Null = not rated. */
  ratingTenths: z.number().int().min(0).max(100).nullable(),
  /** The vendor's own values, for giving back exactly what was there; opaque to everybody but the adapter. */
  original: z.string().max(1000).nullable(),
});
export type WatchState = z.infer<typeof WatchState>;

/** The part of a state in which two servers are compared: films and episodes only. */
export const WatchGlance = z.strictObject({
  itemVendorId: z.string().min(1).max(200),
  played: z.boolean(),
  positionMs: z.number().int().nonnegative(),
});
export type WatchGlance = z.infer<typeof WatchGlance>;

/** Which titles are looked at together; some vendors list one kind at a time. */
export const WATCHED_TYPES = ['movie', 'episode'] as const;
export const WatchedType = z.enum(WATCHED_TYPES);
export type WatchedType = z.infer<typeof WatchedType>;

export const WATCH_FIELDS = ['played', 'playCount', 'lastPlayedAt', 'positionMs', 'favorite', 'ratingTenths'] as const;
export const WatchField = z.enum(WATCH_FIELDS);
export type WatchField = z.infer<typeof WatchField>;

/** One page of everything that a user has a state for. A title may come twice; the later one counts. */
export interface WatchStatePage {
  readonly states: WatchState[];
  /** Hand it in for the next page; null after the last one, when the listing was found complete. */
  readonly next: string | null;
}

/** What became of one row that was to be written, found out by reading it back. */
export const WriteOutcome = z.enum(['written', 'same', 'not-visible', 'differs', 'failed', 'unknown', 'refused']);
export type WriteOutcome = z.infer<typeof WriteOutcome>;
