// A believable fleet from a seed: same input, same servers and sessions. For tests and screenshots only.
import { flagFleet } from './mock-live.mjs';

const SERVERS = [
  { alias: 'Attic', kind: 'EMBY', version: '4.9.1', role: 'PRIMARY', cpu: 71, tags: ['home', '4k'] },
  { alias: 'Basement', kind: 'JELLYFIN', version: '12.0.1', cpu: 32, tags: ['home'] },
  { alias: 'Seedbox-01', kind: 'JELLYFIN', version: '12.0.1', cpu: 48, readOnly: true, tags: ['seedbox'] },
  { alias: 'Grandma’s Plex', kind: 'PLEX', version: '1.42.8', cpu: null, condition: 'stale', tags: ['family'] },
  { alias: 'Office', kind: 'EMBY', version: '4.9.0', cpu: 39, source: 'POLL', updateAvailable: true, tags: ['family'] },
  { alias: 'Studio', kind: 'PLEX', version: '1.43.2', cpu: null, maintenance: true, tags: ['home'] },
  { alias: 'Cabin', kind: 'JELLYFIN', version: '11.0.4', cpu: null, condition: 'offline', tags: ['cabin', 'slow uplink'] },
  { alias: 'Harbor', kind: 'PLEX', version: '1.43.2', cpu: 2, idle: true, tags: ['family'] },
];

const SHARED = ['sessions.push', 'sessions.stop', 'libraries.list', 'libraries.scan', 'metadata.refresh', 'items.list', 'items.recentlyAdded', 'activities.list', 'activities.cancel', 'tasks.list', 'tasks.start', 'users.list', 'devices.list', 'history.read', 'playlists.read', 'collections.read', 'libraries.create', 'metadata.health', 'users.discovery'];
const MEDIA_BROWSER = [...SHARED, 'sessions.control', 'sessions.message', 'server.restart', 'load.host', 'devices.revoke', 'log.read', 'users.policy', 'users.password', 'subtitles.search'];
const CAPABILITIES = { PLEX: SHARED, EMBY: MEDIA_BROWSER, JELLYFIN: [...MEDIA_BROWSER, 'backup.list', 'backup.trigger', 'libraries.space'] };

const TITLES = [
  { title: 'Dune: Part Two', year: 2024 },
  { title: 'Forks', seriesTitle: 'The Bear', seasonNumber: 2, episodeNumber: 7, year: 2023 },
  { title: 'Woe’s Hollow', seriesTitle: 'Severance', seasonNumber: 2, episodeNumber: 4, year: 2025 },
  { title: 'Spirited Away', year: 2001 },
  { title: 'A Stranger Comes to Town', seriesTitle: 'Slow Horses', seasonNumber: 4, episodeNumber: 2, year: 2024 },
  { title: 'Arrival', year: 2016 },
  { title: 'Poor Things', year: 2023 },
  { title: 'Salt Roads', seriesTitle: 'Salt Roads', seasonNumber: 1, episodeNumber: 3, year: 2022 },
  { title: 'Pizza Girls', seriesTitle: 'Bluey', seasonNumber: 3, episodeNumber: 12, year: 2021 },
  { title: 'Paddington 2', year: 2017 },
  { title: 'Tampopo', year: 1985 },
  { title: 'The Fall', year: 2006 },
];
const PEOPLE = ['Ana Martin', 'Ben Okafor', 'Klara Lind', 'Tomás Reyes', 'Ida Holm', 'Jun Mori', 'Nils', 'Kofi', 'Sana', 'Mia', 'Rui', 'Ines Martin', 'Grandma', 'Leo', 'Hana', 'Otto', 'Lea'];
const DEVICES = [['Shield TV', 'Emby for Android TV'], ['Apple TV 4K', 'Infuse'], ['Chrome', 'Web'], ['iPad Air', 'Swiftfin'], ['LG webOS', 'webOS'], ['Pixel 9', 'Android'], ['Samsung TV', 'Plex for Samsung'], ['Fire TV', 'Plex for Android TV']];

