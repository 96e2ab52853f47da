import { describe, expect, it } from '@jest/globals';
import { AppError, type MediaSource } from '@usher/contracts';
import { InMemoryMediaServer } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { Secret } from '@usher/security';
import { PlaybackPreparation } from './playback-preparation.js';

const FILM: MediaSource = { height: 1080, videoCodec: 'h264', tenBit: false, hdr: false, framesPerSecond: 24, bitRateKbps: 8_000, durationMs: 6_000_000 };
const request = { itemId: 'film', userId: 'ana', positionMs: 90_500 };

function setUp() {
  const server = new InMemoryMediaServer();
  server.sources.set('film', FILM);
  const clock = new ManualClock();
  const credential = { origin: 'http://m', token: Secret.of('hush-key'), kind: 'jellyfin' as const, tls: { verify: true }, rev: 1 };
  return { server, clock, preparation: new PlaybackPreparation({ provider: { current: () => server }, settings: { credential }, clock }) };
}

describe('PlaybackPreparation', () => {
  it('confirms with the file and the page', async () => {
    await expect(setUp().preparation.prepare(request)).resolves.toEqual({ source: FILM, address: 'web/film?t=90' });
  });

  it('fails as the server fails', async () => {
    const { server, preparation } = setUp();
    await expect(preparation.prepare({ ...request, itemId: 'gone' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    server.setFault(new AppError('SERVER_UNREACHABLE', 'down', { reason: 'refused' }));
    await expect(preparation.prepare(request)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it('gives up in time for the next candidate', async () => {
    const { server, clock, preparation } = setUp();
    Object.assign(server.playback, { check: () => new Promise(() => undefined) });
    const outcome = preparation.prepare(request).catch((error: unknown) => error);
    await clock.advance(1_800);
    expect(await outcome).toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
  });

  it('hands out no address that holds the key of the server', async () => {
    const { server, preparation } = setUp();
    for (const address of ['web/?api_key=hush-key', `web/?k=${encodeURIComponent('hush-key').replace('h', '%68')}`]) {
      Object.assign(server.playback, { address: async () => address });
      await expect(preparation.prepare(request)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    }
  });
});
