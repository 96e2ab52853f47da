import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { isoDate } from '../mediabrowser/ticks.js';
import { findItem, parseGuid, userId } from './ids.js';
import { bare, invalid, noContent, ok, problem, refused } from './replies.js';
import type { JellyfinContext } from './server.js';
import { NO_CAPABILITIES } from './server.js';

/** Devices of people; keys have none. */
function devices({ server }: JellyfinContext): Reply {
  const { core } = server;
  const newest = [...core.engine.sessions.values()].sort((a, b) => b.lastActivityMs - a.lastActivityMs);
  const rows = [...new Set(newest.map(({ device }) => device.id))].map((id) => {
    const { device, user, lastActivityMs } = newest.find((session) => session.device.id === id)!;
    return { Name: device.name, Id: device.id, LastUserName: user.name, AppName: device.client, AppVersion: device.version, LastUserId: userId(core, user), DateLastActivity: isoDate(lastActivityMs), Capabilities: NO_CAPABILITIES };
  });
  return ok({ Items: rows, TotalRecordCount: rows.length, StartIndex: 0 });
}

/** Ends the tokens of a device. Unknown: 400. */
function revokeDevice({ server, request }: JellyfinContext): Reply {
  const { core } = server;
  const id = request.query.get('id')?.toLowerCase();
  const sessions = [...core.engine.sessions.values()].filter(({ device }) => device.id.toLowerCase() === id);
  if (id === undefined || sessions.length === 0) return problem(400);
  for (const grant of core.grants.values()) if (grant.device?.id.toLowerCase() === id) core.revoke(grant.token);
  for (const session of sessions) core.engine.close(session);
  return noContent();
}

/** A task that is idle cannot be cancelled: 500. */
function cancelTask({ server, params }: JellyfinContext): Reply {
  const outcome = server.tasks.cancel(params['taskId']!);
  return outcome === 'unknown' ? problem(404) : outcome === 'idle' ? refused(500) : noContent();
}

const backupRow = ({ name, atMs, version }: { name: string; atMs: number; version: string }) => ({
  ServerVersion: version,
  BackupEngineVersion: '0.2.0',
  DateCreated: isoDate(atMs),
  Path: `/config/data/backups/${name}`,
  Options: { Metadata: true, Trickplay: false, Subtitles: true, Database: true },
});

/** Answers when it is done. */
function makeBackup({ server, request }: JellyfinContext): Reply {
  const { core } = server;
  if (!server.hasStorage) return bare(404);
  if (request.body === '') return problem(415);
  const made = { name: `jellyfin-backup-${new Date(core.clock.now()).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}.zip`, atMs: core.clock.now(), version: core.version };
  core.backups.push(made);
  return ok(backupRow(made));
}

function subtitles({ server, params }: JellyfinContext): Reply {
  if (parseGuid(params['itemId']!) === null) return invalid('itemId', params['itemId']!);
  const item = findItem(server.core, params['itemId']!);
  if (item?.file == null) return problem(404);
  const language = params['language']!;
  const candidate = (position: number, HearingImpaired: boolean) => ({
    ThreeLetterISOLanguageName: language,
    Id: `opensubtitles_${language}_${item.number}${position}`,
    ProviderName: 'Open Subtitles',
    Name: `${item.title}.${language}.srt`,
    Format: 'srt',
    Author: 'somebody',
    CommunityRating: 7.5,
    DownloadCount: 120 - position,
    IsHashMatch: position === 0,
    AiTranslated: false,
    MachineTranslated: false,
    Forced: false,
    HearingImpaired,
  });
  return ok([candidate(0, false), candidate(1, true)]);
}

function fetchSubtitle({ server, params }: JellyfinContext): Reply {
  const item = findItem(server.core, params['itemId']!);
  if (item?.file == null) return problem(404);
  server.core.fetchedSubtitles.push({ item, id: params['subtitleId']! });
  return noContent();
}

export const workRoutes: readonly Route<JellyfinContext>[] = [
  route('GET', '/ScheduledTasks', 'admin', ({ server }) => ok(server.tasks.rows())),
  route('POST', '/ScheduledTasks/Running/{taskId}', 'admin', ({ server, params }) => (server.tasks.start(params['taskId']!) ? noContent() : problem(404))),
  route('DELETE', '/ScheduledTasks/Running/{taskId}', 'admin', cancelTask),
  route('GET', '/Devices', 'admin', devices),
  route('DELETE', '/Devices', 'admin', revokeDevice),
  route('GET', '/Backup', 'admin', ({ server }) => (server.hasStorage ? ok(server.core.backups.map(backupRow)) : bare(404))),
  route('POST', '/Backup/Create', 'admin', makeBackup),
  route('GET', '/Items/{itemId}/RemoteSearch/Subtitles/{language}', 'user', subtitles),
  route('POST', '/Items/{itemId}/RemoteSearch/Subtitles/{subtitleId}', 'user', fetchSubtitle),
];
