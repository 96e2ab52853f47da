// Activities page, efficiency and the details of a server, as the mock makes them up.

import { makeCurves } from './mock-curves.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (ms) => new Date(ms).toISOString();

const DOWNLOADS = [['The Wire', 'S01, 3 of 13', 'kofi', 21], ['Totoro', '1988', 'yuki', 93], ['Bluey', 'S03, 12 of 49', 'ines', 24], ['Planet Earth III', '4 of 8 episodes', 'eva', 52]];
const row = (server, id, kind, title, change) => ({ id: `${server.id}:${id}`, kind, state: 'RUNNING', serverId: server.id, serverAlias: server.alias, title, subtitle: null, userName: null, deviceName: null, progressPercent: null, speed: null, bitRateKbps: null, startedAt: null, cancellable: false, problem: null, code: null, next: null, href: null, ...change });

function streamRow(server, session, nowMs) {
  const { item, stream } = session;
  const transcodes = stream.delivery === 'TRANSCODE';
  const kind = stream.state === 'PAUSED' ? 'PAUSE' : transcodes ? 'TRANSCODE' : 'STREAM';
  const episode = item.seriesTitle ? `S0${item.seasonNumber}·E${String(item.episodeNumber).padStart(2, '0')}` : String(item.year);
  return row(server, '', kind, item.seriesTitle ?? item.title, { id: `stream:${session.id}`, state: kind === 'PAUSE' ? 'PAUSED' : 'RUNNING', subtitle: episode, userName: session.userName, deviceName: session.deviceName, progressPercent: (stream.positionMs / item.durationMs) * 100, speed: transcodes ? stream.transcode.speed : null, bitRateKbps: stream.bitRateKbps, startedAt: iso(Math.min(nowMs, Date.parse(stream.startedAt))) });
}

/** Everything that goes on: streams of the fleet, its work, runs and what fails. */
function allRows({ fleet }, works, idle) {
  const nowMs = Date.now();
  const live = fleet.servers.filter(({ state, stale }) => state === 'ONLINE' && !stale);
  const streams = live.flatMap((server) => (fleet.sessions.get(server.id) ?? []).map((session) => streamRow(server, session, nowMs)));
  if (idle) return streams;
  const problems = fleet.servers
    .filter(({ stateCode }) => stateCode)
    .map((server) => row(server, 'problem', 'PROBLEM', `${server.alias} ${server.state === 'OFFLINE' ? 'is offline' : 'does not answer'}`, { id: `problem:${server.id}`, state: 'FAILED', subtitle: server.stateReason, problem: null, code: server.stateCode, next: server.stateNext, href: `/servers/${server.slug}`, startedAt: server.stateSince }));
  return [...streams, ...problems, ...works];
}

function makeWorks(fleet, nowMs) {
  const [first, second = first, third = first] = fleet.servers;
  if (!first) return [];
  const since = (minutes) => iso(nowMs - minutes * MINUTE);
  return [
    ...DOWNLOADS.map(([title, subtitle, userName, progressPercent], index) => row(fleet.servers[index % fleet.servers.length], `dl-${index}`, 'DOWNLOAD', title, { subtitle, userName, progressPercent, bitRateKbps: 22_000 + index * 6_000, startedAt: since(3 + index), cancellable: true })),
    row(second, 'scan-1', 'SCAN', 'Movies', { subtitle: '12,410 of 14,204 titles', progressPercent: 87, startedAt: since(12), cancellable: true }),
    row(third, 'scan-2', 'SCAN', 'TV Shows', { subtitle: 'has not moved for 40 min', state: 'STALLED', progressPercent: 0, startedAt: since(52), problem: 'The scan has told no progress for 40 minutes.', next: 'Cancel it and scan again; look at the log of the server.', code: null }),
    row(first, 'conv-1', 'CONVERSION', 'Dune: Part Two', { subtitle: '4K → 1080p copy', progressPercent: 37, speed: 1.1, startedAt: since(35), cancellable: true }),
    row(first, 'task-1', 'TASK', 'Thumbnails', { subtitle: 'Movies', progressPercent: 8, startedAt: since(7), cancellable: true }),
    row(second, 'task-2', 'TASK', 'Backup', { subtitle: 'metadata database', startedAt: since(4) }),
    row(first, 'run-1', 'RUN', 'Basement → Attic', { id: 'run:0193a2c4-5555-7000-8000-00009d5c20e1', subtitle: 'copy-watch-states, 7 users', userName: 'sam', progressPercent: 71, speed: 182, startedAt: since(3), href: '/migrations/0193a2c4-5555-7000-8000-00009d5c20e1/run' }),
  ];
}

