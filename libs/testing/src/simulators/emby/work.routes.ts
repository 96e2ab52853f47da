import type { SimulatedDownload } from '../base/tasks.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { isoDate } from '../mediabrowser/ticks.js';
import { findItem, itemId, mediaSourceId, userId } from './ids.js';
import { envelope, missing, noContent, ok, text } from './replies.js';
import type { EmbyContext } from './server.js';

const STATUS: Readonly<Record<SimulatedDownload['status'], string>> = { queued: 'Queued', converting: 'Converting', transferring: 'Transferring', completed: 'Completed', failed: 'Failed' };

/** Unpaged lists tell a total of 0 although rows are there. */
function devices({ server }: EmbyContext): Reply {
  const { core } = server;
  const newest = [...core.engine.sessions.values()].sort((a, b) => b.lastActivityMs - a.lastActivityMs);
  const rows = [...new Set(newest.map(({ device }) => device.id))].map((id) => {
    const { device, user, lastActivityMs } = newest.find((session) => session.device.id === id)!;
    const number = server.internalDeviceId(id);
    return { Name: device.name, Id: String(number), InternalId: number, ReportedDeviceId: id, LastUserName: user.name, AppName: device.client, AppVersion: device.version, LastUserId: userId(core, user), DateLastActivity: isoDate(lastActivityMs), IpAddress: device.address };
  });
  return envelope(rows, 0);
}

/** 204 for an id that nobody knows, too. */
function revokeDevice({ server, request }: EmbyContext): Reply {
  const { core } = server;
  const id = request.query.get('id');
  if (id === undefined) return missing('Id');
  for (const session of [...core.engine.sessions.values()].filter(({ device }) => String(server.internalDeviceId(device.id)) === id)) {
    for (const grant of core.grants.values()) if (grant.device?.id === session.device.id) core.revoke(grant.token);
    core.engine.close(session);
  }
  return noContent();
}

function cancelTask({ server, params }: EmbyContext): Reply {
  const outcome = server.tasks.cancel(params['taskId']!);
  if (outcome === 'unknown') return text(404, 'Task not found');
  return outcome === 'idle' ? text(500, 'Cannot cancel a Task unless it is in the Running state.') : noContent();
}

function jobs({ server }: EmbyContext): Reply {
  return envelope(
    server.core.downloads.map((job) => ({
      Id: job.id,
      ...(job.deviceName === null ? {} : { TargetId: `target-${job.id}`, TargetName: job.deviceName }),
      Quality: 'original',
      Progress: job.progress,
      Name: job.title,
      Status: STATUS[job.status],
      UserId: 2,
      ItemCount: job.itemCount,
    })),
  );
}

function cancelJob({ server, params }: EmbyContext): Reply {
  const { downloads } = server.core;
  const at = downloads.findIndex(({ id }) => String(id) === params['jobId']);
  if (at < 0) return text(404, 'Sync job not found');
  downloads.splice(at, 1);
  return noContent();
}

/** Which file must be said. */
function subtitles({ server, request, params }: EmbyContext): Reply {
  const item = findItem(server.core, params['itemId']!);
  if (item?.file == null) return text(404, `Item ${params['itemId']} was not found.`);
  if (request.query.get('mediasourceid') !== mediaSourceId(server.core, item)) return missing('mediaSourceId');
  const language = params['language']!;
  return ok([{ ThreeLetterISOLanguageName: language, Id: `opensubtitles_${itemId(item)}_${language}`, ProviderName: 'Open Subtitles', Name: `${item.title}.${language}.srt`, Format: 'srt', DownloadCount: 42, IsHashMatch: false, IsForced: false, IsHearingImpaired: false }]);
}

function fetchSubtitle({ server, request, params }: EmbyContext): Reply {
  const item = findItem(server.core, params['itemId']!);
  if (item?.file == null) return text(404, `Item ${params['itemId']} was not found.`);
  if (request.query.get('mediasourceid') !== mediaSourceId(server.core, item)) return missing('mediaSourceId');
  server.core.fetchedSubtitles.push({ item, id: params['subtitleId']! });
  return ok({ NewIndex: item.file.subtitles.length + 2 });
}

function backups({ server, request }: EmbyContext): Reply {
  if (!server.hasBackups) return text(404, `Unable to find the specified resource: ${request.path}`);
  const row = ({ name, atMs, version }: { name: string; atMs: number; version: string }) => ({ ServerVersion: version, PluginVersion: '1.8.4.0', Name: name, CanRestore: true, IsFullBackup: false, DateCreated: isoDate(atMs), Users: [] });
  return ok({ FullBackupInfo: { ...row({ name: 'full', atMs: Date.UTC(2026, 0, 4, 3), version: server.core.version }), IsFullBackup: true }, LightBackups: server.core.backups.map(row) });
}

const taskOf = ({ server, params }: EmbyContext): Reply => (server.tasks.start(params['taskId']!) ? noContent() : text(404, 'Task not found'));

export const workRoutes: readonly Route<EmbyContext>[] = [
  route('GET', '/ScheduledTasks', 'admin', ({ server }) => ok(server.tasks.rows())),
  route('POST', '/ScheduledTasks/Running/{taskId}', 'admin', taskOf),
  route('DELETE', '/ScheduledTasks/Running/{taskId}', 'admin', cancelTask),
  route('POST', '/ScheduledTasks/Running/{taskId}/Delete', 'admin', cancelTask),
  route('GET', '/Devices', 'admin', devices),
  route('DELETE', '/Devices', 'admin', revokeDevice),
  route('POST', '/Devices/Delete', 'admin', revokeDevice),
  route('GET', '/Sync/Jobs', 'user', jobs),
  route('DELETE', '/Sync/Jobs/{jobId}', 'user', cancelJob),
  route('POST', '/Sync/Jobs/{jobId}/Delete', 'user', cancelJob),
  route('GET', '/Items/{itemId}/RemoteSearch/Subtitles/{language}', 'user', subtitles),
  route('POST', '/Items/{itemId}/RemoteSearch/Subtitles/{subtitleId}', 'user', fetchSubtitle),
  route('GET', '/BackupRestore/BackupInfo', 'admin', backups),
];
