import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { eventually } from '../eventually.js';
import { callServer, FrameListener, pluck } from './base/client.js';
import type { Simulator } from './base/simulator.js';
import { startEmby } from './emby.simulator.js';

type Row = Record<string, unknown>;

describe('simulated Emby', () => {
  let clock: ManualClock;
  let server: Simulator;
  const opened: FrameListener[] = [];
  const auth = (token: string) => ({ 'x-emby-token': token });
  const get = (path: string, headers: Record<string, string> = auth(server.adminKey)) => callServer(`${server.url}${path}`, { headers });
  const post = (path: string, body?: unknown, headers: Record<string, string> = auth(server.adminKey)) => callServer(`${server.url}${path}`, { method: 'POST', headers, body });
  const listen = async (path: string) => {
    const listener = await FrameListener.open(`${server.url}${path}`);
    opened.push(listener);
    return listener;
  };
  const viewers = async () => (await get('/emby/Sessions')).json<Row[]>().filter((row) => row['UserId'] !== undefined);

  beforeEach(async () => {
    clock = new ManualClock();
    server = await startEmby({ clock });
  });

  afterEach(async () => {
    for (const listener of opened.splice(0)) listener.socket.terminate();
    await server.close();
  });

  it('takes the prefix or not, in any case, and pings in words', async () => {
    for (const path of ['/emby/System/Ping', '/EMBY/system/ping', '/System/Ping']) {
      const answer = await get(path, {});
      expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, 'Emby Server', 'text/plain']);
    }
    expect((await get('/emby/System/Info/Public', {})).json<Row>()).toMatchObject({ ServerName: 'Basement', RemoteAddresses: [] });
  });

  it('refuses in plain text', async () => {
    for (const headers of [{}, auth('wrong')]) {
      const answer = await get('/emby/Users', headers as Record<string, string>);
      expect([answer.status, answer.text]).toEqual([401, 'Access token is invalid or expired.']);
    }
    const viewer = await get('/emby/Library/VirtualFolders/Query', auth(server.viewerKey));
    expect([viewer.status, viewer.text]).toEqual([403, 'User Nell does not have access to ManageServer feature.']);
    const number = await get('/emby/Auth/Keys?Limit=nope');
    expect([number.status, number.text]).toEqual([500, "The input string 'nope' was not in a correct format."]);
    expect((await get(`/emby/System/Info?api_key=${server.adminKey}`, {})).status).toBe(200);
  });

  it('wants client data at sign-in and says which is missing', async () => {
    const signIn = (headers: Record<string, string>, body: object = { Username: 'Nell', Pw: 'nell-password' }) => post('/emby/Users/AuthenticateByName', body, headers);
    expect((await signIn({})).text).toBe("Value cannot be null. (Parameter 'appName')");
    expect((await signIn({ 'x-emby-client': 'TV' })).text).toBe("Value cannot be null. (Parameter 'reportedDeviceId')");
    const who = { authorization: 'Emby Client="TV", Device="Den", DeviceId="tv-1", Version="1"' };
    expect((await signIn(who, { Username: 'Nell', Pw: 'x' })).text).toBe('Invalid username or password. Please try again.');
    expect((await signIn(who)).json<Row>()['SessionInfo']).toMatchObject({ UserName: 'Nell', DeviceId: 'tv-1', Protocol: 'HTTP/1.1' });
  });

  it('revokes a key that signs out', async () => {
    expect((await post('/emby/Sessions/Logout')).status).toBe(204);
    expect((await get('/emby/System/Info')).status).toBe(401);
  });

  it('lists libraries, counts and people in envelopes without a start index', async () => {
    const folders = (await get('/emby/Library/VirtualFolders/Query')).json<Row>();
    expect(Object.keys(folders)).toEqual(['Items', 'TotalRecordCount']);
    const films = (folders['Items'] as Row[]).find((row) => row['Name'] === 'Movies')!;
    expect(films['Guid']).toMatch(/^[0-9a-f]{32}$/);
    const count = (await get(`/emby/Items?ParentId=${films['Id']}&Recursive=true&IncludeItemTypes=Movie&Limit=0`)).json<Row>();
    expect(count).toEqual({ Items: [], TotalRecordCount: (await get('/emby/Items/Counts')).json<Row>()['MovieCount'] });
    expect((await get('/emby/Users/Query')).json<Row>()).toMatchObject({ TotalRecordCount: 3 });
    expect((await get('/emby/Users/Public', {})).json<Row[]>()[0]).not.toHaveProperty('Policy');
    expect((await get('/emby/Auth/Keys')).json<Row>()).toMatchObject({ TotalRecordCount: 0, Items: [{ AppName: 'Usher' }] });
    const unknown = (await get('/emby/Items?Ids=99999')).json<Row>();
    expect(unknown['TotalRecordCount']).toBe(server.control.state.catalogue.all().length);
  });

  it('shows keys as rows without a user, and what a player converts with its whole history', async () => {
    server.control.startPlayback({ user: 'Nell', item: 'Nosferatu', delivery: { kind: 'transcode', hardware: 'qsv', reasons: ['bit-rate'] } });
    await clock.advance(120_000);
    const rows = (await get('/emby/Sessions')).json<Row[]>();
    expect(rows.find((row) => row['DeviceId'] === server.control.state.serverId)).not.toHaveProperty('UserId');
    const player = rows.find((row) => row['UserName'] === 'Nell')!;
    expect(player).toMatchObject({ PlayState: { PlayMethod: 'Transcode', PositionTicks: 1_200_000_000, PlaybackRate: 1 }, TranscodingInfo: { TranscodeReasons: ['ContainerBitrateExceedsLimit'], VideoEncoderIsHardware: true } });
    expect(pluck(player, 'TranscodingInfo', 'ProcessStatistics', 'Metrics')).toHaveLength(120);
    expect(player).not.toHaveProperty('LastPlaybackCheckIn');
  });

  it('keeps the play method of an idle row', async () => {
    server.control.startPlayback({ delivery: 'transcode' }).stop();
    const [row] = await viewers();
    expect(row).not.toHaveProperty('NowPlayingItem');
    expect(pluck(row, 'PlayState', 'PlayMethod')).toBe('Transcode');
  });

  it('obeys commands in the body and messages in the query; Roku is deaf to pause', async () => {
    const play = server.control.startPlayback({ item: 'Metropolis' });
    const roku = server.control.startPlayback({ user: 'Otis', device: { client: 'Roku SG', id: 'roku' } });
    expect((await post(`/emby/Sessions/${play.sessionId}/Playing/Seek`, { Command: 'Seek', SeekPositionTicks: 600_000_000 })).status).toBe(204);
    expect(play.session.playback?.positionMs).toBe(60_000);
    await post(`/emby/Sessions/${play.sessionId}/Playing/Pause`, { Command: 'Pause' });
    await post(`/emby/Sessions/${roku.sessionId}/Playing/Pause`, { Command: 'Pause' });
    expect([play.session.playback?.state, roku.session.playback?.state]).toEqual(['paused', 'playing']);
    expect((await post(`/emby/Sessions/${play.sessionId}/Message?Text=Supper`)).status).toBe(400);
    expect((await post(`/emby/Sessions/${play.sessionId}/Message?Text=Supper&Header=Usher&TimeoutMs=5000`)).status).toBe(204);
    expect(play.messages).toEqual([{ header: 'Usher', text: 'Supper', timeoutMs: 5_000 }]);
    expect((await post('/emby/Sessions/nobody/Playing/Stop')).status).toBe(404);
  });

  it('takes reports of a real client only with the PlaySessionId of its PlaybackInfo', async () => {
    const login = (await post('/emby/Users/AuthenticateByName', { Username: 'Nell', Pw: 'nell-password' }, { authorization: 'Emby Client="TV", Device="Den", DeviceId="tv-1", Version="1"' })).json<Row>();
    const token = login['AccessToken'] as string;
    const item = String(server.control.state.catalogue.byTitle('Nosferatu').number);
    expect((await post('/emby/Sessions/Playing', { ItemId: item }, auth(token))).status).toBe(400);
    const PlaySessionId = pluck((await post(`/emby/Items/${item}/PlaybackInfo`, { EnableDirectPlay: false, EnableDirectStream: false }, auth(token))).json(), 'PlaySessionId');
    expect((await post('/emby/Sessions/Playing', { ItemId: item, PlaySessionId, PlayMethod: 'Transcode' }, auth(token))).status).toBe(204);
    expect((await viewers())[0]).toMatchObject({ NowPlayingItem: { Id: item }, PlayState: { PlayMethod: 'Transcode' } });
    await post('/emby/Sessions/Playing/Progress', { ItemId: item, PlaySessionId, PositionTicks: 50_000_000, IsPaused: true, EventName: 'Pause' }, auth(token));
    expect((await viewers())[0]).toMatchObject({ PlayState: { IsPaused: true, PositionTicks: 50_000_000 } });
    await post('/emby/Sessions/Playing/Stopped', { ItemId: item, PlaySessionId }, auth(token));
    expect((await viewers())[0]).not.toHaveProperty('NowPlayingItem');
  });

  it('opens sockets for anybody and talks only to good tokens, at most once per interval', async () => {
    const bad = await listen('/embywebsocket?api_key=wrong');
    const good = await listen(`/embywebsocket?api_key=${server.adminKey}&deviceId=x`);
    for (const socket of [bad, good]) socket.send({ MessageType: 'SessionsStart', Data: '0,1500' });
    await eventually(() => {
      const play = server.control.startPlayback({ device: { id: 'one' } });
      play.stop();
      return good.ofType('Sessions').length > 0;
    });
    await clock.advance(1_500);
    const before = good.ofType('Sessions').length;
    const play = server.control.startPlayback({ device: { id: 'one' } });
    play.pause();
    play.resume();
    await clock.advance(1_500);
    await good.waitFor('Sessions', before + 1);
    expect(good.ofType('Sessions').length).toBeLessThanOrEqual(before + 2);
    expect(bad.frames).toEqual([]);
  });

  it('can be silent about sessions although it was subscribed', async () => {
    const quiet = await startEmby({ clock, pushesSessions: false });
    const socket = await FrameListener.open(`${quiet.url}/embywebsocket?api_key=${quiet.adminKey}`);
    opened.push(socket);
    socket.send({ MessageType: 'SessionsStart', Data: '0,1500' });
    socket.send({ MessageType: 'ActivityLogEntryStart', Data: '0,1500' });
    await eventually(() => {
      quiet.control.startPlayback({ device: { id: 'one' } });
      return socket.ofType('ActivityLogEntry').length > 0;
    });
    expect(socket.ofType('Sessions')).toEqual([]);
    await quiet.close();
  });

  it('numbers people in its diary', async () => {
    server.control.startPlayback({ user: 'Otis', item: 'Nosferatu' });
    const page = (await get('/emby/System/ActivityLog/Entries?StartIndex=0&Limit=3')).json<Row>();
    expect(pluck(page, 'Items', 0)).toMatchObject({ Type: 'playback.start', UserId: '3', Name: 'Otis is playing Nosferatu' });
  });

  it('restarts without a word about it afterwards', async () => {
    const socket = await listen(`/embywebsocket?api_key=${server.adminKey}`);
    expect((await post('/emby/System/Restart')).status).toBe(204);
    await socket.waitFor('ServerRestarting');
    await clock.advance(100);
    await expect(get('/emby/System/Ping')).rejects.toThrow();
    await clock.advance(3_000);
    await eventually(async () => (await get('/emby/Sessions')).status === 200);
  });
});