/** Mulberry32: a small seeded generator, so that screenshots can be compared. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const uuid = (number) => `0193a2c4-0000-7000-8000-${String(number).padStart(12, '0')}`;
const iso = (ms) => new Date(ms).toISOString();
const open = (code, state, evidence, advice, acceptance = null) => ({ code, state, evidence, advice, accepted: false, acceptance });
const slugOf = (alias) => alias.replace(/[’']/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-');

function makeServer(index, total, nowMs) {
  const model = SERVERS[index % SERVERS.length];
  const alias = index < SERVERS.length ? model.alias : `${model.alias} ${Math.floor(index / SERVERS.length) + 1}`;
  const broken = total > 1 && index < SERVERS.length ? model.condition : undefined;
  const offline = broken === 'offline';
  const stale = broken === 'stale';
  return {
    id: uuid(index + 1),
    alias,
    slug: slugOf(alias),
    externalKey: null,
    url: model.kind === 'PLEX' ? `http://192.168.1.${40 + index}:32400` : `https://${slugOf(alias)}.lan:8096`,
    kind: model.kind,
    connection: 'DIRECT',
    role: index === 0 ? 'PRIMARY' : 'LINKED',
    readOnly: model.readOnly ?? false,
    demo: false,
    state: offline ? 'OFFLINE' : 'ONLINE',
    stateCode: offline ? 'AGENT_OFFLINE' : stale ? 'SERVER_UNREACHABLE' : null,
    stateReason: offline ? 'The agent stopped answering. Its site does not answer at all.' : stale ? 'Timed out after 10 s.' : null,
    stateNext: offline ? 'Check the machine that carries the agent of this server.' : stale ? 'Check that the media server runs and that the address is right.' : null,
    stateSince: iso(nowMs - (offline ? 14 * 60_000 : 3_600_000)),
    stale,
    maintenance: model.maintenance ?? false,
    name: alias,
    machineId: `machine-${index}`,
    version: model.version,
    versionTested: true,
    updateAvailable: model.updateAvailable ?? false,
    platform: 'Debian 13',
    capabilities: CAPABILITIES[model.kind],
    hardening: [
      open('legacy-authorization', 'found', 'Sign-in of old apps is on.', 'Old apps may need it; switched off it acts at once.'),
      open('restart-open-to-lan', 'by-version', 'Restart needs no sign-in on the local network.', 'Close /System/Restart at your proxy.'),
      open('no-lock-out', 'found', 'Accounts with remote access that are never locked: Ana, Ben.', 'Lock accounts after 5 failed sign-ins.', {
        reason: 'Ana is behind the VPN.', acceptedBy: 'Sam Moreau', acceptedAt: iso(nowMs - 40 * 86_400_000), until: null, evidence: 'Accounts with remote access that are never locked: Ana.', lapsed: 'CHANGED',
      }),
      open('empty-passwords', 'cannot-be-seen', 'This version says of every account that it has a password.', 'Set a password for every account.'),
      { ...open('names-public', 'found', '2 account name(s) are shown to anybody on the sign-in page.', 'Hide the accounts from the sign-in page.', {
        reason: 'The page is only reachable at home, and the children choose their name there.', acceptedBy: 'Sam Moreau', acceptedAt: iso(nowMs - 12 * 86_400_000), until: iso(nowMs + 353 * 86_400_000), evidence: '2 account name(s) are shown to anybody on the sign-in page.', lapsed: null,
      }), accepted: true },
    ],
    tags: model.tags,
    region: 'eu-west',
    location: null,
    weight: 1,
    poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 },
    tls: { verify: true, hasCa: false },
    ignoredDevices: [],
    credential: { fingerprint: '9F3C', addedAt: iso(nowMs - 90 * 86_400_000), rev: 1 },
    live: {
      source: model.source ?? 'PUSH',
      at: iso(nowMs - 2_000),
      lastPollAt: iso(nowMs - 41_000),
      lastPushAt: model.source === 'POLL' ? null : iso(nowMs - 2_000),
      sessionCallsLastHour: 60,
      otherCallsLastHour: 14,
      latencyMs: 20 + index * 31,
      cpuPercent: model.cpu,
      memoryPercent: model.cpu === null ? null : 44,
    },
    streamCount: 0,
    transcodeCount: 0,
    bandwidthKbps: 0,
    lastSeenAt: iso(nowMs - (offline ? 14 * 60_000 : 2_000)),
    lastPlaybackAt: iso(nowMs - 2 * 3_600_000),
    createdAt: iso(nowMs - 1e9 + index),
    libraries: ['Movies', 'TV Shows', 'Music'].map((name, at) => ({ serverId: uuid(index + 1), vendorId: `lib-${at}`, name, type: ['movies', 'shows', 'music'][at], itemCount: [4_812, 612, null][at], childCount: [null, 31_204, 18_320][at], readAt: iso(nowMs - 1_800_000) })),
    userCount: 37,
    snapshotAgeMs: offline ? 14 * 60_000 : stale ? 41_000 : 1_000,
    idle: model.idle ?? false,
  };
}

function makeSession(server, number, random, nowMs) {
  const item = TITLES[Math.floor(random() * TITLES.length)];
  const [deviceName, client] = DEVICES[Math.floor(random() * DEVICES.length)];
  const roll = random();
  const delivery = roll < 0.5 ? 'DIRECT_PLAY' : roll < 0.68 ? 'DIRECT_STREAM' : 'TRANSCODE';
  const state = random() < 0.08 ? 'PAUSED' : random() < 0.03 ? 'BUFFERING' : 'PLAYING';
  const software = random() < 0.35;
  const durationMs = item.seriesTitle ? 2_800_000 : 7_400_000;
  const positionMs = Math.floor(random() * durationMs * 0.9);
  const transcodes = delivery === 'TRANSCODE';
  const why = [['subtitle', 'video-range'], ['video-codec'], ['bit-rate'], ['audio-codec']][Math.floor(random() * 4)];
  return {
    id: `${server.id}:s${number}`,
    serverId: server.id,
    userId: `u${number}`,
    deviceId: `d${number}`,
    identityId: null,
    identityName: null,
    flags: [],
    userName: PEOPLE[Math.floor(random() * PEOPLE.length)],
    deviceName,
    client,
    clientVersion: '3.4.61',
    address: '81.2.x.x',
    network: random() < 0.3 ? 'LAN' : 'WAN',
    lastSeenAt: iso(nowMs - 2_000),
    ghost: random() < 0.02,
    controls: { stop: true, pause: server.kind !== 'PLEX', seek: server.kind === 'JELLYFIN', message: server.kind !== 'PLEX', limitBitRate: server.kind === 'JELLYFIN', play: server.kind === 'JELLYFIN' },
    item: { itemId: `i${number}`, type: item.seriesTitle ? 'EPISODE' : 'MOVIE', seriesTitle: null, seasonNumber: null, episodeNumber: null, durationMs, ...item },
    stream: {
      playbackId: uuid(900_000 + number),
      startedAt: iso(nowMs - positionMs),
      positionMs,
      bufferPositionMs: transcodes ? Math.min(durationMs, positionMs + 1_700_000) : null,
      state,
      delivery,
      container: 'mkv',
      bitRateKbps: Math.round(transcodes ? 3_000 + random() * 9_000 : 6_000 + random() * 30_000),
      sourceBitRateKbps: 34_000,
      video: { delivery: transcodes ? 'TRANSCODE' : 'DIRECT_PLAY', sourceCodec: 'hevc', targetCodec: transcodes ? 'h264' : 'hevc', sourceWidth: random() < 0.4 ? 3_840 : 1_920, sourceHeight: 1_080, targetWidth: 1_920, targetHeight: 1_080, hdr: random() < 0.3 ? 'HDR10' : 'SDR' },
      audio: { delivery: delivery === 'DIRECT_PLAY' ? 'DIRECT_PLAY' : 'TRANSCODE', sourceCodec: 'truehd', targetCodec: 'aac', language: 'eng', sourceChannels: 8, targetChannels: 6 },
      subtitle: why.includes('subtitle') && transcodes ? { delivery: 'TRANSCODE', sourceCodec: 'pgs', language: 'fra', burnedIn: true } : null,
      transcode: delivery === 'DIRECT_PLAY' ? null : { reasons: transcodes ? why : ['container'], hardware: transcodes ? (software ? 'SOFTWARE' : 'HARDWARE') : 'UNKNOWN', hardwareDecode: transcodes ? !software : null, hardwareEncode: transcodes ? !software : null, speed: transcodes ? (software && random() < 0.4 ? 0.9 : 1.2 + random()) : null, progressPercent: Math.min(100, (positionMs / durationMs) * 100 + 12), throttled: false },
    },
  };
}

/**
 * Servers and their sessions.
 * @param {{ servers?: number, sessions?: number, seed?: number, demo?: boolean, healthy?: boolean, calm?: boolean }} options
 */
export function makeFleet({ servers = 8, sessions = 20, seed = 7, demo = false, healthy = false, calm = false } = {}) {
  const random = seeded(seed);
  const nowMs = Date.now();
  const list = Array.from({ length: servers }, (_, index) => makeServer(index, healthy ? 1 : servers, nowMs)).map((server) => ({ ...server, demo }));
  const busy = list.filter((server) => !server.idle);
  const bySever = new Map(list.map((server) => [server.id, []]));
  for (let number = 0; number < sessions; number += 1) {
    const pick = sessions <= 30 ? [0, 0, 0, 1, 1, 2, 3, 4, 5, 6][number % 10] : number;
    const server = busy[pick % busy.length];
    bySever.get(server.id).push(makeSession(server, number, random, nowMs));
  }
  const fleet = { servers: list, sessions: bySever };
  if (!calm) flagFleet(fleet);
  return fleet;
}
