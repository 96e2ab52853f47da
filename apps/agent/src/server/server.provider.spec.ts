import { describe, expect, it } from '@jest/globals';
import { AppError, type AgentConfig } from '@usher/contracts';
import { EgressGuard, InMemoryMediaServer, type MediaServerOptions } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { Secret } from '@usher/security';
import { recordingLogger } from '../../test/support.js';
import type { Credential } from './agent-settings.js';
import { ServerProvider } from './server.provider.js';
import { ServerStatus } from './server-status.js';

const config: AgentConfig = { rev: 1, readOnly: false, poll: { sessionsS: 7, librariesS: 21_600, serverS: 300 }, ignoredDevices: [] };
const credential: Credential = { origin: 'http://127.0.0.1:8096', token: Secret.of('the-key'), kind: 'jellyfin', tls: { verify: true }, rev: 1 };

function setUp(given: { credential?: Credential | null; fail?: Error } = {}) {
  const clock = new ManualClock();
  const status = new ServerStatus(clock);
  const made: { options: MediaServerOptions; server: InMemoryMediaServer }[] = [];
  const settings: { config: AgentConfig; credential: Credential | null } = { config, credential: given.credential === undefined ? credential : given.credential };
  const provider = new ServerProvider({
    serverId: 'server-1',
    settings,
    status,
    create: (options) => {
      if (given.fail) throw given.fail;
      const server = new InMemoryMediaServer(options.kind);
      made.push({ options, server });
      return server;
    },
    egress: new EgressGuard({ profile: 'home' }),
    plexTvUrl: 'https://plex.tv',
    clientVersion: '1',
    clock,
    logger: recordingLogger().logger,
  });
  return { provider, settings, status, made };
}

describe('ServerProvider', () => {
  it('gives the adapter the credential, revealed only when it asks', async () => {
    const { provider, made } = setUp();
    await provider.rebuild();
    expect(provider.current()).toBe(made[0]!.server);
    const { options } = made[0]!;
    expect(JSON.stringify(options)).not.toContain('the-key');
    expect(options.token()).toBe('the-key');
    expect(options).toMatchObject({ origin: credential.origin, deviceId: 'server-1', clientName: 'Usher' });
  });

  it('asks plex.tv where the server is told to, else where the agent is', async () => {
    const { provider, settings, made } = setUp();
    await provider.rebuild();
    settings.config = { ...config, plexTvUrl: 'http://127.0.0.1:32400' };
    await provider.rebuild();
    expect(made.map(({ options }) => options.plexTvUrl)).toEqual(['https://plex.tv', 'http://127.0.0.1:32400']);
  });

  it('lets new poll intervals through without a new adapter', async () => {
    const { provider, settings, made } = setUp();
    await provider.rebuild();
    settings.config = { ...config, poll: { ...config.poll, sessionsS: 30 } };
    expect(made[0]!.options.sessionsPollS!()).toBe(30);
    expect(made).toHaveLength(1);
  });

  it('closes the adapter before it makes the next, and forgets the status', async () => {
    const { provider, status, made } = setUp();
    await provider.rebuild();
    made[0]!.options.onStatus!({ status: 'online', reason: null, code: null, since: '2026-01-01T00:00:00.000Z', latencyMs: 1 });
    expect(status.vendor.status).toBe('online');
    await provider.rebuild();
    expect(status.vendor.status).toBe('unknown');
    await expect(made[0]!.server.probe()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(provider.current()).toBe(made[1]!.server);
  });

  it('says why there is none', async () => {
    const without = setUp({ credential: null });
    await without.provider.rebuild();
    expect(() => without.provider.current()).toThrow(expect.objectContaining({ code: 'SERVER_UNREACHABLE' }));
    const blocked = setUp({ fail: new AppError('EGRESS_BLOCKED', 'not allowed', { reason: 'address' }) });
    await blocked.provider.rebuild();
    expect(() => blocked.provider.current()).toThrow(expect.objectContaining({ code: 'EGRESS_BLOCKED' }));
    expect(blocked.status.vendor).toMatchObject({ status: 'unreachable', code: 'EGRESS_BLOCKED' });
    expect(blocked.provider.currentOrNull).toBeNull();
  });
});
