// Routing, notices, windows and prechecks of the mock: made-up, but consistent with its fleet.
import { makeOrders } from './mock-orders.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const uuid = (number) => `0193a2c4-1111-7000-8000-${String(number).padStart(12, '0')}`;
const iso = (ms) => new Date(ms).toISOString();
const page = (nodes, first) => ({ totalCount: nodes.length, pageInfo: { hasNextPage: nodes.length > first, endCursor: nodes.length > first ? String(first) : null }, edges: nodes.slice(0, first).map((node, index) => ({ cursor: String(index), node })) });

const USES = { Attic: [0.47, 0.14, 'cpu'], Basement: [0.32, 0.04, 'uplink'], 'Seedbox-01': [0.48, 0.05, 'encoder'], Office: [0.39, 0, 'cpu'], Studio: [0.18, 0, 'cpu'], Harbor: [0.02, 0, 'cpu'], 'Grandma’s Plex': [0.14, 0, 'uplink'], Cabin: [null, 0, null] };
const TITLES = ['Dune: Part Two', 'The Bear', 'Salt Roads', 'Fallout', 'Slow Horses', 'Past Lives', 'Oppenheimer', 'Arcane', 'Poor Things', 'Shōgun', 'Blue Eye Samurai', 'Ripley', 'Andor'];
const PEOPLE = ['Nora', 'Ben', 'Kofi', 'Mia', 'Ida', 'Rosa', 'Leo', 'Finn', 'Nils', 'Yuki', 'Eva', 'Otto', 'Sana'];

function makeLoads(fleet, nowMs) {
  return fleet.servers.map((server, index) => {
    const [utilization, reserved, deciding] = USES[server.alias] ?? [0.2, 0, 'cpu'];
    const offline = server.state === 'OFFLINE';
    const streams = fleet.sessions.get(server.id)?.length ?? 0;
    return {
      serverId: server.id,
      ageMs: offline ? null : server.stale ? 41_000 : 2_000,
      reportedAt: iso(nowMs - server.snapshotAgeMs),
      standing: offline ? 'offline' : server.stale ? 'blind' : server.alias === 'Studio' ? 'draining' : 'ready',
      streams,
      transcodes: Math.floor(streams / 2),
      utilization: offline ? null : utilization + reserved,
      deciding,
      gate: 1,
      cores: 4,
      coresAssumed: server.kind === 'PLEX',
      uplinkKbps: 100_000,
      uplinkAssumed: server.alias === 'Harbor',
      confidence: 'HOST',
      weight: 1,
      demand: 1.2,
      reservedDemand: reserved,
      parts: offline ? [] : [{ part: deciding, now: utilization + reserved, reserved }],
      reservations: reserved > 0 ? [{ placementId: uuid(100 + index), serverId: server.id, title: TITLES[index], cost: reserved, bitRateKbps: 8_000 - index * 1_300, endsAt: iso(nowMs + 26_000 - index * 7_000) }] : [],
      drain: server.alias === 'Studio' ? { serverId: server.id, by: 'Sam Moreau', since: iso(nowMs - 23 * MINUTE), until: iso(nowMs + 27 * MINUTE), reason: 'New disks', move: 'NEXT', started: 5, left: 2 } : null,
    };
  });
}

const part = (name, now, after, reserved = 0) => ({ part: name, now, after, reserved });
const OUT = { Office: ['item-missing', 'The film is in no library of this server.'], Studio: ['draining', 'No new starts since 21:10, window at 22:00.'], Harbor: ['user-missing', 'Nora has no linked user here.'], 'Grandma’s Plex': ['load-stale', 'Last report 41 s ago, 15 s is the limit.'], Cabin: ['offline', 'Agent silent for 14 min.'] };

