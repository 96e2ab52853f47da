import { type ServerTask, type VendorActivity } from '@usher/contracts';
import { answerInvalid, connectionError } from '../http/vendor-errors.js';
import type { MediaServer } from '../media-server.js';
import { get, notThere, send, type DetailCalls } from './detail-calls.js';
import { booleanOf, fieldsOf, numberOf, textOf, timeOf } from './fields.js';

/** A task as it is listed. */
export interface TaskRow {
  readonly task: ServerTask;
  /** Stable over versions and languages; some of Emby's have none. */
  readonly key: string | null;
  readonly isHidden: boolean;
}

const RESULTS: Readonly<Record<string, ServerTask['lastResult']>> = { Completed: 'completed', Failed: 'failed', Cancelled: 'cancelled', Aborted: 'aborted' };
/** Emby: conversions and downloads of all devices are prepared by one task. */
const TYPES: Readonly<Record<string, VendorActivity['type']>> = { RefreshLibrary: 'scan', SyncPrepare: 'conversion' };

type Tasks = MediaServer['tasks'];

export interface TaskCalls extends Tasks {
  /** With the hidden ones. */
  rows(): Promise<TaskRow[]>;
  /** Ends one; that it was idle already is no failure. NOT_FOUND */
  cancel(id: string): Promise<void>;
}

export function tasksOf(calls: Pick<DetailCalls, 'http' | 'prefix'>): TaskCalls {
  const rows = async (): Promise<TaskRow[]> => mapTasks(await get(calls, { path: '/ScheduledTasks', query: {} }, 'GET /ScheduledTasks'));
  const find = async (id: string): Promise<ServerTask> => {
    const found = (await rows()).find(({ task }) => task.vendorId === id);
    if (!found) throw notThere('task', { taskVendorId: id });
    return found.task;
  };
  const order = (method: 'POST' | 'DELETE', id: string) => send(calls, { method, path: `/ScheduledTasks/Running/${encodeURIComponent(id)}`, endpoint: `${method} /ScheduledTasks/Running/{id}` });
  return {
    rows,
    list: async () => (await rows()).flatMap(({ task, isHidden }) => (isHidden ? [] : [task])),
    start: async (id) => {
      // a second order would be queued and run it again
      if ((await find(id)).state !== 'idle') return;
      await order('POST', id).catch((error: unknown) => {
        const failure = connectionError(error);
        throw failure.code === 'NOT_FOUND' ? notThere('task', failure.details) : failure;
      });
    },
    // both vendors answer 500 for a task that is idle (measured on 12.0 and 4.9.5)
    cancel: async (id) => {
      if ((await find(id)).state === 'idle') return;
      await order('DELETE', id).catch(async (error: unknown) => {
        const failure = connectionError(error);
        const mayBeOver = failure.code === 'NOT_FOUND' || failure.details['httpStatus'] === 500;
        if (!mayBeOver || (await find(id)).state !== 'idle') throw failure;
      });
    },
  };
}

/** `GET /ScheduledTasks`. @throws AppError VENDOR_ANSWER_INVALID */
export function mapTasks(answer: unknown): TaskRow[] {
  if (!Array.isArray(answer)) throw answerInvalid('The media server listed its tasks in a form that is not known.', { reason: 'shape' });
  return answer.flatMap((each): TaskRow[] => {
    const row = fieldsOf(each);
    const vendorId = textOf(row['Id'], 300);
    const word = textOf(row['State'], 50);
    if (vendorId === null || word === null) return [];
    const state = word === 'Idle' ? 'idle' : word === 'Cancelling' ? 'cancelling' : 'running';
    const progress = numberOf(row['CurrentProgressPercentage']);
    const last = fieldsOf(row['LastExecutionResult']);
    const [startedAt, endedAt] = [timeOf(last['StartTimeUtc']), timeOf(last['EndTimeUtc'])];
    const status = textOf(last['Status'], 50);
    return [
      {
        key: textOf(row['Key'], 100),
        isHidden: booleanOf(row['IsHidden']) === true,
        task: {
          vendorId,
          name: textOf(row['Name'], 500) ?? vendorId,
          category: textOf(row['Category'], 200),
          state,
          progressPercent: state === 'idle' || progress === null ? null : Math.max(0, Math.min(100, progress)),
          lastEndedAt: endedAt,
          lastDurationMs: startedAt === null || endedAt === null ? null : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)),
          lastResult: status === null ? null : Object.hasOwn(RESULTS, status) ? RESULTS[status]! : 'unknown',
          canStart: state === 'idle',
          canCancel: state === 'running',
        },
      },
    ];
  });
}

/** What a task that is not idle shows among the activities; hidden ones work, too. */
export function taskActivities(rows: readonly TaskRow[]): VendorActivity[] {
  return rows.flatMap(({ task, key }) =>
    task.state === 'idle'
      ? []
      : {
          vendorId: task.vendorId,
          type: key !== null && Object.hasOwn(TYPES, key) ? TYPES[key]! : ('task' as const),
          title: task.name,
          subtitle: task.state === 'running' ? task.category : 'Cancelling',
          progressPercent: task.progressPercent,
          libraryVendorId: null,
          state: 'running' as const,
          cancellable: task.canCancel,
          userName: null,
          deviceName: null,
          problem: null,
        },
  );
}
