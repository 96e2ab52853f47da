import type { ServerTask } from '@usher/contracts';
import { answerInvalid, parseJson } from '../http/vendor-errors.js';
import type { VendorHttp } from '../http/vendor-http.js';
import type { VendorResponse } from '../http/vendor-response.js';
import { fieldsOf, listOf, textOf } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { NOT_THERE } from '../not-there.js';
import type { PlexCalls } from './plex.calls.js';

const BACKUP = 'BackupDatabase';

/** The butler: what the server does at night, or when it is told to. */
export function plexTasks(http: VendorHttp, { order }: PlexCalls): { readonly tasks: MediaServer['tasks']; readonly backup: MediaServer['backup'] } {
  const start = async (id: string): Promise<void> => {
    // 202: it runs already
    await order({ method: 'POST', path: `/butler/${encodeURIComponent(id)}`, endpoint: 'POST /butler/{task}' }, 'task');
  };
  return {
    tasks: {
      list: async () => mapPlexTasks(await http.send({ method: 'GET', path: '/butler', endpoint: 'GET /butler' })),
      start,
    },
    // its backups lie in a folder that it does not list
    backup: { list: NOT_THERE.backup.list, trigger: () => start(BACKUP) },
  };
}

/**
 * `GET /butler`, the one answer without a container. It tells neither what runs nor how the last run ended.
 * @throws AppError VENDOR_ANSWER_INVALID
 */
export function mapPlexTasks(response: VendorResponse): ServerTask[] {
  const answer = fieldsOf(parseJson(response));
  const tasks = fieldsOf(answer['ButlerTasks'] ?? answer['MediaContainer']);
  const rows = listOf(tasks['ButlerTask']).map(fieldsOf);
  const mapped = rows.flatMap((row) => {
    const vendorId = textOf(row['name'], 300);
    if (vendorId === null) return [];
    return [{ vendorId, name: textOf(row['title'], 500) ?? vendorId, category: null, state: 'idle' as const, progressPercent: null, lastEndedAt: null, lastDurationMs: null, lastResult: null, canStart: true, canCancel: false }];
  });
  if (mapped.length === 0) throw answerInvalid('The media server listed its tasks in a form that is not known.', { reason: 'shape' });
  return mapped;
}