function makeCandidate(server, chosenId) {
  const base = { serverId: server.id, chosen: server.id === chosenId, eligible: false, reason: null, code: null, rank: null, utilization: null, deciding: null, gate: 1, delivery: null, hardware: false, sourceHeight: 2_160, targetHeight: null, bitRateKbps: 8_000, cost: 0, loadAgeMs: 2_000, confidence: 'HOST', assumed: [], unknownParts: [], parts: [], adjustments: [] };
  const full = {
    Attic: { eligible: true, rank: 0.56, utilization: 0.71, deciding: 'cpu', delivery: 'TRANSCODE', hardware: true, cost: 0.24, sentence: 'Played part one here.', adjustments: [{ name: 'affinity', value: -0.15 }], parts: [part('cpu', 0.47, 0.71), part('uplink', 0.41, 0.49), part('encoder', 0.25, 0.5)] },
    'Seedbox-01': { eligible: true, rank: 0.92, utilization: 0.87, deciding: 'cpu', delivery: 'TRANSCODE', cost: 0.46, sentence: 'Second, 0.36 behind.', adjustments: [{ name: 'locality', value: 0.05 }], assumed: ['cores'], parts: [part('cpu', 0.41, 0.87, 0.05), part('uplink', 0.38, 0.46, 0.03), part('encoder', 0.48, 0.48, 0.05)] },
    Basement: { rank: 1.09, reason: 'over-gate', utilization: 1.09, deciding: 'cpu', delivery: 'TRANSCODE', cost: 0.84, sentence: 'Software tone-mapping costs 0.84.', unknownParts: ['memory'], parts: [part('cpu', 0.25, 1.09, 0.04), part('uplink', 0.32, 0.4, 0.06)] },
  }[server.alias];
  if (full) return { ...base, ...full };
  const [reason, sentence] = OUT[server.alias] ?? ['item-missing', 'The film is in no library of this server.'];
  return { ...base, reason, sentence };
}

function makePlacements(fleet, nowMs) {
  const byAlias = new Map(fleet.servers.map((server) => [server.alias, server]));
  return TITLES.map((title, index) => {
    const refused = index === 10;
    const server = byAlias.get(['Attic', 'Attic', 'Basement', 'Seedbox-01', 'Attic', 'Studio', 'Office', 'Seedbox-01', 'Basement', 'Office', 'Attic', 'Harbor', 'Basement'][index]) ?? fleet.servers[0];
    const order = ['Attic', 'Seedbox-01', 'Basement'];
    const sorted = fleet.servers.toSorted((a, b) => (order.indexOf(a.alias) + 9) % 9 - ((order.indexOf(b.alias) + 9) % 9));
    return {
      id: uuid(500 + index),
      at: iso(nowMs - index * 2 * MINUTE - 4_000),
      kind: index === 3 ? 'FAILOVER' : 'CREATE',
      verdict: refused ? 'REFUSED' : index === 7 ? 'SMALLER' : 'PLACED',
      title,
      itemKey: `imdb:tt${index}`,
      userName: PEOPLE[index],
      client: 'Jellyfin Web',
      network: 'WAN',
      serverId: refused ? null : server.id,
      previousServerId: null,
      routeId: null,
      positionMs: 0,
      delivery: refused ? null : ['TRANSCODE', 'DIRECT_PLAY', 'DIRECT_PLAY', 'REMUX'][index % 4],
      targetHeight: index === 7 ? 720 : null,
      utilization: refused ? null : 0.71 - index * 0.03,
      deciding: 'cpu',
      margin: 0.36,
      sentence: index === 0 ? 'Attic ends at 0.71 of its cpu, the least of the 3 that hold the film. It played part one too.' : index === 3 ? 'Moved: Cabin went offline.' : index === 7 ? '720p offered: the uplink is full.' : refused ? 'Every server is full; try again in 40 s.' : 'The least of those that hold it.',
      code: refused ? 'NO_SERVER_AVAILABLE' : null,
      decidedMs: 0.42,
      confirmedMs: refused ? null : 38,
      queuedMs: refused ? 8_000 : 0,
      candidates: sorted.map((candidate) => ({ ...makeCandidate(candidate, refused ? null : server.id), ...(refused && { chosen: false, eligible: false }) })),
    };
  });
}

