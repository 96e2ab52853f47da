import { describe, expect, it } from '@jest/globals';
import type { VendorSession } from '@usher/contracts';
import { InMemoryMediaServer, STARTING_CAPABILITIES } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { vendorSession } from '../../test/support.js';
import { SessionControl } from './session-control.service.js';

function setUp(options: { session?: VendorSession | null; capabilities?: ConstructorParameters<typeof InMemoryMediaServer>[1] } = {}) {
  const clock = new ManualClock();
  const server = new InMemoryMediaServer('emby', options.capabilities ?? STARTING_CAPABILITIES.emby);
  const session = options.session === undefined ? vendorSession() : options.session;
  server.setSessions(session ? [session] : [vendorSession()]);
  const known = session ? [session] : [];
  const watcher = { find: (id: string) => (session === null ? null : known.find(({ vendorId }) => vendorId === id)) };
  return { clock, server, control: new SessionControl({ current: () => server, noteWatched: () => undefined }, watcher, clock) };
}

describe('SessionControl', () => {
  it('hands stop, control and message to the adapter', async () => {
    const { server, control } = setUp();
    await control.message('session-1', 'hi');
    await control.control('session-1', { type: 'seek', positionMs: 5 });
    await control.control('session-1', { type: 'resume' });
    await control.stop('session-1', null);
    expect(server.sent.map(({ type }) => type)).toEqual(['message', 'control', 'control', 'stop']);
  });

  it('refuses what the server does not declare', async () => {
    const { server, control } = setUp({ capabilities: [] });
    for (const call of [control.stop('session-1', null), control.message('session-1', 'x'), control.control('session-1', { type: 'pause' })]) {
      await expect(call).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
    }
    expect(server.sent).toEqual([]);
  });

  it.each(['stop', 'pause', 'seek', 'message'] as const)('refuses %s where the client cannot', async (name) => {
    const { server, control } = setUp({ session: vendorSession({ controls: { stop: true, pause: true, seek: true, message: true, limitBitRate: false, play: false, [name]: false } }) });
    const calls = {
      stop: () => control.stop('session-1', null),
      pause: () => control.control('session-1', { type: 'pause' }),
      seek: () => control.control('session-1', { type: 'seek', positionMs: 1 }),
      message: () => control.message('session-1', 'x'),
    };
    await expect(calls[name]()).rejects.toMatchObject({ code: 'CAPABILITY_MISSING', details: { reason: 'client' } });
    expect(server.sent).toEqual([]);
  });

  it('does not know a session that is not in the newest list', async () => {
    const { control } = setUp();
    await expect(control.stop('nobody', null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lets the server decide while there is no list yet', async () => {
    const { server, control } = setUp({ session: null });
    await control.stop('session-1', null);
    expect(server.sent).toHaveLength(1);
  });

  it('gives up on a server that hangs, before the command does', async () => {
    const { clock, server, control } = setUp();
    Object.assign(server.sessions, { stop: () => new Promise(() => undefined) });
    const stopping = control.stop('session-1', null).catch((error: unknown) => error);
    await clock.advance(9_500);
    expect(await stopping).toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'timeout' } });
  });
});
