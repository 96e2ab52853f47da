import { afterEach, describe, expect, it } from '@jest/globals';
import type { VendorStatus } from '@usher/contracts';
import { systemClock } from '@usher/resilience';
import { eventually, startEmby, startJellyfin, type Simulator } from '@usher/testing';
import { EgressGuard, createMediaServer, testConnection, type LiveStatus, type SessionSnapshot, type VendorCall } from '../index.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A watched adapter on a simulator, with all that it reports. */
async function watch(simulator: Simulator, token = simulator.adminKey) {
  const statuses: VendorStatus[] = [];
  const calls: VendorCall[] = [];
  const lives: LiveStatus[] = [];
  const snapshots: SessionSnapshot[] = [];
  const server = createMediaServer({
    kind: simulator.kind,
    origin: simulator.url,
    token: () => token,
    tls: { verify: true },
    clock: systemClock,
    clientName: 'Usher',
    clientVersion: '0.1.0',
    deviceId: 'usher-outage-test',
    plexTvUrl: simulator.url,
    egress: new EgressGuard({ profile: 'home' }),
    onStatus: (status) => statuses.push(status),
    onCall: (call) => calls.push(call),
  });
  const stop = new AbortController();
  const done = (async () => {
    for await (const snapshot of server.sessions.watch(stop.signal, { onLive: (live) => lives.push(live) })) snapshots.push(snapshot);
  })();
  closing.push(
    () => simulator.close(),
    async () => {
      stop.abort();
      await done;
      await server.close();
    },
  );
  await eventually(() => expect(snapshots.length + statuses.length).toBeGreaterThan(0));
  return { server, statuses, calls, lives, snapshots, sessionCalls: () => calls.filter((call) => call.kind === 'session').length };
}

describe('a Jellyfin that is watched', () => {
  it('is listed once after its socket opened, and pushes then', async () => {
    const simulator = await startJellyfin();
    const bench = await watch(simulator);
    await eventually(() => expect(bench.lives.at(-1)?.mode).toBe('push'));
    simulator.control.startPlayback();
    await eventually(() => expect(bench.snapshots.at(-1)).toMatchObject({ source: 'push', sessions: expect.arrayContaining([expect.objectContaining({ stream: expect.objectContaining({ state: 'playing' }) })]) }));
    expect(bench.sessionCalls()).toBe(1);
    expect(simulator.requests.filter((request) => request.path.startsWith('/socket'))).toHaveLength(1);
  });

  it('is listed again after every new socket', async () => {
    const simulator = await startJellyfin();
    const bench = await watch(simulator);
    await eventually(() => expect(bench.lives.at(-1)?.mode).toBe('push'));
    await simulator.control.setFault({ kind: 'drop-sockets' });
    await eventually(() => expect(bench.sessionCalls()).toBe(2));
    await eventually(() => expect(bench.lives.at(-1)?.mode).toBe('push'));
  });

  it('is followed by polls while its sockets do not open', async () => {
    const simulator = await startJellyfin();
    await simulator.control.setFault({ kind: 'refuse-sockets' });
    const bench = await watch(simulator);
    await eventually(() => expect(bench.snapshots.length).toBeGreaterThan(0));
    expect(bench.lives.at(-1)?.mode).toBe('poll');
  });

  it('that is starting is no failure, and is read at once when it is up', async () => {
    const simulator = await startJellyfin();
    const bench = await watch(simulator);
    await eventually(() => expect(bench.lives.at(-1)?.mode).toBe('push'));
    for (const phase of ['setup', 'camel-case', 'loading'] as const) {
      await simulator.control.clearFault();
      await simulator.control.setFault({ kind: 'starting', phase });
      await simulator.control.setFault({ kind: 'drop-sockets' });
      await eventually(() => expect(bench.statuses.at(-1)).toMatchObject({ status: 'starting', reason: 'starting' }));
    }
    const before = bench.snapshots.length;
    await simulator.control.clearFault();
    await eventually(() => expect(bench.snapshots.length).toBeGreaterThan(before));
    expect(bench.statuses.at(-1)?.status).toBe('online');
    expect(bench.statuses.filter((status) => status.status === 'unreachable')).toHaveLength(0);
  });

  it('whose key is taken away says so', async () => {
    const simulator = await startJellyfin();
    const bench = await watch(simulator);
    await eventually(() => expect(bench.lives.at(-1)?.mode).toBe('push'));
    simulator.control.rotateKey();
    await simulator.control.setFault({ kind: 'drop-sockets' });
    await eventually(() => expect(bench.statuses.at(-1)).toMatchObject({ status: 'rejected-key', code: 'SERVER_REJECTED_KEY' }));
  });

  it.each([
    ['a page of a proxy', { kind: 'html' }, 'VENDOR_ANSWER_INVALID'],
    ['an answer that breaks off', { kind: 'cut' }, 'SERVER_UNREACHABLE'],
    ['a pause', { kind: 'rate-limit', retryAfterS: 2 }, 'SERVER_RATE_LIMITED'],
    ['a failure inside it', { kind: 'status', status: 500 }, 'VENDOR_ANSWER_INVALID'],
  ] as const)('that answers %s fails with its own code', async (_name, fault, code) => {
    const simulator = await startJellyfin();
    const bench = await watch(simulator);
    await eventually(() => expect(bench.snapshots.length).toBeGreaterThan(0));
    await simulator.control.setFault(fault);
    await expect(bench.server.sessions.list()).rejects.toMatchObject({ code });
  });
});

describe('an Emby that is watched', () => {
  it('refuses a wrong key although its socket opens', async () => {
    const simulator = await startEmby();
    const bench = await watch(simulator, 'wrong');
    await eventually(() => expect(bench.statuses.at(-1)).toMatchObject({ status: 'rejected-key' }));
    expect(bench.snapshots).toHaveLength(0);
  });

  it('is polled beside its socket', async () => {
    const simulator = await startEmby();
    const bench = await watch(simulator);
    await eventually(() => expect(bench.snapshots.length).toBeGreaterThan(0));
    expect(simulator.requests.some((request) => /socket/i.test(request.path))).toBe(true);
  });
});

describe('testConnection', () => {
  const test = (simulator: Simulator, token: string) =>
    testConnection({
      url: simulator.url,
      token: () => token,
      vendor: null,
      tls: { verify: true },
      egress: new EgressGuard({ profile: 'home' }),
      clock: systemClock,
      clientName: 'Usher',
      clientVersion: '0.1.0',
      deviceId: 'usher-connection-test',
      plexTvUrl: simulator.url,
    });

  it.each([
    ['jellyfin', startJellyfin],
    ['emby', startEmby],
  ] as const)('tells an administrator of %s from a viewer and from nobody', async (kind, start) => {
    const simulator = await start();
    closing.push(() => simulator.close());
    await expect(test(simulator, simulator.adminKey)).resolves.toMatchObject({ ok: true, profile: { kind } });
    await expect(test(simulator, simulator.viewerKey)).resolves.toMatchObject({ ok: false, code: 'SERVER_REJECTED_KEY', reason: 'not-administrator' });
    await expect(test(simulator, 'nobody')).resolves.toMatchObject({ ok: false, code: 'SERVER_REJECTED_KEY', reason: 'unknown-key' });
  });
});
