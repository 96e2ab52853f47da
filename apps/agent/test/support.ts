import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from '@jest/globals';
import type { VendorSession, VendorStream } from '@usher/contracts';
import { createLogger, type Logger } from '@usher/platform';

const folders: string[] = [];

/** A folder of its own, removed after the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-agent-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A logger whose lines can be read back. */
export function recordingLogger(): { logger: Logger; lines: { event: string; level: string; server_id: string; msg: string; [key: string]: unknown }[] } {
  const lines: ReturnType<typeof recordingLogger>['lines'] = [];
  const logger = createLogger({ service: 'test', level: 'debug', destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  return { logger, lines };
}

export function vendorStream(given: Partial<VendorStream> = {}): VendorStream {
  return {
    positionMs: 0,
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
    ...given,
  };
}

export function vendorSession(given: Partial<Omit<VendorSession, 'stream'>> & { itemId?: string; stream?: Partial<VendorStream> | null } = {}): VendorSession {
  const { itemId = 'item-1', stream, ...rest } = given;
  return {
    vendorId: 'session-1',
    userId: 'user-1',
    userName: 'Ada',
    deviceId: 'device-1',
    deviceName: 'Living room',
    client: 'Player',
    clientVersion: '1',
    address: '192.0.2.7',
    network: 'lan',
    lastSeenAt: null,
    controls: { stop: true, pause: true, seek: true, message: true, limitBitRate: false, play: false },
    item:
      stream === null
        ? null
        : { itemId, type: 'movie', title: 'A film', seriesTitle: null, seasonNumber: null, episodeNumber: null, year: 1999, durationMs: 7_200_000 },
    stream: stream === null ? null : vendorStream(stream),
    ...rest,
  };
}
