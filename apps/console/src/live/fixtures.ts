import type { FleetServer, SessionFields, SessionsMessage } from './live-types.js';

/** Made-up rows for specs: the smallest complete ones, changed by what is given. */
export function serverFixture(change: Partial<FleetServer> = {}): FleetServer {
  return {
    id: 's1',
    alias: 'Attic',
    slug: 'attic',
    externalKey: null,
    url: 'https://attic.example',
    kind: 'EMBY',
    connection: 'DIRECT',
    role: 'LINKED',
    readOnly: false,
    demo: false,
    state: 'ONLINE',
    stateCode: null,
    stateReason: null,
    stateNext: null,
    stateSince: '2026-01-01T00:00:00.000Z',
    stale: false,
    maintenance: false,
    name: 'Attic',
    version: '4.9.1',
    versionTested: true,
    updateAvailable: false,
    platform: null,
    capabilities: [],
    tags: [],
    region: null,
    weight: 1,
    poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 },
    tls: { verify: true, hasCa: false },
    credential: null,
    live: { source: 'PUSH', at: null, lastPollAt: null, lastPushAt: null, sessionCallsLastHour: 0, otherCallsLastHour: 0, latencyMs: null, cpuPercent: null, memoryPercent: null },
    lastSeenAt: null,
    lastPlaybackAt: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...change,
  };
}

type StreamFields = NonNullable<SessionFields['stream']>;

export function streamFixture(change: Partial<StreamFields> = {}): StreamFields {
  return {
    playbackId: 'p1',
    startedAt: '2026-01-01T00:00:00.000Z',
    positionMs: 60_000,
    bufferPositionMs: null,
    state: 'PLAYING',
    delivery: 'DIRECT_PLAY',
    container: 'mkv',
    bitRateKbps: 8_000,
    sourceBitRateKbps: 8_000,
    video: null,
    audio: null,
    subtitle: null,
    transcode: null,
    ...change,
  };
}

type TranscodeFields = NonNullable<StreamFields['transcode']>;

export function transcodeFixture(change: Partial<TranscodeFields> = {}): TranscodeFields {
  return { reasons: [], hardware: 'HARDWARE', hardwareDecode: null, hardwareEncode: null, speed: null, progressPercent: null, throttled: null, ...change };
}

export function sessionFixture(id: string, change: Partial<SessionFields> = {}): SessionFields {
  return {
    id: `s1:${id}`,
    serverId: 's1',
    userId: 'u1',
    userName: 'Ana',
    identityId: null,
    identityName: null,
    flags: [],
    deviceName: 'Shield',
    client: 'Emby for Android TV',
    clientVersion: '3.4',
    address: null,
    network: 'LAN',
    lastSeenAt: null,
    ghost: false,
    controls: { stop: true, pause: true, seek: true, message: true, limitBitRate: false, play: false },
    item: { itemId: 'i1', type: 'MOVIE', title: 'Arrival', seriesTitle: null, seasonNumber: null, episodeNumber: null, year: 2016, durationMs: 600_000 },
    stream: streamFixture(),
    ...change,
  };
}

export function messageFixture(seq: number, sessions: SessionFields[], change: Partial<SessionsMessage> = {}): SessionsMessage {
  return { serverId: 's1', seq, at: '2026-01-01T00:00:00.000Z', source: 'PUSH', stale: false, sessions, ...change };
}
