import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { eventually } from '../../eventually.js';
import { callServer, FrameListener, pluck } from '../base/client.js';
import type { Simulator } from '../base/simulator.js';
import { startJellyfin } from '../jellyfin.simulator.js';

type Row = Record<string, unknown>;

describe("a simulated Jellyfin's socket", () => {
  let clock: ManualClock;
  let server: Simulator;
  const opened: FrameListener[] = [];
  const auth = (token: string) => ({ authorization: `MediaBrowser Client="Test", Device="Bench", DeviceId="bench", Version="1", Token="${token}"` });
  const get = (path: string, headers: Record<string, string> = auth(server.adminKey)) => callServer(`${server.url}${path}`, { headers });
  const post = (path: string, body?: unknown, headers: Record<string, string> = auth(server.adminKey)) => callServer(`${server.url}${path}`, { method: 'POST', headers, body });
  const listen = async (path: string, headers?: Record<string, string>) => {
    const listener = await FrameListener.open(`${server.url}${path}`, headers);
    opened.push(listener);
    return listener;
  };
  const sessions = async () => (await get('/Sessions')).json<Row[]>();

  beforeEach(async () => {
    clock = new ManualClock();
    server = await startJellyfin({ clock });
  });

  afterEach(async () => {
    for (const listener of opened.splice(0)) listener.socket.terminate();
    await server.close();
  });

  it('greets, answers keep-alives and refuses without a good token', async () => {
    const socket = await listen(`/socket?ApiKey=${server.adminKey}&deviceId=x`);
    expect((await socket.waitFor('ForceKeepAlive')).Data).toBe(60);
    socket.send({ MessageType: 'KeepAlive' });
    await socket.waitFor('KeepAlive');
    await expect(listen('/socket')).rejects.toThrow('403');
    await expect(listen(`/socket?api_key=${server.adminKey}`)).rejects.toThrow('403');
    expect((await get('/socket')).status).toBe(404);
  });

  it('pushes no first snapshot, every change at once, and its own guesses in between', async () => {
    const socket = await listen('/socket', auth(server.adminKey));
    socket.send({ MessageType: 'SessionsStart', Data: '0,1500' });
    socket.send({ MessageType: 'KeepAlive' });
    await socket.waitFor('KeepAlive');
    await clock.advance(12_000);
    expect(socket.ofType('Sessions')).toHaveLength(0);
    const play = server.control.startPlayback();
    await socket.waitFor('Sessions', 2);
    await clock.advance(2_000);
    const guess = await socket.waitFor('Sessions', 3);
    expect(pluck(guess.Data, 0, 'PlayState', 'PositionTicks')).toBe(20_000_000);
    play.pause();
    await socket.waitFor('Sessions', 4);
    await clock.advance(7_000);
    expect(socket.ofType('Sessions')).toHaveLength(4);
  });

  it('sends everything twice to who subscribed twice, and its own row without a user', async () => {
    const socket = await listen('/socket', auth(server.adminKey));
    for (let i = 0; i < 2; i++) socket.send({ MessageType: 'SessionsStart', Data: '0,30000' });
    socket.send({ MessageType: 'KeepAlive' });
    await socket.waitFor('KeepAlive');
    server.control.signIn();
    const frame = await socket.waitFor('Sessions', 2);
    expect((frame.Data as Row[]).find((row) => row['DeviceId'] === server.control.state.serverId)).toMatchObject({ UserId: '0'.repeat(32), DeviceName: 'Jellyfin Server' });
  });

  it('sends a first snapshot before 12', async () => {
    server.control.setVersion('10.11.11');
    const socket = await listen('/socket', auth(server.adminKey));
    socket.send({ MessageType: 'SessionsStart', Data: '0,1500' });
    await eventually(async () => {
      await clock.advance(1);
      return socket.ofType('Sessions').length > 0;
    });
  });

  it('closes on what it does not know and ignores bad data', async () => {
    const good = await listen('/socket', auth(server.adminKey));
    good.send({ MessageType: 'SessionsStart', Data: 'nonsense' });
    good.send({ Data: 'x' });
    good.send({ MessageType: 'KeepAlive' });
    await good.waitFor('KeepAlive');
    for (const frame of ['hello', { MessageType: 'Nonsense' }]) {
      const bad = await listen('/socket', auth(server.adminKey));
      bad.send(frame);
      await eventually(() => bad.closeCode === 1000);
    }
  });

  it('gives a silent client up without closing the socket', async () => {
    const socket = await listen('/socket', auth(server.adminKey));
    socket.send({ MessageType: 'SessionsStart', Data: '0,1500' });
    socket.send({ MessageType: 'KeepAlive' });
    await socket.waitFor('KeepAlive');
    await clock.advance(70_000);
    await socket.waitFor('ForceKeepAlive', 3);
    server.control.startPlayback();
    socket.send({ MessageType: 'KeepAlive' });
    const witness = await listen('/socket', auth(server.adminKey));
    witness.send({ MessageType: 'KeepAlive' });
    await witness.waitFor('KeepAlive');
    expect([socket.closeCode, socket.ofType('Sessions').length, socket.ofType('KeepAlive').length]).toEqual([null, 0, 1]);
  });

  it('sends commands to the socket of a real client instead of acting for it', async () => {
    const who = { authorization: 'MediaBrowser Client="TV App", Device="Den TV", DeviceId="tv-1", Version="2"' };
    const login = (await post('/Users/AuthenticateByName', { Username: 'Nell', Pw: 'nell-password' }, who)).json<Row>();
    const token = login['AccessToken'] as string;
    const id = pluck(login, 'SessionInfo', 'Id') as string;
    await post('/Sessions/Capabilities/Full', { PlayableMediaTypes: ['Video'], SupportedCommands: ['DisplayMessage'], SupportsMediaControl: true }, auth(token));
    const socket = await listen('/socket', auth(token));
    const item = pluck((await get('/Items?recursive=true&includeItemTypes=Movie&limit=1&collapseBoxSetItems=false')).json<Row>(), 'Items', 0, 'Id') as string;
    expect((await post('/Sessions/Playing', { ItemId: item, PlayMethod: 'DirectPlay', PositionTicks: 10_000_000 }, auth(token))).status).toBe(204);
    expect((await sessions()).find((row) => row['Id'] === id)).toMatchObject({ SupportsRemoteControl: true, NowPlayingItem: { Id: item }, PlayState: { PositionTicks: 10_000_000 } });
    await post(`/Sessions/${id}/Playing/Pause`);
    expect((await socket.waitFor('Playstate')).Data).toEqual({ Command: 'Pause' });
    await post(`/Sessions/${id}/Message`, { Text: 'Hello', TimeoutMs: 5_000 });
    expect((await socket.waitFor('GeneralCommand')).Data).toMatchObject({ Name: 'DisplayMessage', Arguments: { Text: 'Hello', TimeoutMs: '5000' } });
    await post('/Sessions/Playing/Progress', { ItemId: item, PositionTicks: 20_000_000, IsPaused: true }, auth(token));
    expect((await sessions()).find((row) => row['Id'] === id)).toMatchObject({ PlayState: { IsPaused: true, PositionTicks: 20_000_000 } });
    await post('/Sessions/Playing/Stopped', { ItemId: item }, auth(token));
    expect((await sessions()).find((row) => row['Id'] === id)).not.toHaveProperty('NowPlayingItem');
    await socket.close();
    await eventually(async () => (await sessions()).every((row) => row['Id'] !== id));
    expect((await post('/Sessions/Playing', [], auth(token))).json<Row>()['errors']).toHaveProperty('playbackStartInfo');
  });
});
