import { describe, expect, it } from '@jest/globals';
import { AppError, type ServerProfile } from '@usher/contracts';
import { InMemoryMediaServer } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { recordingLogger } from '../../test/support.js';
import type { NewFact } from '../spool/facts.js';
import { ServerProbe } from './server-probe.js';

function setUp() {
  const clock = new ManualClock();
  const { logger, lines } = recordingLogger();
  const server = new InMemoryMediaServer();
  const told: string[] = [];
  const slot: { server: InMemoryMediaServer | null } = { server };
  const provider = {
    get currentOrNull() {
      return slot.server;
    },
    current: () => {
      if (!slot.server) throw new AppError('SERVER_UNREACHABLE', 'no credential');
      return slot.server;
    },
  };
  const spool = {
    append: (facts: readonly NewFact[]) => {
      told.push(...facts.map(({ body }) => (body as { profile: ServerProfile }).profile.version));
      return { first: 1, durable: Promise.resolve() };
    },
  };
  const settings = { config: { rev: 1, readOnly: false, poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 }, ignoredDevices: [] } };
  return { clock, lines, server, slot, told, probe: new ServerProbe({ provider, settings, spool, clock, logger }) };
}

describe('ServerProbe', () => {
  it('tells the profile at start and again only when it changed', async () => {
    const { clock, server, told, probe } = setUp();
    probe.start();
    await clock.advance(900_000);
    expect(told).toEqual(['1.0.0']);
    server.profile = { ...server.profile, version: '1.0.1' };
    await clock.advance(300_000);
    expect(told).toEqual(['1.0.0', '1.0.1']);
    await probe.stop();
  });

  it('leaves out one turn of several when the server told something else meanwhile', async () => {
    const { clock, server, told, probe } = setUp();
    probe.start();
    await clock.advance(100_000);
    for (let turn = 0; turn < 3; turn++) probe.spare();
    server.profile = { ...server.profile, version: '1.0.1' };
    await clock.advance(400_000);
    expect(told).toEqual(['1.0.0']);
    probe.spare();
    await clock.advance(100_000);
    expect(told).toEqual(['1.0.0', '1.0.1']);
    server.profile = { ...server.profile, version: '1.0.2' };
    await clock.advance(300_000);
    expect(told).toEqual(['1.0.0', '1.0.1', '1.0.2']);
    await probe.stop();
  });

  it('tries a server that does not answer more and more rarely, and says it once', async () => {
    const { clock, lines, server, told, probe } = setUp();
    server.setFault(new AppError('SERVER_UNREACHABLE', 'down', { reason: 'refused' }));
    probe.start();
    await clock.advance(60_000);
    expect(told).toEqual([]);
    expect(lines.filter(({ event }) => event === 'server.probe_failed')).toHaveLength(1);
    server.setFault(null);
    await clock.advance(80_000);
    expect(told).toEqual(['1.0.0']);
    await probe.stop();
  });

  it('looks at once when it is woken', async () => {
    const { clock, server, told, probe } = setUp();
    probe.start();
    await clock.advance(1_000);
    server.profile = { ...server.profile, version: '2' };
    probe.wake();
    await clock.advance(0);
    expect(told).toEqual(['1.0.0', '2']);
    await probe.stop();
  });

  it('tells on demand also what has not changed, and fails with the reason', async () => {
    const { server, slot, told, probe } = setUp();
    await probe.probeNow();
    await probe.probeNow();
    expect(told).toEqual(['1.0.0', '1.0.0']);
    server.setFault(new AppError('SERVER_REJECTED_KEY', 'refused', { reason: 'unknown-key' }));
    await expect(probe.probeNow()).rejects.toMatchObject({ code: 'SERVER_REJECTED_KEY' });
    slot.server = null;
    await expect(probe.probeNow()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it('does not wait for ever', async () => {
    const { clock, server, probe } = setUp();
    server.probe = () => new Promise(() => undefined);
    const probing = probe.probeNow().catch((error: unknown) => error);
    await clock.advance(18_000);
    expect(await probing).toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
  });

  it('rests while there is no credential and stops', async () => {
    const { clock, slot, told, probe } = setUp();
    slot.server = null;
    probe.start();
    await clock.advance(600_000);
    expect(told).toEqual([]);
    await probe.stop();
  });
});
