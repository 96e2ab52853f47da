import { z } from 'zod';
import { FolderSpace, MediaItem, PathCheck } from '../model/item.js';
import { defineCommand } from './define.js';

/** More ids in one address line than this are refused by some vendors. */
export const MAX_ITEM_IDS = 200;
export const MAX_ITEM_PAGE = 500;
export const MAX_CHECKED_PATHS = 200;

/**
 * One page of a library, or some items by id, in parts. The caller turns the pages, one at a time, and rests between
 * them while people watch: `streams` tells how many do.
 */
export const listItems = defineCommand({
  name: 'item.list',
  version: 1,
  issuers: ['controller', 'migration'],
  timeoutMs: 60_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({
    of: z.union([
      z.strictObject({ libraryVendorId: z.string().min(1).max(200), start: z.number().int().nonnegative(), limit: z.number().int().min(1).max(MAX_ITEM_PAGE) }),
      z.strictObject({ itemVendorIds: z.array(z.string().min(1).max(200)).min(1).max(MAX_ITEM_IDS) }),
    ]),
    /** With the size of every file of every version: dear on some vendors, so ask for what is needed only. */
    withFiles: z.boolean(),
  }),
  /** In parts; together the page. All but `items` is the same in every part. */
  reply: z.strictObject({
    items: z.array(MediaItem),
    total: z.number().int().nonnegative().nullable(),
    nextStart: z.number().int().nonnegative().nullable(),
    streams: z.number().int().nonnegative(),
  }),
});

/** What the media server sees of these folders and files, and how much room there is. Nothing is written. */
export const checkPaths = defineCommand({
  name: 'library.check-paths',
  version: 1,
  issuers: ['controller', 'migration'],
  timeoutMs: 60_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({
    folders: z.array(z.string().min(1).max(4000)).max(MAX_CHECKED_PATHS),
    files: z.array(z.string().min(1).max(4000)).max(MAX_CHECKED_PATHS),
  }),
  /** In parts; together one row per asked path, in any order. `space` is null where the vendor does not tell. */
  reply: z.strictObject({ paths: z.array(PathCheck), space: z.array(FolderSpace).nullable() }),
});