const ORDERS = { STARTED: ({ startedAt }) => startedAt ?? '', TITLE: ({ title }) => title, PROGRESS: ({ progressPercent }) => progressPercent ?? -1, KIND: ({ kind }) => kind, SERVER: ({ serverAlias }) => serverAlias };

function pageOf(rows, { filter, page, size, order, descending }, waitingServers) {
  const words = (filter?.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const text = (entry) => [entry.title, entry.subtitle, entry.kind, entry.userName, entry.serverAlias].join(' ').toLowerCase();
  const left = rows.filter((entry) => words.every((word) => text(entry).includes(word)) && (!filter?.serverIds || filter.serverIds.includes(entry.serverId)));
  const found = left.filter(({ kind }) => !filter?.kinds || filter.kinds.includes(kind));
  const key = ORDERS[order];
  const sorted = found.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id.localeCompare(b.id)) * (descending ? -1 : 1));
  const pages = Math.max(1, Math.ceil(found.length / size));
  const at = Math.min(page, pages);
  const kinds = [...new Set(left.map(({ kind }) => kind))];
  const stats = { total: left.length, online: left.filter(({ kind, state }) => kind === 'DOWNLOAD' && state === 'RUNNING').length, problem: left.filter(({ state }) => state === 'FAILED' || state === 'STALLED').length, byKind: kinds.map((kind) => ({ kind, count: left.filter((entry) => entry.kind === kind).length })), waitingServers };
  return { rows: sorted.slice((at - 1) * size, at * size), all: sorted, total: found.length, page: at, pages, stats };
}

const ENDPOINTS = [['GET /Sessions', 'SESSION', 1, 14, 45], ['GET /Items', 'OTHER', 0.11, 34, 188], ['GET /System/Info', 'OTHER', 0.05, 6, 11], ['GET /Users', 'OTHER', 0.03, 21, 96], ['GET /Library/VirtualFolders', 'OTHER', 0.02, 88, 402]];

function makeCost(server, index, nowMs) {
  if (server.state === 'OFFLINE') return { serverId: server.id, serverAlias: server.alias, error: 'Its agent does not answer.', code: 'AGENT_OFFLINE', report: null, advice: ['Agent offline since 21:19.'] };
  const push = server.live.source === 'PUSH' && !server.stale;
  const idle = server.idle;
  const session = server.stale ? 371 : push ? (idle ? 11 : 49 + index) : 352;
  const advice = server.stale ? ['Retries after time-outs: check the network to this server.'] : push ? [] : ['Push dropped 3 times, so it is polled. A reverse proxy may close web sockets after 60 s.'];
  const caches = [['items', 412, 5_000, 7_600, 310], ['users', 37, 500, 120, 9], ['images', 0, 200, 0, 0]].map(([name, entries, capacity, hits, misses], at) => ({ name, entries, capacity, hits: server.stale ? Math.round(hits / 40) : hits - index * 20 * (at === 0), misses, evictions: at === 0 ? 4 : 0 }));
  return {
    serverId: server.id,
    serverAlias: server.alias,
    error: null,
    code: null,
    advice,
    report: {
      at: iso(nowMs - 12_000),
      since: iso(nowMs - 3 * DAY),
      mode: server.stale ? 'NONE' : push ? 'PUSH' : 'POLL',
      lastPollAt: iso(nowMs - 41_000),
      lastPushAt: push ? iso(nowMs - 2_000) : null,
      pollEveryMs: server.stale ? 40_000 : push ? (idle ? 300_000 : 60_000) : 10_000,
      pace: server.stale ? 'FAILING' : idle ? 'IDLE' : push ? 'RECONCILE' : 'PLAYING',
      breaker: server.stale ? 'HALF_OPEN' : 'CLOSED',
      pausedUntil: null,
      push: { openSince: push ? iso(nowMs - 9 * HOUR) : null, upMs: push ? 2.9 * DAY : 3 * HOUR, connects: push ? 1 + (index % 2) : 13, messages: 48_210, folded: 1_204, silentDeaths: push ? 0 : 3, lastFailure: push ? null : 'Closed by the other side (1006).' },
      calls: { sessionLastHour: session, otherLastHour: server.stale ? 41 : 8 + (index % 5), coalesced: 214, retries: server.stale ? 38 : 0, rateLimited: 0, shed: server.stale ? 6 : 0 },
      endpoints: ENDPOINTS.map(([endpoint, kind, share, averageMs, p95Ms]) => ({ endpoint, kind, calls: Math.max(1, Math.round(session * share)), errors: server.stale && kind === 'SESSION' ? 38 : 0, averageMs: averageMs + index, p95Ms: p95Ms + index * 3 })),
      caches,
      unknownValues: index === 1 ? [{ field: 'MediaStreams[].VideoRangeType', count: 12 }] : [],
    },
  };
}

