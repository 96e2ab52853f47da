import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { eventually } from '../eventually.js';
import { startControlServer } from '../control-server.js';
import { callServer } from './base/client.js';
import { startFleet, type Fleet } from './fleet.js';

describe('the demo fleet', () => {
  let fleet: Fleet | undefined;
  afterEach(async () => {
    await fleet?.close();
    fleet = undefined;
  });

  const story = (made: Fleet) =>
    [...made.servers].map(([key, server]) => [
      key,
      [...server.control.state.engine.sessions.values()].map(({ user, device, playback }) => [user.name, device.name, playback?.item.title, playback?.state, playback?.positionMs, playback?.delivery.kind]),
    ]);

  it('has servers of unequal size, one of them primary, that answer to their tokens', async () => {
    fleet = await startFleet({ clock: new ManualClock() });
    expect(fleet.rows.map((row) => row.alias)).toEqual(['Attic', 'Basement', 'Studio', 'Cabin', 'Office', 'Harbor']);
    expect(fleet.rows.filter((row) => row.role === 'primary').map((row) => row.alias)).toEqual(['Attic']);
    const sizes = [...fleet.servers.values()].map((server) => server.control.state.catalogue.count('movie'));
    expect(new Set(sizes).size).toBeGreaterThan(2);
    const attic = fleet.rows[0]!;
    const rows = (await callServer(`${attic.url}/Sessions?ApiKey=${attic.token}`)).json<{ NowPlayingItem?: object }[]>();
    expect(rows.filter((row) => row.NowPlayingItem !== undefined).length).toBeGreaterThan(3);
  });

  it('tells the same story for the same seed, and it moves', async () => {
    const clock = new ManualClock();
    fleet = await startFleet({ clock });
    const beginning = story(fleet);
    await clock.advance(300_000);
    const later = story(fleet);
    expect(later).not.toEqual(beginning);
    const column = (index: number) => later.flatMap(([, sessions]) => (sessions as unknown[][]).map((session) => session[index]));
    expect(column(5)).toEqual(expect.arrayContaining(['direct-play', 'direct-stream', 'transcode']));
    expect(column(3)).toEqual(expect.arrayContaining(['playing', 'paused']));
    await fleet.close();
    const again = new ManualClock();
    fleet = await startFleet({ clock: again });
    await again.advance(300_000);
    expect(story(fleet)).toEqual(later);
  });

  it('prepares downloads that get on, one after the other', async () => {
    const clock = new ManualClock();
    fleet = await startFleet({ clock });
    const { downloads } = fleet.servers.get('demo-basement')!.control.state;
    expect(downloads).toEqual([expect.objectContaining({ id: 1, status: 'queued', progress: 0 })]);
    await clock.advance(60_000);
    expect(downloads).toEqual([expect.objectContaining({ id: 1, status: 'converting' })]);
    await clock.advance(600_000);
    expect(downloads).toHaveLength(1);
    expect(downloads[0]!.id).toBeGreaterThan(1);
  });

  it('has one server that goes away and comes back', async () => {
    const clock = new ManualClock();
    fleet = await startFleet({ clock });
    const harbor = fleet.servers.get('demo-harbor')!;
    const answers = () => callServer(`${harbor.url}/identity`).then(({ status }) => status, () => 0);
    const seen = new Set<number>();
    for (let i = 0; i < 60; i++) {
      await clock.advance(4_000);
      await eventually(async () => seen.add(await answers()));
    }
    expect(seen).toEqual(new Set([200, 0, 503]));
  });

  it('starts again at the same ports, and elsewhere when one is taken', async () => {
    fleet = await startFleet({ clock: new ManualClock() });
    const second = await startFleet({ clock: new ManualClock(), ports: fleet.ports });
    expect(second.ports).not.toEqual(fleet.ports);
    expect(second.rows.map(({ token }) => token)).toEqual(fleet.rows.map(({ token }) => token));
    await second.close();
    const { ports } = fleet;
    await fleet.close();
    fleet = await startFleet({ clock: new ManualClock(), ports });
    expect(fleet.ports).toEqual(ports);
  });

  it('has people who watched before, and the same ones after each start', async () => {
    fleet = await startFleet({ clock: new ManualClock() });
    const watched = () => fleet!.rows.map(({ externalKey }) => fleet!.servers.get(externalKey)!.control.statesOf('Greta').map(([item, state]) => [item.title, state]));
    const first = watched();
    for (const states of first) expect(states.length).toBeGreaterThan(0);
    await fleet.close();
    fleet = await startFleet({ clock: new ManualClock() });
    expect(watched()).toEqual(first);
  });

  it('has one plex.tv for all its Plex servers', async () => {
    fleet = await startFleet({ clock: new ManualClock() });
    for (const row of fleet.rows.filter(({ kind }) => kind === 'plex')) {
      const headers = { 'x-plex-token': row.token, 'x-plex-client-identifier': 'bench', accept: 'application/json' };
      const { machineIdentifier } = (await callServer(`${row.url}/identity`, { headers })).json<{ MediaContainer: { machineIdentifier: string } }>().MediaContainer;
      const shared = await callServer(`${fleet.plexTvUrl}/api/servers/${machineIdentifier}/shared_servers`, { headers });
      expect([shared.status, shared.text]).toEqual([200, expect.stringContaining('username="Otis"')]);
    }
    expect((await callServer(`${fleet.plexTvUrl}/api/v2/home/users`, { headers: { 'x-plex-token': 'nobody', 'x-plex-client-identifier': 'bench' } })).status).toBe(401);
  });

  it('grows as far as it is asked', async () => {
    fleet = await startFleet({ clock: new ManualClock(), servers: 12 });
    expect(fleet.rows).toHaveLength(12);
    expect(new Set(fleet.rows.slice(6).map((row) => row.kind))).toEqual(new Set(['jellyfin', 'emby', 'plex']));
  });

  it('is controlled from another process over HTTP', async () => {
    fleet = await startFleet({ clock: new ManualClock() });
    const control = await startControlServer(fleet);
    const order = (body: object) => callServer(control.url, { method: 'POST', body });
    const { playback } = (await order({ do: 'start', server: 'demo-attic', user: 'Greta', item: 'Metropolis', deviceId: 'test' })).json<{ playback: string }>();
    expect((await order({ do: 'pause', playback })).status).toBe(200);
    const session = [...fleet.servers.get('demo-attic')!.control.state.engine.sessions.values()].find((entry) => entry.device.id === 'test');
    expect(session?.playback?.state).toBe('paused');
    expect((await order({ do: 'setFault', server: 'demo-attic', fault: { kind: 'refuse' } })).status).toBe(200);
    await expect(callServer(fleet.rows[0]!.url)).rejects.toThrow();
    expect((await order({ do: 'clearFault', server: 'demo-attic' })).status).toBe(200);
    expect((await order({ do: 'requests', server: 'demo-attic' })).json<{ requests: unknown[] }>().requests).toEqual([]);
    const key = (await order({ do: 'rotateKey', server: 'demo-attic' })).json<{ token: string }>();
    expect(key.token).not.toBe(fleet.rows[0]!.token);
    expect((await order({ do: 'setState', server: 'demo-cabin', user: 'Greta', item: 'Nosferatu', state: { played: true, playCount: 9 } })).status).toBe(200);
    const { states } = (await order({ do: 'states', server: 'demo-cabin', user: 'Greta' })).json<{ states: object[] }>();
    expect(states).toContainEqual(expect.objectContaining({ title: 'Nosferatu', playCount: 9 }));
    expect((await order({ do: 'setPolicy', server: 'demo-cabin', user: 'Greta', policy: { MaxActiveSessions: 2 } })).status).toBe(200);
    const { users } = (await order({ do: 'users', server: 'demo-cabin' })).json<{ users: object[] }>();
    expect(users).toContainEqual(expect.objectContaining({ name: 'Greta', policy: { MaxActiveSessions: 2 } }));
    expect((await order({ do: 'setPace', server: 'demo-cabin', pace: { latencyMs: 0 } })).status).toBe(200);
    for (const wrong of [{ do: 'explode' }, { do: 'pause', playback: 'none' }, { do: 'requests', server: 'none' }, { do: 'seek', playback }]) expect((await order(wrong)).status).toBe(400);
    await control.close();
  });
});