const makeRoute = ({ id, title, userName, serverId }, index, nowMs) => ({ id: uuid(600 + index), itemKey: `imdb:tt${index}`, title, userName, serverId, placementId: id, state: ['OPEN', 'PLACED', 'MOVING'][index % 3], positionMs: index * 931_000, positionAt: iso(nowMs), moves: index % 3, createdAt: iso(nowMs), expiresAt: iso(nowMs + 12 * HOUR) });

function makeNotice(fleet, index, text, state, atMs, change = {}) {
  const deliveries = fleet.servers.map((server) => {
    const plex = server.kind === 'PLEX';
    const away = server.state === 'OFFLINE';
    const base = { serverId: server.id, serverAlias: server.alias, sent: 0, unsupported: 0, failed: 0, answeredAt: null, tookMs: null, tries: 0, code: null, reason: null };
    if (state === 'PLANNED') return { ...base, state: 'PLANNED' };
    if (away) return { ...base, state: state === 'SENDING' ? 'WAITING' : 'EXPIRED', tries: 6, code: 'AGENT_OFFLINE', reason: 'Offline, tried again every 60 s.' };
    if (server.readOnly) return { ...base, state: 'REFUSED', unsupported: 4, code: 'SERVER_READ_ONLY', reason: 'Read-only: no notices are sent.' };
    const answered = { ...base, state: 'ANSWERED', tries: 1, answeredAt: iso(atMs + 4_000), tookMs: 400 };
    if (server.alias === 'Harbor') return { ...answered, code: 'NOBODY', reason: 'Nobody was connected.' };
    return plex ? { ...answered, unsupported: 2, code: 'CAPABILITY_MISSING', reason: 'Plex cannot show messages.' } : { ...answered, sent: 4, failed: server.alias === 'Basement' ? 1 : 0, reason: server.alias === 'Basement' ? 'The app closed before it arrived.' : null };
  });
  const sum = (key) => deliveries.reduce((total, row) => total + row[key], 0);
  return { id: uuid(700 + index), text, state, showAt: iso(atMs), expiresAt: iso(atMs + HOUR), createdAt: iso(atMs - 1_000), createdBy: 'Sam Moreau', canceledAt: null, canceledBy: null, windowId: null, minutesBefore: null, targets: { kind: 'LINKED', serverIds: fleet.servers.map(({ id }) => id), sessionIds: [] }, deliveries, counts: { sent: sum('sent'), unsupported: sum('unsupported'), failed: sum('failed'), waiting: deliveries.filter((row) => row.state === 'WAITING').length }, ...change };
}

function makeOccurrence(startMs, window, other = 8 * HOUR) {
  const local = (ms) => iso(ms).slice(0, 19);
  const end = startMs + window.durationMin * MINUTE;
  return { startAt: iso(startMs), endAt: iso(end), drainFrom: iso(startMs - window.drainMin * MINUTE), startLocal: `${local(startMs + HOUR)}+01:00`, endLocal: `${local(end + HOUR)}+01:00`, startOther: `${local(startMs + other)}+09:00`, endOther: `${local(end + other)}+09:00`, shifted: false };
}

function makeWindow(fleet, index, { title, aliases, startMs, everyMs = 0, ...fields }) {
  const window = { id: uuid(800 + index), title, serverIds: fleet.servers.filter(({ alias }) => aliases.includes(alias)).map(({ id }) => id), startLocal: `${iso(startMs + HOUR).slice(0, 16)}`, timeZone: 'Europe/Paris', durationMin: 30, rrule: null, repeats: 'once', drainMin: 30, noticeMin: [60, 15, 0], noticeText: null, createdAt: iso(startMs - 3 * DAY), createdBy: 'Sam Moreau', updatedAt: iso(startMs - 3 * DAY), canceledAt: null, canceledBy: null, skipped: [], ...fields };
  const dates = Array.from({ length: everyMs ? 7 : 1 }, (_, at) => makeOccurrence(startMs + at * everyMs, window));
  const nowMs = Date.now();
  const left = dates.filter(({ endAt }) => Date.parse(endAt) > nowMs);
  return { ...window, current: left.find(({ drainFrom }) => Date.parse(drainFrom) <= nowMs) ?? null, next: left.slice(0, 5), occurrences: dates };
}