const found = (vendorId, type, title, change = {}) => ({ vendorId, type, title, parentTitle: null, parentVendorId: null, seasonNumber: null, episodeNumber: null, episodeEndNumber: null, year: 2024, airDate: null, durationMs: 6_000_000, videoHeight: 1_080, guids: [], files: [], ...change });
const listed = (nowMs) => [
  { item: found('m1', 'MOVIE', 'Dune: Part Two'), at: iso(nowMs - HOUR), positionMs: 1_200_000 },
  { item: found('e1', 'EPISODE', 'Woe’s Hollow', { parentTitle: 'Severance', seasonNumber: 2, episodeNumber: 4 }), at: iso(nowMs - 5 * HOUR), positionMs: null },
  { item: found('s1', 'SERIES', 'Slow Horses', { year: 2022 }), at: iso(nowMs - 2 * DAY), positionMs: null },
  { item: found('a1', 'ALBUM', 'Promises', { parentTitle: 'Floating Points', year: 2021 }), at: null, positionMs: null },
];

const TASKS = [['Scan media library', 'Library', 'RUNNING', 43], ['Refresh guide', 'Live TV', 'IDLE', null], ['Clean cache', 'Maintenance', 'IDLE', null], ['Download missing subtitles', 'Library', 'IDLE', null], ['Rotate log files', 'Maintenance', 'IDLE', null]];
const makeTasks = (nowMs) => TASKS.map(([name, category, state, progressPercent], index) => ({ vendorId: `task-${index}`, name, category, state, progressPercent, lastEndedAt: index === 4 ? null : iso(nowMs - (index + 1) * 7 * HOUR), lastDurationMs: index === 4 ? null : 95_000 + index * 800_000, lastResult: index === 4 ? null : index === 3 ? 'FAILED' : 'COMPLETED', canStart: true, canCancel: true }));
const makeDevices = (nowMs, many) => Array.from({ length: many }, (_, index) => ({ vendorId: `dev-${index}`, deviceId: `d${index}`, name: ['Shield TV', 'iPad Air', 'Chrome', 'LG webOS', 'Pixel 9'][index % 5] + (index < 5 ? '' : ` ${index}`), client: ['Emby for Android TV', 'Swiftfin', 'Web', 'webOS', null][index % 5], clientVersion: index % 5 === 4 ? null : '3.4.61', platform: index % 3 ? null : 'Android 14', lastUserName: index % 4 === 3 ? null : `Viewer ${index + 1}`, lastSeenAt: index % 7 === 6 ? null : iso(nowMs - index * 5 * HOUR) }));
const makeLog = (nowMs, many) => Array.from({ length: many }, (_, index) => ({ vendorId: `log-${index}`, at: iso(nowMs - index * 9 * MINUTE), severity: ['INFO', 'INFO', 'WARNING', 'INFO', 'ERROR'][index % 5], kind: ['VideoPlayback', 'SessionStarted', 'ScheduledTaskFailed', 'UserPolicyUpdated', 'AuthenticationFailed'][index % 5], text: ['Ana Martin is playing Dune: Part Two on Shield TV', 'Ben Okafor is online from Apple TV 4K', 'Download missing subtitles did not finish', 'The rights of Klara Lind were changed', 'Sign-in failed for admin from 81.2.x.x'][index % 5], userName: index % 3 === 2 ? null : 'Ana Martin' }));
const GIB = 1_024 ** 3;

function makeHost(server, nowMs, kind) {
  const told = { cpuPercent: null, memoryPercent: null };
  if (kind === 'away') return { at: iso(nowMs), metrics: null, unavailable: 'NOT_BESIDE', told };
  return { at: iso(nowMs), unavailable: null, told, metrics: { cores: 8, cpuPercent: 61, loadAverage: 4.2, memoryUsedBytes: 11.2 * GIB, memoryTotalBytes: 32 * GIB, disks: [{ path: '/media', totalBytes: 82 * 1_024 * GIB, freeBytes: 4.1 * 1_024 * GIB }, { path: '/', totalBytes: 240 * GIB, freeBytes: 112 * GIB }], gpus: [{ name: 'Arc A380', busyPercent: 38, encoderPercent: 52, decoderPercent: 20, memoryUsedBytes: null, memoryTotalBytes: null, problem: null }, { name: 'Intel graphics 4680', busyPercent: null, encoderPercent: null, decoderPercent: null, memoryUsedBytes: null, memoryTotalBytes: null, problem: 'TOOL_MISSING' }] } };
}

