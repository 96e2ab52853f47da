import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { ManualClock } from '@usher/resilience';
import { eventually } from '../../eventually.js';
import { startEmby } from '../emby.simulator.js';
import { callServer, FrameListener } from './client.js';
import type { Simulator } from './simulator.js';

describe('faults of a simulated server', () => {
  let server: Simulator;
  const ping = () => callServer(`${server.url}/System/Ping`);

  beforeEach(async () => {
    server = await startEmby({ clock: new ManualClock() });
  });

  afterEach(() => server.close());

  it('refuses connections and listens again at the same port', async () => {
    const { url } = server;
    await server.control.setFault({ kind: 'refuse' });
    await expect(ping()).rejects.toThrow();
    await server.control.clearFault();
    expect([(await ping()).status, server.url]).toEqual([200, url]);
  });

  it('accepts and never answers', async () => {
    await server.control.setFault({ kind: 'hang' });
    const abort = new AbortController();
    const call = fetch(`${server.url}/System/Ping`, { signal: abort.signal });
    await eventually(() => server.requests.length === 1);
    abort.abort();
    await expect(call).rejects.toThrow();
    expect(server.requests[0]).toMatchObject({ path: '/System/Ping', status: null });
  });

  it('answers with a status, a proxy page or a pause, for one path or some times', async () => {
    await server.control.setFault({ kind: 'status', status: 502, body: 'Bad gateway' }, { times: 1 });
    expect([(await ping()).text, (await ping()).text]).toEqual(['Bad gateway', 'Emby Server']);
    await server.control.setFault({ kind: 'html' }, { path: /ping/i });
    expect((await ping()).headers.get('content-type')).toContain('text/html');
    expect((await callServer(`${server.url}/System/Info/Public`)).json()).toHaveProperty('ServerName');
    await server.control.setFault({ kind: 'rate-limit', retryAfterS: 7 });
    const limited = await ping();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    await server.control.setFault({ kind: 'starting' });
    expect((await ping()).status).toBe(503);
  });

  it('breaks an answer off', async () => {
    await server.control.setFault({ kind: 'cut' });
    await expect(ping()).rejects.toThrow();
  });

  it('drops sockets, refuses them, or makes them silent', async () => {
    const socketUrl = `${server.url}/embywebsocket?api_key=${server.adminKey}`;
    const first = await FrameListener.open(socketUrl);
    await server.control.setFault({ kind: 'drop-sockets' });
    await eventually(() => first.closeCode !== null);
    const second = await FrameListener.open(socketUrl);
    await server.control.setFault({ kind: 'silent-sockets' });
    second.send({ MessageType: 'ActivityLogEntryStart', Data: '0,1' });
    let pongs = 0;
    second.socket.on('pong', () => (pongs += 1));
    second.socket.ping();
    server.control.startPlayback();
    expect((await ping()).status).toBe(200);
    expect([second.frames, pongs]).toEqual([[], 0]);
    await server.control.clearFault();
    second.socket.ping();
    await once(second.socket, 'pong');
    await server.control.setFault({ kind: 'refuse-sockets' });
    await expect(FrameListener.open(socketUrl)).rejects.toThrow('400');
    expect((await ping()).status).toBe(200);
    second.socket.terminate();
  });

  it('keeps a log of every request with what was tried', async () => {
    await callServer(`${server.url}/emby/Sessions?DeviceId=x`, { headers: { 'x-emby-token': 'wrong' } });
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/emby/Sessions', query: { deviceid: 'x' }, status: 401, socket: false }]);
    expect(server.requests[0]!.headers['x-emby-token']).toBe('wrong');
  });

  it('lives below a path when it is told to', async () => {
    const below = await startEmby({ clock: new ManualClock(), basePath: '/media' });
    expect(below.url).toMatch(/\/media$/);
    expect((await callServer(`${below.url}/System/Ping`)).status).toBe(200);
    expect((await callServer(`${new URL(below.url).origin}/System/Ping`)).status).toBe(404);
    await below.kill();
    await expect(callServer(`${below.url}/System/Ping`)).rejects.toThrow();
  });
});

describe('a simulated viewer', () => {
  it('reports every ten seconds, ends with the film, and is another installation after a reinstall', async () => {
    const clock = new ManualClock();
    const server = await startEmby({ clock });
    const film = server.control.addItem('Movies', { title: 'Short', durationMs: 15_000 });
    const changes: string[] = [];
    server.control.state.engine.onChange((change) => changes.push(change));
    const play = server.control.startPlayback({ item: film });
    await clock.advance(20_000);
    expect([changes, play.playing]).toEqual([['opened', 'started', 'progress', 'stopped'], false]);
    const before = server.control.state.serverId;
    server.control.reinstall();
    expect(server.control.state.serverId).not.toBe(before);
    await server.close();
  });
});