function makeWindows(fleet, nowMs) {
  const midnight = new Date(nowMs).setUTCHours(0, 0, 0, 0) - HOUR;
  return [
    makeWindow(fleet, 0, { title: 'New disks', aliases: ['Studio'], startMs: nowMs + 10 * MINUTE, durationMin: 90 }),
    makeWindow(fleet, 1, { title: 'Nightly copy', aliases: ['Basement'], startMs: midnight + 6 * HOUR, everyMs: DAY, durationMin: 60, rrule: 'FREQ=DAILY', repeats: 'daily', drainMin: 0, noticeMin: [] }),
    makeWindow(fleet, 2, { title: 'Update', aliases: ['Office'], startMs: midnight + 2 * DAY + 4 * HOUR }),
    makeWindow(fleet, 3, { title: 'Kernel update', aliases: ['Attic', 'Basement'], startMs: midnight + 4 * DAY + 2 * HOUR, rrule: 'FREQ=MONTHLY;BYDAY=1TU', repeats: 'monthly on the first Tuesday' }),
    makeWindow(fleet, 4, { title: 'Router swap', aliases: ['Cabin'], startMs: midnight + 5 * DAY + 14 * HOUR, durationMin: 120 }),
  ];
}

const TIB = 1_024 ** 4;
function makePlan(fleet, nowMs, change = {}) {
  const source = fleet.servers[2] ?? fleet.servers[0];
  const target = fleet.servers[0];
  const library = (index, name, [titles, sameFile, otherVersion, onlySource, cannotMatch], copyBytes) => ({ sourceVendorId: `lib-${index}`, targetVendorId: index === 2 ? null : `lib-${index}`, name, targetName: index === 2 ? null : name, type: 'movies', titles, sameFile, otherVersion, onlySource, cannotMatch, copyFiles: onlySource + 80, copyBytes, copyFilesOfUnknownSize: index === 2 ? 12 : 0 });
  const row = (from, to, libraryName, { verdict, tried, found }, note, origin = 'SUGGESTED') => ({ from, to, libraryVendorId: 'lib-0', libraryName, origin, note, verdict, samplesTried: tried, samplesFound: found, samplesMissing: Array.from({ length: tried - found }, (_, index) => `/data/movies/old/Title ${index}.mkv`) });
  const problem = (index, severity, code, title, why, next, extra = {}) => ({ id: `p${index}`, severity, code, title, why, next, count: 0, examples: [], libraryVendorId: null, path: null, ...extra });
  const watcher = (userName, lastTitle, watched, begun, after, missing, targetUserName = userName) => ({ userName, targetUserName, watched, begun, kept: after, after, missing, isWatching: missing === 3, lastTitle });
  return {
    id: uuid(900),
    rev: 1,
    state: 'READY',
    isStale: false,
    sourceServerId: source.id,
    targetServerId: target.id,
    createdAt: iso(nowMs - 5 * MINUTE),
    createdBy: 'Sam Moreau',
    checkedAt: iso(nowMs - 4 * MINUTE),
    expiresAt: iso(nowMs + DAY),
    failureCode: null,
    failureMessage: null,
    failureNext: null,
    blockers: 2,
    warnings: 3,
    fine: ['both servers answer', 'names up to 255 bytes', 'no scan runs', 'ids of all libraries', 'clocks'],
    progress: null,
    libraries: [library(0, 'Movies', [4_583, 2_690, 250, 1_612, 31], 2.61 * TIB), library(1, 'Anime', [1_505, 722, 168, 611, 4], 0.68 * TIB), library(2, 'Concerts', [116, 0, 0, 116, 0], 0.11 * TIB)],
    overlap: { titles: 6_204, sameFile: 3_412, otherVersion: 418, onlySource: 2_339, cannotMatch: 35, tiers: [{ tier: 'A', count: 2_900 }, { tier: 'B', count: 700 }, { tier: 'C', count: 190 }, { tier: 'D', count: 30 }, { tier: 'E', count: 10 }, { tier: 'X', count: 0 }] },
    matchesToReview: [{ sourceVendorId: 'a', sourceTitle: 'Heat (1995)', targetVendorId: 'b', targetTitle: 'Heat (1986)', tier: 'X', evidence: ['imdb ids differ', 'the same path'] }, { sourceVendorId: 'c', sourceTitle: 'The Train Job', targetVendorId: 'd', targetTitle: 'Train Job', tier: 'E', evidence: ['year 2002', 'length within 2 %'] }],
    pathMap: [row('/srv/media/films', '/data/movies', 'Movies', { verdict: 'READABLE', tried: 12, found: 12 }, 'the same file names'), row('/srv/media/anime', '/data/tv-anime', 'Anime', { verdict: 'READABLE', tried: 12, found: 12 }, 'the same folder name'), row('/srv/media/live', '/data/concerts', 'Concerts', { verdict: 'UNREADABLE', tried: 0, found: 0 }, 'you typed it', 'GIVEN'), row('/srv/old/films', '/data/movies/old', 'Movies', { verdict: 'READABLE', tried: 12, found: 9 }, 'proposed: equal ends')],
    problems: [
      problem(0, 'BLOCKER', 'PATH_UNREADABLE', 'Emby cannot see /data/concerts', 'The folder is not mounted where Emby runs.', 'Add /data/concerts to Emby’s volumes, restart it, then check again.', { path: '/data/concerts' }),
      problem(1, 'BLOCKER', 'NAME_COLLISION', '2 files differ only in capitals', 'The disk of Attic holds one of them.', 'Leave one out, or rename it on Seedbox-01.', { count: 2, examples: ['Heat.mkv', 'heat.mkv'] }),
      problem(2, 'WARNING', 'SPACE_SHORT', 'The disk is 99.1 % full afterwards', '0.70 TiB stay free, half of it is the reserve of this copy.', 'Leave out 4K doubles: saves 1.2 TiB.'),
      problem(3, 'WARNING', 'USER_MISSING', 'Hugo has no user on Attic', 'His 19 watched titles have nowhere to go.', 'Create him on Attic, or go without his states.'),
      problem(4, 'WARNING', 'VERSION_DIFFERS', '418 titles exist in another version', 'Both versions would be kept, one state for both.', 'Accept it, or leave them out.', { count: 418, examples: ['Arrival (2016)', 'Dune (2021)', 'Tampopo (1985)'] }),
    ],
    space: [{ path: '/data', usedBytes: 77.9 * TIB, freeBytes: 4.1 * TIB, copyBytes: 3.4 * TIB, neededBytes: 3.75 * TIB, freeAfterBytes: 0.7 * TIB }],
    watchers: [watcher('Finn', 'Arcane S02·E05', 41, 6, 38, 3), watcher('Mia', 'Fallout S01·E06', 112, 9, 104, 8), watcher('Otto', 'Ripley S01·E04', 64, 4, 60, 4), watcher('Lea', 'The Fall', 203, 2, 203, 0), watcher('Hugo', null, 19, 1, 0, 19, null)],
    ...change,
  };
}

