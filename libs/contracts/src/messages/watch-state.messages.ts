import { z } from 'zod';
import { Sha256Hex } from '../model/plan.js';
import { WatchedType, WatchGlance, WatchState, WriteOutcome } from '../model/watch-state.js';
import { defineCommand } from './define.js';

const VendorId = z.string().min(1).max(200);

/** Titles of one read or write: below the greatest number of ids that a vendor takes in one address line. */
export const MAX_STATE_ROWS = 96;

/** One page of everything that a user has a state for. Hand `next` in again until it is null: then the listing was complete. */
export const listWatchStates = defineCommand({
  name: 'watch-state.list',
  version: 1,
  issuers: ['migration'],
  timeoutMs: 60_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({ userVendorId: VendorId, page: z.string().max(500).nullable() }),
  /** In parts; together the page. `streams` = how many people watch now. */
  reply: z.strictObject({ states: z.array(WatchState), next: z.string().max(500).nullable(), streams: z.number().int().nonnegative() }),
});

/** Some titles, asked of the vendor's store. Those that are gone or hidden from the user are left out. */
export const readWatchStates = defineCommand({
  name: 'watch-state.read',
  version: 1,
  issuers: ['migration'],
  timeoutMs: 60_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({ userVendorId: VendorId, itemVendorIds: z.array(VendorId).min(1).max(MAX_STATE_ROWS) }),
  /** In parts. */
  reply: z.strictObject({ states: z.array(WatchState), streams: z.number().int().nonnegative() }),
});

/** Titles of one kind that an account touched last. */
export const NEWEST_STATES = 50;

/**
 * Played and position alone, for one request to the media server: of the titles of one kind that the account touched last,
 * newest first and at most `NEWEST_STATES`, or of some titles. Those that are gone or hidden may be left out.
 */
export const glanceWatchStates = defineCommand({
  name: 'watch-state.glance',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 60_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({
    userVendorId: VendorId,
    of: z.union([z.strictObject({ newest: WatchedType }), z.strictObject({ itemVendorIds: z.array(VendorId).min(1).max(MAX_STATE_ROWS) })]),
  }),
  reply: z.strictObject({ states: z.array(WatchGlance).max(MAX_STATE_ROWS) }),
});

/**
 * `written`: it was not there before and is now. `same`: it was there already. `not-visible`: the title is gone or hidden.
 * `differs`: `TARGET_CHANGED` when it was left alone because the target moved, `CAPABILITY_CHANGED` when the target did not keep
 * it. `failed`: not written, for the reason in `code`. `unknown`: nobody knows. `refused`: not tried, because of `code`.
 */
export const WrittenRow = z.strictObject({
  n: z.number().int().nonnegative(),
  outcome: WriteOutcome,
  /** As read afterwards, or before where nothing was written; null when it could not be read. */
  now: WatchState.nullable(),
  code: z.string().max(64).nullable(),
});
export type WrittenRow = z.infer<typeof WrittenRow>;

/**
 * Writes rows of the held plan, all of one user. `to` is given where the target moved since the plan was made, and may only
 * grow: played, a greater count, a later time. A row that the target already has costs no write.
 */
export const applyWatchStates = defineCommand({
  name: 'watch-state.apply',
  version: 1,
  issuers: ['migration'],
  timeoutMs: 300_000,
  effect: 'change',
  onCrash: 'resume',
  needsTicket: true,
  request: z.strictObject({
    planSha256: Sha256Hex,
    rows: z.array(z.strictObject({ n: z.number().int().nonnegative(), to: WatchState.nullable() })).min(1).max(MAX_STATE_ROWS),
    /** How many writes may be under way at once; the adapter's own limit stays the upper one. */
    atOnce: z.number().int().min(1).max(16),
    /** Null = as fast as the server answers. */
    maxPerSecond: z.number().positive().max(10_000).nullable(),
  }),
  /** In parts; together one row per row, in the order asked for. `retryAfterMs`: the pause that the target asked for. */
  reply: z.strictObject({
    rows: z.array(WrittenRow),
    streams: z.number().int().nonnegative(),
    requests: z.number().int().nonnegative(),
    tookMs: z.number().int().nonnegative(),
    retryAfterMs: z.number().int().nonnegative().nullable().default(null),
  }),
});
