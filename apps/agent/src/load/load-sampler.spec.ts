import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AppError, type ServerLoad, type Session, type VendorStatus } from '@usher/contracts';
import { InMemoryMediaServer } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { makeSession, makeStream, makeTranscodedStream } from '@usher/testing';
import { recordingLogger, tempFolder, vendorSession } from '../../test/support.js';
import { Sequence } from '../server/sequence.js';
import { LoadSampler } from './load-sampler.js';

async function setUp() {
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  const server = new InMemoryMediaServer();
  server.setSessions([vendorSession()]);
  const sent: ServerLoad[] = [];
  const link = { connected: true, publishState: (_contract: unknown, body: unknown) => void sent.push((body as { load: ServerLoad }).load) };
  const vendor: VendorStatus = { status: 'online', reason: null, code: null, since: '2026-01-01T00:00:00.000Z', latencyMs: 1 };
  const status = { vendor };
  const sequence = await Sequence.open(path.join(await tempFolder(), 'seq.json'), clock);
  await sequence.next();
  const provider = { currentOrNull: server };
  const seen: { sessions: readonly Session[] } = { sessions: [] };
  return { clock, lines, server, sent, link, status, seen, sampler: new LoadSampler({ provider, status, sessions: () => seen.sessions, link, sequence, clock, logger }) };
}

describe('LoadSampler', () => {
  it('tells the load every 5 s', async () => {
    const { clock, server, seen, sent, sampler } = await setUp();
    const load = await server.load();
    server.load = async () => ({ ...load, cpuPercent: 30 });
    seen.sessions = [makeSession({ stream: makeStream({ state: 'playing', delivery: 'direct-play', bitRateKbps: 8_000 }) })];
    sampler.start();
    await clock.advance(10_000);
    expect(sent).toHaveLength(3);
    expect(sent[0]).toMatchObject({ streams: 1, transcodes: 0, egressKbps: 8_000, cpuPercent: 30 });
    await sampler.stop();
  });

  it('tells a conversion that begins or ends at once, at most once a second', async () => {
    const { clock, sent, seen, sampler } = await setUp();
    sampler.start();
    await clock.advance(2_000);
    expect(sent).toHaveLength(1);
    seen.sessions = [makeSession({ stream: makeTranscodedStream() })];
    sampler.sessionsChanged();
    await clock.advance(0);
    expect(sent).toHaveLength(2);
    seen.sessions = [];
    sampler.sessionsChanged();
    await clock.advance(999);
    expect(sent).toHaveLength(2);
    await clock.advance(1);
    expect(sent).toHaveLength(3);
    seen.sessions = [makeSession({ stream: makeStream() })];
    sampler.sessionsChanged();
    await clock.advance(3_999);
    expect(sent).toHaveLength(3);
    await sampler.stop();
  });

  it('counts no device that is ignored, although the server does', async () => {
    const { clock, server, sent, sampler } = await setUp();
    expect((await server.load()).streams).toBe(1);
    sampler.start();
    await clock.advance(0);
    expect(sent[0]).toMatchObject({ streams: 0, egressKbps: 0 });
    await sampler.stop();
  });

  it('is silent while the link is down or the server does not answer', async () => {
    const { clock, sent, link, status, sampler } = await setUp();
    link.connected = false;
    sampler.start();
    await clock.advance(10_000);
    link.connected = true;
    status.vendor = { ...status.vendor, status: 'unreachable' };
    await clock.advance(10_000);
    expect(sent).toEqual([]);
    await sampler.stop();
  });

  it('says once that the load is not known and goes on', async () => {
    const { clock, lines, server, sent, sampler } = await setUp();
    server.setFault(new AppError('SERVER_UNREACHABLE', 'down', { reason: 'refused' }));
    sampler.start();
    await clock.advance(20_000);
    expect(lines.filter(({ event }) => event === 'load.sample_failed')).toHaveLength(1);
    server.setFault(null);
    await clock.advance(5_000);
    expect(sent).toHaveLength(1);
    await sampler.stop();
  });
});