/** Resolvers of the pages that this round added. `tools` are the mock's own. */
export function makeOps(state, options, { find, refuse, channel }) {
  const { fleet } = state;
  const nowMs = Date.now();
  let works = makeWorks(fleet, nowMs);
  let tasks = makeTasks(nowMs);
  let devices = makeDevices(nowMs, options.devices ?? 12);
  const users = new Map();
  const done = [];
  const pages = new Set();
  const rows = () => allRows(state, works, options.idle || options.empty);
  const waiting = options.waitingServers ?? [];
  const fault = () => {
    if (options.refusing === 'fault') throw refuse('INTERNAL', 'Something went wrong inside Usher.', 'Report it with the correlation id.');
  };
  const guard = (resolve, capability) => (args) => {
    fault();
    const server = args.serverId ? find({ id: args.serverId }) : null;
    if (server?.state === 'OFFLINE') throw refuse('AGENT_OFFLINE', 'The agent of this server does not answer.', 'Check the machine that carries the agent.');
    if (capability && server && server.capabilities.length > 0 && !server.capabilities.includes(capability)) throw refuse('CAPABILITY_MISSING', `This media server cannot do that (${capability}).`, 'Use what it can do.');
    return resolve(args, server);
  };
  const operatorOnly = (resolve) => (args) => {
    if (state.viewer?.role === 'VIEWER') throw refuse('FORBIDDEN', 'This is for operators and superadmins.', 'Ask a superadmin for the role operator.');
    return resolve(args);
  };
  const change = (resolve = () => true) => operatorOnly(({ input }) => {
    const server = input.serverId ? find({ id: input.serverId }) : null;
    if (server?.readOnly) throw refuse('SERVER_READ_ONLY', 'This server is read-only.', 'Switch read-only off in its settings first.');
    done.push(input);
    return resolve(input);
  });
  const isBeside = (server) => (options.host ?? (server.kind === 'EMBY' ? 'beside' : 'away')) === 'beside';
  const curvesOf = (server, range) => makeCurves(server, fleet.servers.indexOf(server), range, Date.now(), options.curves, isBeside(server));
  const tell = () => pages.forEach((page) => page());
  let stepped = false;
  state.ops = { done, setWorks: (next) => { works = next(works); tell(); } };
  return {
    activityPage: (args) => {
      fault();
      return pageOf(rows(), args, waiting);
    },
    activityPageChanged: (args) => {
      const own = channel([]);
      pages.add(() => own.push({ activityPageChanged: pageOf(rows(), args, waiting) }));
      return own.read();
    },
    exportActivities: ({ filter, format }) => {
      const { all } = pageOf(rows(), { filter, page: 1, size: 10, order: 'STARTED', descending: true }, []);
      if (format === 'JSON') return JSON.stringify(all);
      if (format === 'NDJSON') return all.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      return `id,kind,title\r\n${all.map((entry) => `${entry.id},${entry.kind},"${entry.title}"\r\n`).join('')}`;
    },
    cancelActivity: change(({ id }) => {
      if (options.refusing === 'cancel') throw refuse('SERVER_UNREACHABLE', 'The media server did not answer.', 'Try again.');
      works = works.filter((entry) => entry.id !== id);
      tasks = tasks.map((task) => (id.endsWith(`:${task.vendorId}`) ? { ...task, state: 'IDLE', progressPercent: null, lastResult: 'CANCELLED', lastEndedAt: iso(Date.now()) } : task));
      tell();
      return true;
    }),
    efficiency: operatorOnly(({ serverIds }) => {
      fault();
      return fleet.servers.map((server, index) => makeCost(server, index, Date.now())).filter(({ serverId }) => !serverIds || serverIds.includes(serverId));
    }),
    serverEfficiency: operatorOnly(({ serverId }) => makeCost(find({ id: serverId }), fleet.servers.findIndex(({ id }) => id === serverId), Date.now())),
    curves: operatorOnly(({ range, serverIds }) => {
      fault();
      if (options.refusing === 'curves') throw refuse('INTERNAL', 'Something went wrong inside Usher.', 'Report it with the correlation id.');
      return fleet.servers.filter(({ id }) => !serverIds || serverIds.includes(id)).map((server) => curvesOf(server, range));
    }),
    serverCurves: operatorOnly(({ serverId, range }) => {
      if (options.refusing === 'curves') throw refuse('INTERNAL', 'Something went wrong inside Usher.', 'Report it with the correlation id.');
      return curvesOf(find({ id: serverId }), range);
    }),
    serverHost: guard((_args, server) => makeHost(server, Date.now(), isBeside(server) ? 'beside' : 'away')),
    serverTasks: guard(() => tasks, 'tasks.list'),
    startServerTask: change(({ taskId }) => {
      tasks = tasks.map((task) => (task.vendorId === taskId ? { ...task, state: 'RUNNING', progressPercent: 0 } : task));
      return true;
    }),
    serverBackups: guard(() => (options.empty ? [] : [{ name: 'jellyfin-backup-20261120.zip', at: iso(nowMs - DAY), serverVersion: '12.0.1', sizeBytes: 512 * 1_024 ** 2 }, { name: 'jellyfin-backup-20261113.zip', at: null, serverVersion: null, sizeBytes: null }]), 'backup.list'),
    triggerBackup: change(),
    serverDevices: operatorOnly(guard(() => devices, 'devices.list')),
    revokeDevice: change(({ deviceId }) => {
      devices = devices.filter(({ vendorId }) => vendorId !== deviceId);
      return true;
    }),
    serverLog: operatorOnly(guard(({ limit, before }) => (options.empty ? [] : makeLog(nowMs, 200).filter(({ at }) => !before || at < before).slice(0, limit)), 'log.read')),
    serverHistory: operatorOnly(guard(() => (options.empty ? [] : Array.from({ length: 12 }, (_, index) => ({ vendorId: `h${index}`, at: iso(nowMs - index * 3 * HOUR), userId: null, userName: `Viewer ${index + 1}`, itemId: null, title: index % 2 ? 'Arrival' : 'Forks', seriesTitle: index % 2 ? null : 'The Bear', seasonNumber: index % 2 ? null : 2, episodeNumber: index % 2 ? null : 7 }))), 'history.read')),
    recentlyAdded: guard(() => (options.empty ? [] : listed(nowMs)), 'items.recentlyAdded'),
    libraryHealth: guard(({ libraryId }) => ({ libraryVendorId: libraryId, items: 4_812, missingPoster: 14, missingOverview: 212, missingIds: 0, missingSubtitles: null, examples: [{ itemId: 'x1', title: 'Home video 2019', missing: ['POSTER', 'OVERVIEW'] }, { itemId: 'x2', title: 'Concert, Lyon', missing: ['OVERVIEW'] }] }), 'metadata.health'),
    userDiscovery: guard(() => ({ latest: listed(nowMs), resume: listed(nowMs).slice(0, 1), nextUp: [], favorites: [{ type: 'MOVIE', count: 12 }, { type: 'SERIES', count: 3 }] }), 'users.discovery'),
    playlists: guard(() => [{ vendorId: 'p1', name: 'Friday films', userId: 'u0', mediaType: 'VIDEO', itemCount: 14, durationMs: null, smart: false }, { vendorId: 'p2', name: 'Unwatched 4K', userId: 'u0', mediaType: 'VIDEO', itemCount: null, durationMs: null, smart: true }], 'playlists.read'),
    collections: guard(() => (options.empty ? [] : [{ vendorId: 'c1', name: 'Ghibli', libraryVendorId: 'lib-0', itemCount: 22, smart: false }]), 'collections.read'),
    findSubtitles: guard(({ language }) => (language === 'xx' ? [] : [{ vendorId: 'sub-1', title: 'Dune.Part.Two.2024.1080p', provider: 'Open Subtitles', language, format: 'srt', hearingImpaired: false, forced: false, downloads: 31_204 }]), 'subtitles.search'),
    fetchSubtitle: change(),
    createLibrary: change((input) => {
      const library = { serverId: input.serverId, vendorId: `lib-${input.name}`, name: input.name, type: input.type.toLowerCase(), itemCount: 0, childCount: null, readAt: iso(Date.now()) };
      find({ id: input.serverId }).libraries.push(library);
      return library;
    }),
    removeLibrary: change(({ serverId, libraryId }) => {
      const server = find({ id: serverId });
      server.libraries = server.libraries.filter(({ vendorId }) => vendorId !== libraryId);
      return true;
    }),
    setUserEnabled: change(({ userId, enabled }) => {
      users.set(userId, enabled);
      return true;
    }),
    setUserPassword: change(() => {
      if (!stepped) {
        stepped = true;
        done.pop();
        throw refuse('STEP_UP_REQUIRED', 'This needs your password again.', 'Enter your password again, then repeat within five minutes.');
      }
      return true;
    }),
    enabledUser: (user) => ({ ...user, enabled: users.get(user.vendorId) ?? user.enabled }),
  };
}
