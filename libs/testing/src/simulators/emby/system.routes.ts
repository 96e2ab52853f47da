import { reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { isoDate } from '../mediabrowser/ticks.js';
import { itemId } from './ids.js';
import { badNumber, envelope, noContent, ok } from './replies.js';
import type { EmbyContext, EmbyServer } from './server.js';

/** Addresses became lists; older versions had one of each. */
function publicInfo({ core, minor }: EmbyServer): Record<string, unknown> {
  const local = new URL(core.endpoint.url).origin;
  const addresses = minor >= 9 ? { LocalAddresses: [local], RemoteAddresses: [] } : { LocalAddress: local, LocalAddresses: [local], WanAddress: 'http://203.0.113.9:8096', RemoteAddresses: [] };
  return { ...addresses, ServerName: core.name, Version: core.version, Id: core.serverId };
}

function fullInfo(server: EmbyServer): Record<string, unknown> {
  return {
    SystemUpdateLevel: 'Release',
    OperatingSystemDisplayName: 'Linux',
    PackageName: 'emby-server',
    HasPendingRestart: false,
    IsShuttingDown: false,
    OperatingSystem: 'Linux',
    SupportsLibraryMonitor: true,
    WebSocketPortNumber: 8096,
    CompletedInstallations: [],
    CanSelfRestart: true,
    CanSelfUpdate: false,
    CanLaunchWebBrowser: false,
    ProgramDataPath: '/config',
    ItemsByNamePath: '/config/metadata',
    CachePath: '/config/cache',
    LogPath: '/config/logs',
    InternalMetadataPath: '/config/metadata',
    TranscodingTempPath: '/config/transcoding-temp',
    HttpServerPortNumber: 8096,
    SupportsHttps: false,
    HttpsPortNumber: 8920,
    HasUpdateAvailable: false,
    SupportsAutoRunAtStartup: false,
    HardwareAccelerationRequiresPremiere: true,
    IsInMaintenanceMode: false,
    ...publicInfo(server),
  };
}

/** The user of a row is a short number here, not the id that all else uses. */
function activityPage({ server, request }: EmbyContext) {
  const number = (name: string) => request.query.get(name);
  for (const name of ['startindex', 'limit']) if (Number.isNaN(Number(number(name) ?? 0))) return badNumber(number(name)!);
  const start = Number(number('startindex') ?? 0);
  const since = Date.parse(request.query.get('mindate') ?? '');
  const rows = server.activity.rows.filter((row) => Number.isNaN(since) || row.atMs >= since);
  const page = rows.slice(start, start + Number(number('limit') ?? rows.length)).map((row) => ({
    Id: row.id,
    Name: row.name,
    Type: row.type,
    ...(row.item === null ? {} : { ItemId: itemId(row.item) }),
    Date: isoDate(row.atMs),
    ...(row.user === null ? {} : { UserId: String(row.user.number) }),
    Severity: row.severity === 'Information' ? 'Info' : row.severity,
  }));
  return envelope(page, rows.length);
}

/** Unpaged lists tell a total of 0 although rows are there. */
function keys({ server, request }: EmbyContext) {
  const limit = request.query.get('limit');
  if (limit !== undefined && Number.isNaN(Number(limit))) return badNumber(limit);
  const rows = [...server.core.grants.values()].filter((grant) => grant.user === null);
  const shown = rows.slice(0, limit === undefined ? undefined : Number(limit)).map((grant, position) => ({ Id: position + 1, AccessToken: grant.token, AppName: grant.app, IsActive: true, DateCreated: isoDate(grant.createdAtMs) }));
  return envelope(shown, limit === undefined ? 0 : rows.length);
}

const ping = () => reply(200, 'Emby Server', 'text/plain');

export const systemRoutes: readonly Route<EmbyContext>[] = [
  ...(['GET', 'HEAD', 'POST'] as const).map((method) => route<EmbyContext>(method, '/System/Ping', 'any', ping)),
  route('GET', '/System/Info/Public', 'any', ({ server }) => ok(publicInfo(server))),
  route('GET', '/System/Info', 'user', ({ server }) => ok(fullInfo(server))),
  route('GET', '/System/Configuration', 'admin', ({ server }) => ok({ ServerName: server.core.name, EnableUPnP: false, IsPortAuthorized: true, AutoRunWebApp: false, HttpServerPortNumber: 8096, PublicPort: 8096, RemoteClientBitrateLimit: 0 })),
  route('POST', '/System/Restart', 'admin', ({ server }) => {
    server.onRestart();
    return noContent();
  }),
  route('GET', '/System/ActivityLog/Entries', 'admin', activityPage),
  route('GET', '/Auth/Keys', 'admin', keys),
  route('POST', '/Auth/Keys', 'admin', ({ server, request }) => {
    server.core.grant(null, null, request.query.get('app') ?? '');
    return noContent();
  }),
  route('DELETE', '/Auth/Keys/{key}', 'admin', ({ server, params }) => {
    server.core.revoke(params['key']!);
    return noContent();
  }),
];
