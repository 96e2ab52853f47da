import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { callServer, FrameListener } from './base/client.js';
import type { Simulator } from './base/simulator.js';
import { startPlex, type PlexOptions } from './plex.simulator.js';

let plex: Simulator | undefined;
afterEach(() => plex?.close());

async function start(options: PlexOptions = {}): Promise<Simulator> {
  plex = await startPlex(options);
  return plex;
}

const get = (server: Simulator, path: string, token = server.adminKey, method = 'GET') => callServer(`${server.url}${path}`, { method, headers: { accept: 'application/json', ...(token ? { 'x-plex-token': token } : {}) } });
interface Container {
  MediaContainer: { size?: number; totalSize?: number; Metadata?: Record<string, unknown>[]; Directory?: Record<string, unknown>[]; machineIdentifier?: string };
}

describe('a simulated Plex', () => {
  it('tells its identity to everybody and nothing else without a token, as HTML', async () => {
    const server = await start();
    expect((await get(server, '/identity', '')).json<Container>().MediaContainer.machineIdentifier).toMatch(/^[0-9a-f]{40}$/);
    const refused = await get(server, '/', 'wrong');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'text/html']);
    expect(refused.text).toContain('<h1>401 Unauthorized</h1>');
    expect((await get(server, '/status/sessions', server.viewerKey)).status).toBe(403);
    expect((await get(server, '/nothing')).status).toBe(404);
  });

  it('leaves Metadata out when nobody plays, and has everything when somebody does', async () => {
    const server = await start({ clock: new ManualClock() });
    expect((await get(server, '/status/sessions')).json<Container>().MediaContainer).toEqual({ size: 0 });
    server.control.startPlayback({ delivery: { kind: 'transcode', hardware: 'qsv', height: 480 } });
    const [row] = (await get(server, '/status/sessions')).json<Container>().MediaContainer.Metadata!;
    expect(row).toMatchObject({ sessionKey: '1', Player: { state: 'playing' }, Session: { location: 'lan' }, TranscodeSession: { videoDecision: 'transcode', height: 480, transcodeHwEncoding: 'qsv' } });
  });

  it('counts a section by a page of size 0', async () => {
    const server = await start();
    const [section] = (await get(server, '/library/sections')).json<Container>().MediaContainer.Directory!;
    const counted = await get(server, `/library/sections/${String(section!['key'])}/all?type=1&X-Plex-Container-Start=0&X-Plex-Container-Size=0`);
    const { size, totalSize, Metadata } = counted.json<Container>().MediaContainer;
    expect([size, Metadata]).toEqual([0, undefined]);
    expect(totalSize).toBeGreaterThan(0);
    expect(counted.headers.get('x-plex-container-total-size')).toBe(String(totalSize));
  });

  it('notifies without a subscription and without user or title', async () => {
    const server = await start();
    const listener = await FrameListener.open(`${server.url}/:/websockets/notifications`, { 'x-plex-token': server.adminKey });
    const playing = server.control.startPlayback();
    playing.stop();
    const states = () => listener.frames.flatMap((frame) => (frame as { NotificationContainer: { PlaySessionStateNotification?: { state: string; title?: string }[] } }).NotificationContainer.PlaySessionStateNotification ?? []).map((row) => row.state);
    await listener.socket.ping();
    await new Promise((resolve) => listener.socket.once('pong', resolve));
    expect(states()).toEqual(['playing', 'stopped']);
    await listener.close();
    await expect(FrameListener.open(`${server.url}/:/websockets/notifications`)).rejects.toThrow('401');
  });

  it('ends a stream with a reason for an owner with Plex Pass only', async () => {
    const server = await start();
    const playing = server.control.startPlayback();
    const path = `/status/sessions/terminate?sessionId=${playing.sessionId}&reason=maintenance`;
    expect((await get(server, path, server.adminKey, 'POST')).status).toBe(200);
    expect([playing.playing, playing.messages.at(-1)?.text]).toEqual([false, 'maintenance']);
    expect((await get(server, path, server.adminKey, 'POST')).status).toBe(404);
    await server.close();
    const free = await start({ plexPass: false });
    expect((await get(free, `/status/sessions/terminate?sessionId=${free.control.startPlayback().sessionId}`, free.adminKey, 'POST')).status).toBe(403);
  });

  it('takes a player of its own by its timeline', async () => {
    const server = await start();
    const item = server.control.state.catalogue.leaves()[0]!;
    const report = (state: string, time: number) => get(server, `/:/timeline?ratingKey=${item.number}&state=${state}&time=${time}`, server.viewerKey);
    await report('playing', 1_000);
    await report('paused', 65_000);
    expect((await get(server, '/status/sessions')).json<Container>().MediaContainer.Metadata).toMatchObject([{ viewOffset: 65_000, Player: { state: 'paused' } }]);
    await report('stopped', 65_000);
    expect((await get(server, '/status/sessions')).json<Container>().MediaContainer.size).toBe(0);
    expect((await get(server, '/:/timeline?ratingKey=999999')).status).toBe(400);
  });

  it('says that it starts with a page', async () => {
    const server = await start();
    await server.control.setFault({ kind: 'starting' });
    expect((await get(server, '/identity')).status).toBe(503);
  });
});
