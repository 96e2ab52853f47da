import type { VendorActivity } from '@usher/contracts';
import { connectionError } from '../http/vendor-errors.js';
import { get, notThere, rowsOf, send, type DetailCalls } from './detail-calls.js';
import { integerOf, numberOf, textOf, type Fields } from './fields.js';

/** Tells the ids of jobs from those of tasks. */
const PREFIX = 'sync:';
const OPEN = new Set(['Queued', 'Converting', 'ReadyToTransfer', 'Transferring']);

export interface SyncJobs {
  activities(): Promise<VendorActivity[]>;
  owns(activityId: string): boolean;
  /** NOT_FOUND */
  cancel(activityId: string): Promise<void>;
}

/** Downloads to devices and conversions of files (Emby). A server without them answers 404 and is not asked again. */
export function syncJobsOf(calls: DetailCalls): SyncJobs {
  const path = calls.words.jobsPath;
  let isThere = path !== null;
  const read = async (): Promise<Fields[]> => {
    if (!isThere || path === null) return [];
    try {
      return rowsOf(await get(calls, { path, query: {} }, `GET ${path}`), 'downloads');
    } catch (error) {
      const failure = connectionError(error);
      if (failure.code !== 'NOT_FOUND') throw failure;
      isThere = false;
      return [];
    }
  };
  return {
    activities: async () => (await read()).flatMap((row) => mapJob(row) ?? []),
    owns: (activityId) => activityId.startsWith(PREFIX),
    cancel: async (activityId) => {
      const id = activityId.slice(PREFIX.length);
      const job = (await read()).find((row) => textOf(row['Id'], 200) === id);
      if (!job) throw notThere('download', { activityVendorId: activityId });
      if (mapJob(job) === null) return;
      await send(calls, { method: 'DELETE', path: `${path}/${encodeURIComponent(id)}`, endpoint: `DELETE ${path}/{id}` }).catch((error: unknown) => {
        // it ended between the two calls
        if (connectionError(error).code !== 'NOT_FOUND') throw error;
      });
    },
  };
}

/** Null for a job that is done. A word that is not known is shown as running. */
export function mapJob(row: Fields): VendorActivity | null {
  const id = textOf(row['Id'], 200);
  const status = textOf(row['Status'], 50);
  if (id === null || status === null || status === 'Completed') return null;
  const isFailed = status === 'Failed' || status === 'CompletedWithError';
  const progress = numberOf(row['Progress']);
  const count = integerOf(row['ItemCount']);
  return {
    vendorId: `${PREFIX}${id}`,
    // what has no device to go to is converted for the library itself
    type: textOf(row['TargetId'], 200) === null && textOf(row['TargetName'], 500) === null ? 'conversion' : 'download',
    title: textOf(row['Name'], 500) ?? textOf(row['ParentName'], 500) ?? 'Download',
    subtitle: count !== null && count > 1 ? `${count} titles` : OPEN.has(status) ? null : status,
    progressPercent: progress === null ? null : Math.max(0, Math.min(100, progress)),
    libraryVendorId: null,
    state: isFailed ? 'failed' : 'running',
    cancellable: true,
    userName: null,
    deviceName: textOf(row['TargetName'], 500),
    problem: isFailed ? (status === 'Failed' ? 'It failed.' : 'Some titles failed.') : null,
  };
}
