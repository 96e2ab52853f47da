import { AppError, type Backup } from '@usher/contracts';
import { answerInvalid, connectionError } from '../http/vendor-errors.js';
import type { MediaServer } from '../media-server.js';
import { get, send, type DetailCalls } from './detail-calls.js';
import { fieldsOf, listOf, textOf, timeOf, type Fields } from './fields.js';
import type { TaskCalls, TaskRow } from './tasks.js';

type Calls = Pick<DetailCalls, 'http' | 'prefix'>;

/** Jellyfin from 10.11 on. What can be made again, such as previews, is left out. */
export function jellyfinBackups(calls: Calls): MediaServer['backup'] {
  return {
    list: async () => {
      const answer = await get(calls, { path: '/Backup', query: {} }, 'GET /Backup');
      if (!Array.isArray(answer)) throw answerInvalid('The media server listed its backups in a form that is not known.', { reason: 'shape' });
      return answer.map(fieldsOf).flatMap((row) => mapBackup(row, fileName(row['Path'])) ?? []);
    },
    trigger: async () => {
      try {
        await send(calls, { method: 'POST', path: '/Backup/Create', endpoint: 'POST /Backup/Create', body: { Metadata: true, Trickplay: false, Subtitles: true, Database: true } });
      } catch (error) {
        // it answers when it is done, and goes on when nobody waits any more
        const failure = connectionError(error);
        if (failure.code !== 'SERVER_UNREACHABLE' || failure.details['reason'] !== 'timeout') throw failure;
      }
    },
  };
}

/** Emby's plugin for backups of its configuration: told by a route of its own, run as a task. */
export function embyBackups(calls: Calls, tasks: TaskCalls): MediaServer['backup'] & { isThere(): Promise<boolean> } {
  const read = () => get(calls, { path: '/BackupRestore/BackupInfo', query: {} }, 'GET /BackupRestore/BackupInfo');
  return {
    isThere: async () => Object.keys(fieldsOf(await read())).length > 0 && (await tasks.rows()).some(isBackupTask),
    list: async () => {
      const answer = fieldsOf(await read());
      return [answer['FullBackupInfo'], ...listOf(answer['LightBackups'])].map(fieldsOf).flatMap((row) => mapBackup(row, textOf(row['Name'], 1000)) ?? []);
    },
    trigger: async () => {
      const task = (await tasks.rows()).find(isBackupTask);
      if (!task) throw new AppError('CAPABILITY_MISSING', 'The backup plugin of this media server has no task.', { capability: 'backup.trigger' });
      await tasks.start(task.task.vendorId);
    },
  };
}

/** Its key is not documented: the word is. */
const isBackupTask = ({ task, key }: TaskRow): boolean => /backup/i.test(key ?? '') || /\bbackup\b/i.test(task.name);

const fileName = (path: unknown): string | null => textOf(textOf(path, 4000)?.split(/[\\/]/).at(-1), 1000);

function mapBackup(row: Fields, name: string | null): Backup | null {
  const at = timeOf(row['DateCreated']);
  if (name === null && at === null) return null;
  return { name: name ?? `Backup of ${at}`, at, serverVersion: textOf(row['ServerVersion'], 100), sizeBytes: null };
}
