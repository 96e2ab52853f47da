import { reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { isoDate, NEVER, NO_USER } from '../mediabrowser/ticks.js';
import { itemId, userId } from './ids.js';
import { bare, invalid, noContent, ok, problem } from './replies.js';
import type { JellyfinContext, JellyfinServer } from './server.js';

export function publicInfo({ core }: JellyfinServer, wizardDone = true): Record<string, unknown> {
  return {
    LocalAddress: new URL(core.endpoint.url).origin,
    ServerName: core.name,
    Version: core.version,
    ProductName: 'Jellyfin Server',
    OperatingSystem: '',
    Id: core.serverId,
    StartupWizardCompleted: wizardDone,
  };
}

function fullInfo(server: JellyfinServer): Record<string, unknown> {
  return {
    OperatingSystemDisplayName: '',
    HasPendingRestart: false,
    IsShuttingDown: false,
    SupportsLibraryMonitor: true,
    WebSocketPortNumber: 8096,
    CompletedInstallations: [],
    CanSelfRestart: true,
    CanLaunchWebBrowser: false,
    ProgramDataPath: '/config',
    WebPath: '/jellyfin/jellyfin-web',
    ItemsByNamePath: '/config/metadata',
    CachePath: '/cache',
    LogPath: '/config/log',
    InternalMetadataPath: '/config/metadata',
    TranscodingTempPath: '/cache/transcodes',
    CastReceiverApplications: [{ Id: 'F007D354', Name: 'Stable' }],
    HasUpdateAvailable: false,
    EncoderLocation: 'System',
    SystemArchitecture: 'X64',
    ...publicInfo(server),
  };
}

/** The part of the configuration that this clients read; a post replaces what it names. */
const configuration = (server: JellyfinServer) => ({
  EnableMetrics: false,
  IsPortAuthorized: true,
  QuickConnectAvailable: true,
  EnableCaseSensitiveItemIds: true,
  MinResumePct: 5,
  MaxResumePct: 90,
  MinResumeDurationSeconds: 300,
  LibraryMonitorDelay: 60,
  LibraryUpdateDuration: 30,
  CacheSize: 200,
  ServerName: server.core.name,
  UICulture: 'en-US',
  ActivityLogRetentionDays: 30,
  EnableLegacyAuthorization: server.legacyAuthorization,
});

function activityPage({ server, request }: JellyfinContext) {
  const start = Number(request.query.get('startindex') ?? 0);
  const limit = Number(request.query.get('limit') ?? 100);
  if (Number.isNaN(limit)) return invalid('limit', request.query.get('limit')!);
  const minDate = request.query.get('mindate');
  if (minDate !== undefined && Number.isNaN(Date.parse(minDate))) return invalid('minDate', minDate);
  // narrower questions came with 12; before, their words are ignored like any other
  const newer = (name: string) => (server.major >= 12 ? request.query.get(name) : undefined);
  const type = newer('type')?.toLowerCase();
  const maxDate = newer('maxdate');
  if (maxDate !== undefined && Number.isNaN(Date.parse(maxDate))) return invalid('maxDate', maxDate);
  const hasUser = request.query.get('hasuserid');
  const rows = server.activity.rows.filter(
    (row) =>
      (minDate === undefined || row.atMs >= Date.parse(minDate)) &&
      (maxDate === undefined || row.atMs <= Date.parse(maxDate)) &&
      (type === undefined || row.type.toLowerCase().includes(type)) &&
      (hasUser === undefined || (row.user !== null) === (hasUser === 'true')),
  );
  const items = rows.slice(Math.max(0, start), Math.max(0, start) + limit).map((row) => ({
    Id: row.id,
    Name: row.name,
    ...(row.shortOverview === null ? {} : { ShortOverview: row.shortOverview }),
    Type: row.type,
    ...(row.item === null ? {} : { ItemId: itemId(row.item) }),
    Date: isoDate(row.atMs),
    UserId: row.user === null ? NO_USER : userId(server.core, row.user),
    Severity: row.severity,
  }));
  return ok({ Items: items, TotalRecordCount: rows.length, StartIndex: start });
}

function keys({ server }: JellyfinContext) {
  const rows = [...server.core.grants.values()].filter((grant) => grant.user === null);
  const items = rows.map((grant) => ({
    Id: 0,
    AccessToken: grant.token,
    DeviceId: '',
    AppName: grant.app,
    AppVersion: '',
    DeviceName: '',
    UserId: NO_USER,
    IsActive: false,
    DateCreated: isoDate(grant.createdAtMs),
    DateLastActivity: NEVER,
  }));
  return ok({ Items: items, TotalRecordCount: items.length, StartIndex: 0 });
}

export const systemRoutes: readonly Route<JellyfinContext>[] = [
  route('GET', '/', 'any', () => bare(302, { location: 'web/' })),
  route('GET', '/System/Ping', 'any', () => ok('Jellyfin Server')),
  route('POST', '/System/Ping', 'any', () => ok('Jellyfin Server')),
  route('GET', '/health', 'any', () => reply(200, 'Healthy', 'text/plain')),
  route('GET', '/System/Info/Public', 'any', ({ server }) => ok(publicInfo(server))),
  route('GET', '/System/Info', 'user', ({ server }) => ok(fullInfo(server))),
  route('GET', '/System/Configuration', 'user', ({ server }) => ok(configuration(server))),
  route('POST', '/System/Configuration', 'admin', ({ server, request }) => {
    if (request.body === '') return problem(415);
    const { EnableLegacyAuthorization: legacy } = request.fields();
    if (typeof legacy === 'boolean') server.legacyAuthorization = legacy;
    return noContent();
  }),
  // No rights are needed from an address of the local network.
  route('POST', '/System/Restart', 'any', ({ server }) => {
    server.onRestart();
    return noContent();
  }),
  route('GET', '/System/ActivityLog/Entries', 'admin', activityPage),
  route('GET', '/Auth/Keys', 'admin', keys),
  route('POST', '/Auth/Keys', 'admin', ({ server, request }) => {
    const app = request.query.get('app');
    if (app === undefined) return problem(400, { app: ['The app field is required.'] });
    server.core.grant(null, null, app);
    return noContent();
  }),
  route('DELETE', '/Auth/Keys/{key}', 'admin', ({ server, params }) => {
    server.core.revoke(params['key']!);
    return noContent();
  }),
];
