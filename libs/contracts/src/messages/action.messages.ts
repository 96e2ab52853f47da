import { z } from 'zod';
import { Activity, RefreshMode } from '../model/activity.js';
import { defineCommand, defineState } from './define.js';

const LibraryId = z.string().min(1).max(200);

/** Looks for new and changed files. The work shows as an activity; the reply only says that the media server took the order. */
export const scanLibrary = defineCommand({
  name: 'library.scan',
  version: 1,
  issuers: ['controller', 'migration'],
  timeoutMs: 20_000,
  effect: 'change',
  onCrash: 'redo',
  /** null = all libraries. */
  request: z.strictObject({ libraryVendorId: LibraryId.nullable() }),
  reply: z.strictObject({}),
});

/** Reads the metadata of everything in a library again. */
export const refreshLibrary = defineCommand({
  name: 'library.refresh',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 20_000,
  effect: 'change',
  onCrash: 'redo',
  request: z.strictObject({ libraryVendorId: LibraryId, mode: RefreshMode }),
  reply: z.strictObject({}),
});

/** Reads the metadata of one item again. */
export const refreshItem = defineCommand({
  name: 'item.refresh',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 20_000,
  effect: 'change',
  onCrash: 'redo',
  request: z.strictObject({ itemVendorId: z.string().min(1).max(200), mode: RefreshMode }),
  reply: z.strictObject({}),
});

/** Restarts the media server. Whether it comes back is told by its status, not by the reply. */
export const restartServer = defineCommand({
  name: 'server.restart',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 20_000,
  effect: 'change',
  onCrash: 'unknown',
  request: z.strictObject({}),
  reply: z.strictObject({}),
});

/** All running work of one media server besides streams; sent on every change and every 30 s while there is any. */
export const activitiesState = defineState({
  name: 'activities',
  version: 1,
  body: z.object({ seq: z.number().int(), at: z.iso.datetime(), activities: z.array(Activity).max(200) }),
});
export type ActivitiesState = z.infer<typeof activitiesState.body>;
