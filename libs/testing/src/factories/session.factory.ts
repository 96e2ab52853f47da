import { uuidv7, type NowPlaying, type Session, type VendorSession } from '@usher/contracts';
import { makeStream } from './stream.factory.js';

let made = 0;

export function makeNowPlaying(given: Partial<NowPlaying> = {}): NowPlaying {
  return { itemId: 'item-1', type: 'movie', title: 'Nosferatu', seriesTitle: null, seasonNumber: null, episodeNumber: null, year: 1922, durationMs: 5_640_000, ...given };
}

/** A session that plays a film directly; give `item: null, stream: null` for an idle one. */
export function makeSession(given: Partial<Session> = {}): Session {
  made += 1;
  return {
    vendorId: `session-${made}`,
    userId: 'user-1',
    userName: 'Nell',
    deviceId: `device-${made}`,
    deviceName: 'Living Room TV',
    client: 'Test Player',
    clientVersion: '1.0',
    address: '192.168.1.20',
    network: 'lan',
    lastSeenAt: '2026-01-01T00:00:00.000Z',
    controls: { stop: true, pause: true, seek: true, message: true, limitBitRate: true, play: true },
    item: makeNowPlaying(),
    stream: makeStream(),
    ghost: false,
    ...given,
  };
}

/** The same as an adapter reports it: without what the agent adds. */
export function makeVendorSession(given: Partial<VendorSession> = {}): VendorSession {
  const { ghost: _ghost, stream, ...rest } = makeSession();
  if (stream === null) return { ...rest, stream: null, ...given };
  const { playbackId: _playbackId, startedAt: _startedAt, ...vendorStream } = stream;
  return { ...rest, stream: vendorStream, ...given };
}

/** The id of a session in the fleet, on a server that exists nowhere. */
export const makeSessionId = (serverId: string = uuidv7(), vendorId = 'session-1'): string => `${serverId}:${vendorId}`;
