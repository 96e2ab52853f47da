import { AppError, type RefreshMode } from '@usher/contracts';
import { connectionError } from '../http/vendor-errors.js';
import type { VendorHttp } from '../http/vendor-http.js';
import type { MediaServer } from '../media-server.js';
import type { SyncJobs } from './sync-jobs.js';
import { taskActivities, type TaskCalls } from './tasks.js';

export interface ActionCalls {
  readonly http: VendorHttp;
  /** Prefix of all paths: `/emby` or nothing. */
  readonly prefix: string;
  /** @throws AppError CAPABILITY_MISSING when the server said that it cannot restart itself */
  readonly requireRestart: () => void;
  /** The server is about to be told to go: its push channel is left before. */
  readonly beforeRestart: () => void;
  /** It took the order: refused connections are no outage for a while. */
  readonly onRestart: () => void;
  readonly tasks: TaskCalls;
  readonly jobs: SyncJobs;
}

/** The words of the dashboard: "search for missing metadata" and "replace all metadata". */
const REFRESH: Readonly<Record<RefreshMode, Readonly<Record<string, string | boolean>>>> = {
  missing: { MetadataRefreshMode: 'FullRefresh', ImageRefreshMode: 'FullRefresh', ReplaceAllMetadata: false, ReplaceAllImages: false },
  full: { MetadataRefreshMode: 'FullRefresh', ImageRefreshMode: 'FullRefresh', ReplaceAllMetadata: true, ReplaceAllImages: false },
};
/** "Scan for new and updated files" of one library. */
const SCAN = { MetadataRefreshMode: 'Default', ImageRefreshMode: 'Default', ReplaceAllMetadata: false, ReplaceAllImages: false };

/** Emby and Jellyfin take orders at once and answer nothing; a scan of everything shows as a task, one of a single library does not. */
export function mediaBrowserActions({ http, prefix, requireRestart, beforeRestart, onRestart, tasks, jobs }: ActionCalls): MediaServer['actions'] {
  const post = (path: string, endpoint: string, query?: Readonly<Record<string, string | boolean>>) => http.send({ method: 'POST', path: `${prefix}${path}`, endpoint, ...(query && { query }) });
  const refresh = (id: string, query: Readonly<Record<string, string | boolean>>, noun: string) =>
    post(`/Items/${encodeURIComponent(id)}/Refresh`, 'POST /Items/{id}/Refresh', { Recursive: true, ...query }).catch((error: unknown) => {
      const failure = connectionError(error);
      // An id of another form is a bad request there, and the only part of the request that can be bad.
      throw failure.code === 'NOT_FOUND' || failure.details['httpStatus'] === 400 ? new AppError('NOT_FOUND', `This ${noun} is not on the media server.`, failure.details) : failure;
    });
  return {
    scan: async (libraryId) => void (await (libraryId === null ? post('/Library/Refresh', 'POST /Library/Refresh') : refresh(libraryId, SCAN, 'library'))),
    refreshLibrary: async (libraryId, mode) => void (await refresh(libraryId, REFRESH[mode], 'library')),
    refreshItem: async (itemId, mode) => void (await refresh(itemId, REFRESH[mode], 'item')),
    restart: async () => {
      requireRestart();
      beforeRestart();
      await post('/System/Restart', 'POST /System/Restart');
      onRestart();
    },
    running: async () => {
      const [rows, downloads] = await Promise.all([tasks.rows(), jobs.activities()]);
      return [...taskActivities(rows), ...downloads];
    },
    cancel: async (activityId) => await (jobs.owns(activityId) ? jobs.cancel(activityId) : tasks.cancel(activityId)),
  };
}