const PLAN_STATES = {
  checking: { state: 'CHECKING', checkedAt: null, progress: { step: 'MATCH', stepNumber: 3, steps: 6, done: 2_400, total: 6_204 } },
  failed: { state: 'FAILED', checkedAt: null, failureCode: 'AGENT_OFFLINE', failureMessage: 'The agent of Seedbox-01 stopped answering while its titles were read.', failureNext: 'Check the machine that carries the agent, then check again.' },
  fine: { blockers: 0, warnings: 0, problems: [], matchesToReview: [], isStale: true, space: [{ path: null, usedBytes: null, freeBytes: null, copyBytes: 3.4 * TIB, neededBytes: 3.75 * TIB, freeAfterBytes: null }] },
};

/** Resolvers of the acting pages. `tools` are the mock's own: `find`, `refuse`, `channel`. */
export function makeActs(state, options, { find, refuse, channel }) {
  const { fleet } = state;
  const nowMs = Date.now();
  const empty = options.empty ?? fleet.servers.length === 0;
  const loads = () => (options.routerOff ? [] : acts.loads);
  const acts = { loads: makeLoads(fleet, nowMs), placements: empty ? [] : makePlacements(fleet, nowMs), windows: empty ? [] : makeWindows(fleet, nowMs), plan: fleet.servers.length > 0 ? makePlan(fleet, nowMs, PLAN_STATES[options.plan] ?? {}) : null };
  acts.notices = empty ? [] : [makeNotice(fleet, 0, 'Studio closes at 22:00', 'SENDING', nowMs - 2 * MINUTE), makeNotice(fleet, 1, 'Maintenance in 15 min: New disks. From 22:00 to 23:30 this server may go away.', 'PLANNED', nowMs + 12 * MINUTE, { windowId: uuid(800), minutesBefore: 15 }), makeNotice(fleet, 2, 'Office: update on Sunday', 'ENDED', nowMs - 4 * HOUR), makeNotice(fleet, 3, 'Maintenance in 1 hour: New disks.', 'ENDED', nowMs - 40 * MINUTE, { windowId: uuid(800), minutesBefore: 60 }), makeNotice(fleet, 4, 'New films in Movies', 'CANCELED', nowMs - 2 * DAY, { canceledAt: iso(nowMs), canceledBy: 'Noor' })];
  const subscribers = { loads: new Set(), placements: new Set(), notices: new Set() };
  const guarded = (resolve) => (args) => {
    if (options.refusing === 'forbidden') throw refuse('FORBIDDEN', 'This page is for operators.', 'Ask a superadmin for the role operator.');
    if (options.refusing) throw refuse('INTERNAL', 'Something went wrong inside Usher.', 'Report it with the correlation id.');
    return resolve(args);
  };
  const pushed = (set, name, first) => () => {
    const own = channel(first().map((value) => ({ [name]: value })));
    set.add({ push: (value) => own.push({ [name]: value }) });
    return own.read();
  };
  const tell = (set, value) => set.forEach((listener) => listener.push(value));
  const forecast = ({ targets }) => {
    const chosen = fleet.servers.filter((server) => targets.allLinked || targets.serverIds?.includes(server.id) || targets.sessionIds?.some((id) => id.startsWith(server.id)));
    const servers = chosen.map((server) => {
      const sessions = fleet.sessions.get(server.id)?.length ?? 0;
      const away = server.state === 'OFFLINE';
      const cannot = server.kind === 'PLEX' || server.readOnly;
      return { serverId: server.id, serverAlias: server.alias, canTake: away || cannot ? 0 : sessions, unsupported: cannot && !away ? sessions : 0, later: away ? sessions : 0, stale: server.stale, code: away ? 'AGENT_OFFLINE' : server.readOnly ? 'SERVER_READ_ONLY' : cannot ? 'CAPABILITY_MISSING' : sessions === 0 ? 'NOBODY' : null, reason: away ? 'Offline, sent when it is back.' : server.readOnly ? 'Read-only: no notices are sent.' : cannot ? 'Plex cannot show messages.' : sessions === 0 ? 'Nobody is connected.' : null };
    });
    const sum = (key) => servers.reduce((total, row) => total + row[key], 0);
    return { servers, canTake: sum('canTake'), unsupported: sum('unsupported'), later: sum('later'), sessions: sum('canTake') + sum('unsupported') + sum('later') };
  };
  const preview = ({ window }) => {
    const startMs = Date.parse(`${window.startLocal}:00Z`) - HOUR;
    const shape = { durationMin: window.durationMin, drainMin: window.drainMin ?? 0 };
    const next = Array.from({ length: window.rrule ? 5 : 1 }, (_, index) => makeOccurrence(startMs + index * 28 * DAY, shape, index === 4 ? 7 * HOUR : undefined));
    return { next, repeats: window.rrule ? 'monthly on the first Tuesday' : 'once', warnings: window.rrule ? ['From 29 March it is 09:00 in Tokyo.'] : [], notices: window.noticeMin?.length ? forecast({ targets: { serverIds: window.serverIds } }) : null };
  };
  return {
    acts,
    ...makeOrders(state, options, { find, refuse, pushed, tell }),
    routingOverview: guarded(() => ({ routers: options.routerOff ? 0 : 1, at: iso(nowMs - 3 * MINUTE), decisionP99Ms: empty ? null : 0.6, placedToday: empty ? 0 : 412, movedToday: empty ? 0 : 3, refusedToday: empty ? 0 : 1, waiting: 0 })),
    serverLoads: () => loads(),
    placements: guarded(({ filter, first }) => page(acts.placements.filter((row) => !filter?.verdicts || filter.verdicts.includes(row.verdict)), first ?? 50)),
    placement: ({ id }) => {
      const found = acts.placements.find((row) => row.id === id);
      if (!found) throw refuse('NOT_FOUND', 'There is no such decision.', 'Decisions are kept for 30 days.');
      return found;
    },
    replayPlacement: ({ id }) => ({ same: true, serverId: acts.placements.find((row) => row.id === id)?.serverId ?? null, storedServerId: null }),
    items: ({ search, first }) => page(TITLES.filter((title) => title.toLowerCase().includes(search?.text?.toLowerCase() ?? '')).map((title, index) => ({ itemKey: `imdb:tt${index}`, type: 'MOVIE', title, parentTitle: null, seasonNumber: null, episodeNumber: null, year: 2024, durationMs: 7_000_000, providerIds: [], locations: fleet.servers.slice(0, 3).map(({ id }) => ({ serverId: id })) })), first ?? 50),
    simulatePlacement: () => ({ ...makePlacements(fleet, nowMs)[0], kind: 'SIMULATE', confirmedMs: null }),
    createRoute: ({ input }) => {
      if (input.client.kind === 'refused app') throw refuse('NO_SERVER_AVAILABLE', 'No server can play it now.', 'Read the reason of each server; bring one back, or end a drain.', { candidates: ['Attic: over-gate', 'Basement: draining', 'Office: item-missing'] });
      const placement = { ...makePlacements(fleet, nowMs)[0], id: uuid(599) };
      return { placement, url: 'https://usher.example.org/r/klnQW-_bIQ_zEDJZmDxo7A', route: makeRoute(placement, 0, nowMs) };
    },
    routes: () => acts.placements.filter(({ serverId }) => serverId).slice(0, 8).map((placement, index) => makeRoute(placement, index, nowMs)),
    drainServer: ({ input }) => {
      const load = acts.loads.find(({ serverId }) => serverId === input.serverId);
      load.drain = { serverId: input.serverId, by: state.viewer.name, since: iso(Date.now()), until: input.until ?? null, reason: input.reason ?? null, move: input.move ?? 'NEXT', started: load.streams, left: load.streams };
      load.standing = 'draining';
      tell(subscribers.loads, acts.loads);
      return load.drain;
    },
    undrainServer: ({ serverId }) => {
      const load = acts.loads.find((row) => row.serverId === serverId);
      Object.assign(load, { drain: null, standing: 'ready' });
      tell(subscribers.loads, acts.loads);
      return true;
    },
    serverLoadsChanged: pushed(subscribers.loads, 'serverLoadsChanged', () => [loads()]),
    placementsChanged: pushed(subscribers.placements, 'placementsChanged', () => []),
    notices: guarded(({ filter, first }) => page(acts.notices.filter((row) => (!filter?.states || filter.states.includes(row.state)) && (!filter?.windowId || filter.windowId === row.windowId)), first)),
    noticeForecast: guarded(forecast),
    sendNotice: ({ input }) => {
      if (input.text.includes('refuse')) throw refuse('INVALID_INPUT', 'expiresAt is more than 24 hours after showAt.', 'Choose a shorter time.', { field: 'expiresAt' });
      const notice = makeNotice(fleet, 50 + acts.notices.length, input.text, input.showAt ? 'PLANNED' : 'SENDING', input.showAt ? Date.parse(input.showAt) : Date.now());
      acts.notices.unshift(notice);
      return notice;
    },
    cancelNotice: ({ input }) => Object.assign(acts.notices.find(({ id }) => id === input.id), { state: 'CANCELED', canceledAt: iso(Date.now()), canceledBy: state.viewer.name }),
    noticeDeliveriesChanged: pushed(subscribers.notices, 'noticeDeliveriesChanged', () => []),
    maintenanceWindows: guarded(() => acts.windows.filter(({ canceledAt }) => !canceledAt)),
    maintenanceWindow: ({ id }) => acts.windows.find((window) => window.id === id),
    maintenancePreview: preview,
    scheduleMaintenance: ({ input: { window } }) => {
      const made = makeWindow(fleet, 50 + acts.windows.length, { ...window, aliases: [], startMs: Date.parse(`${window.startLocal}:00Z`) - HOUR, repeats: window.rrule ? 'monthly' : 'once', rrule: window.rrule ?? null, noticeMin: window.noticeMin ?? [], noticeText: null });
      acts.windows.push({ ...made, serverIds: window.serverIds });
      return acts.windows.at(-1);
    },
    updateMaintenance: ({ input }) => Object.assign(acts.windows.find(({ id }) => id === input.id), { title: input.title ?? 'Changed' }),
    cancelMaintenance: ({ input }) => Object.assign(acts.windows.find(({ id }) => id === input.id), input.occurrenceAt ? {} : { canceledAt: iso(Date.now()) }),
    maintenanceWindowsChanged: pushed(new Set(), 'maintenanceWindowsChanged', () => []),
    libraries: guarded(({ serverIds }) => (empty ? [] : fleet.servers.filter(({ id }) => !serverIds || serverIds.includes(id)).flatMap(({ libraries }) => libraries))),
    libraryOverlap: ({ sourceServerId, targetServerId }) => ({ sourceServerId, targetServerId, titles: 5_424, onBoth: 3_804, onlySource: 1_620, onlyTarget: 210, sourceReadAt: options.unread ? null : iso(nowMs - HOUR), targetReadAt: iso(nowMs - 2 * HOUR), tiers: [{ tier: 'A', count: 3_000 }, { tier: 'B', count: 700 }, { tier: 'C', count: 104 }], libraries: [{ libraryVendorId: 'lib-0', libraryName: 'Movies', titles: 4_812, onBoth: 3_400, onlySource: 1_412, tiers: [] }, { libraryVendorId: 'lib-1', libraryName: 'TV Shows', titles: 612, onBoth: 404, onlySource: 208, tiers: [] }] }),
    libraryPlan: guarded(() => acts.plan),
    planLibrary: () => acts.plan,
    updatePathMap: ({ input }) => {
      if (input.rev !== acts.plan.rev) throw refuse('CONFLICT', 'Somebody else changed this path map.', 'Read it again, then repeat your change.');
      acts.plan = { ...acts.plan, ...PLAN_STATES.checking, rev: input.rev + 1 };
      return acts.plan;
    },
    libraryPlanChanged: pushed(new Set(), 'libraryPlanChanged', () => []),
    setPrimaryServer: ({ input }) => {
      for (const server of fleet.servers) if (server.role === 'PRIMARY') server.role = 'LINKED';
      return Object.assign(find(input), { role: 'PRIMARY' });
    },
    linkServer: ({ id }) => Object.assign(find({ id }), { role: 'LINKED' }),
    unlinkServer: ({ id }) => Object.assign(find({ id }), { role: 'UNLINKED' }),
  };
}
