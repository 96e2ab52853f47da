import type { VendorSession } from '@usher/contracts';

/** A client that is signed in and plays nothing. */
export function idleSession(vendorId: string, more: Partial<VendorSession> = {}): VendorSession {
  return {
    vendorId,
    userId: 'u1',
    userName: 'Nell',
    deviceId: `device-${vendorId}`,
    deviceName: 'Den TV',
    client: 'Television',
    clientVersion: '1.0',
    address: '192.168.1.20',
    network: 'lan',
    lastSeenAt: '2026-01-01T00:00:00.000Z',
    controls: { stop: false, pause: false, seek: false, message: true, limitBitRate: false, play: false },
    item: null,
    stream: null,
    ...more,
  };
}

/** A client that plays a film directly. */
export function playingSession(vendorId: string, more: Partial<VendorSession> = {}): VendorSession {
  return idleSession(vendorId, {
    controls: { stop: true, pause: true, seek: true, message: true, limitBitRate: false, play: false },
    item: { itemId: 'i1', type: 'movie', title: 'Metropolis', seriesTitle: null, seasonNumber: null, episodeNumber: null, year: 1927, durationMs: 9_180_000 },
    stream: {
      positionMs: 60_000,
      bufferPositionMs: null,
      state: 'playing',
      delivery: 'direct-play',
      container: 'mkv',
      bitRateKbps: 8_000,
      sourceBitRateKbps: 8_000,
      video: null,
      audio: null,
      subtitle: null,
      transcode: null,
    },
    ...more,
  });
}
