import { describe, expect, it } from '@jest/globals';
import { DETAIL, IDLE, PlayedRouter } from '../../test/support.js';

describe('FleetView', () => {
  it('keeps the newest report of an agent, and a new agent starts anew', async () => {
    const { view, servers } = await PlayedRouter.of(1);
    const { serverId, agentId } = servers[0]!;
    const from = { serverId, agentId: agentId! };
    expect(view.receiveLoad(from, { seq: 100, load: IDLE, detail: DETAIL })).toBe(true);
    expect(view.receiveLoad(from, { seq: 99, load: { ...IDLE, streams: 9 } })).toBe(false);
    expect(view.report(serverId)).toMatchObject({ seq: 100, load: { streams: 0 } });
    expect(view.receiveLoad({ serverId, agentId: 'another' }, { seq: 1, load: IDLE })).toBe(true);
    expect(view.report(serverId)).toMatchObject({ seq: 1, detail: null });
  });

  it('is blind 15 s after the last word, and back slowly', async () => {
    const { clock, view, servers } = await PlayedRouter.of(1);
    const { serverId } = servers[0]!;
    expect(view.standing(serverId).standing).toBe('ready');
    await clock.advance(15_000);
    expect(view.standing(serverId).standing).toBe('blind');
    expect(view.isOnline(serverId)).toBe(false);
    view.heard({ serverId, agentId: servers[0]!.agentId! });
    expect(view.standing(serverId)).toEqual({ standing: 'slow-start', readyForMs: 0 });
    await clock.advance(10_000);
    expect(view.standing(serverId).readyForMs).toBe(10_000);
  });

  it('distrusts for 15 s, and one that comes and goes for ten minutes', async () => {
    const router = await PlayedRouter.of(1);
    const { view, clock } = router;
    const { serverId } = router.servers[0]!;
    view.suspect(serverId);
    expect(view.standing(serverId).standing).toBe('suspect');
    await clock.advance(14_000);
    router.report(serverId);
    await clock.advance(1_000);
    expect(view.standing(serverId).standing).toBe('ready');
    for (let turn = 0; turn < 3; turn++) {
      router.status(serverId, 'unreachable');
      expect(view.standing(serverId).standing).toBe('down');
      router.status(serverId, 'online');
      view.standing(serverId);
    }
    expect(view.standing(serverId).standing).toBe('suspect');
    await clock.advance(600_000);
    router.report(serverId);
    expect(view.standing(serverId).standing).toBe('ready');
  });

  it('knows nothing of a server that is not registered, or whose agent was replaced', async () => {
    const { view, servers } = await PlayedRouter.of(1);
    expect(view.standing('gone')).toEqual({ standing: 'offline', readyForMs: 0 });
    view.heard({ serverId: servers[0]!.serverId, agentId: 'former' });
    expect(view.standing(servers[0]!.serverId).standing).toBe('offline');
    view.forget(servers[0]!.serverId);
    expect(view.report(servers[0]!.serverId)).toBeNull();
    expect(view.isOnline(servers[0]!.serverId)).toBe(true);
  });
});
