import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { eventually } from '../eventually.js';
import { callServer, FrameListener, pluck } from './base/client.js';
import type { Simulator } from './base/simulator.js';
import { startJellyfin } from './jellyfin.simulator.js';

type Row = Record<string, unknown>;

describe('simulated Jellyfin', () => {
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

  describe('authorization', () => {
    it('takes the header and the query form, and refuses with an empty body', async () => {
      expect((await get('/System/Info')).status).toBe(200);
      expect((await get(`/System/Info?apikey=${server.adminKey}`, {})).status).toBe(200);
      for (const headers of [{}, auth('0'.repeat(32)), { authorization: `Bearer ${server.adminKey}` }, { authorization: `MediaBrowser token="${server.adminKey}"` }]) {
        const answer = await get('/Users', headers as Record<string, string>);
        expect([answer.status, answer.text, answer.headers.get('content-type'), answer.headers.get('www-authenticate')]).toEqual([401, '', null, null]);
      }
    });

    it('knows the old forms only while they are switched on', async () => {
      const forms: [string, Record<string, string>][] = [
        ['/System/Info', { 'x-emby-token': server.adminKey }],
        [`/System/Info?api_key=${server.adminKey}`, {}],
        ['/System/Info', { authorization: `Emby Token="${server.adminKey}"` }],
      ];
      for (const [path, headers] of forms) expect((await get(path, headers)).status).toBe(401);
      expect((await post('/System/Configuration', { EnableLegacyAuthorization: true })).status).toBe(204);
      for (const [path, headers] of forms) expect((await get(path, headers)).status).toBe(200);
    });

    it('tells an administrator by what answers 403', async () => {
      expect((await get('/Users', auth(server.viewerKey))).status).toBe(200);
      const refusedAnswer = await get('/Library/VirtualFolders', auth(server.viewerKey));
      expect([refusedAnswer.status, refusedAnswer.text]).toEqual([403, '']);
      expect((await get('/Library/VirtualFolders')).status).toBe(200);
    });

    it('signs people in and ends the earlier token of the same device', async () => {
      const signIn = (password: string, header: Record<string, string>) => post('/Users/AuthenticateByName', { Username: 'nell', Pw: password }, header);
      const who = { authorization: 'MediaBrowser Client="TV App", Device="Den TV", DeviceId="tv-1", Version="2"' };
      expect([(await signIn('wrong', who)).status, (await signIn('nell-password', {})).status]).toEqual([401, 400]);
      const first = (await signIn('nell-password', who)).json<Row>();
      expect(Object.keys(first)).toEqual(['User', 'SessionInfo', 'AccessToken', 'ServerId']);
      const second = (await signIn('nell-password', who)).json<Row>();
      expect((await get('/Users/Me', auth(first['AccessToken'] as string))).status).toBe(401);
      expect((await get('/Users/Me', auth(second['AccessToken'] as string))).json<Row>()['Name']).toBe('Nell');
      expect((await get('/Users/Me')).status).toBe(400);
    });

    it('rotates the key at once', async () => {
      const old = server.adminKey;
      server.control.rotateKey();
      expect([(await get('/System/Info', auth(old))).status, (await get('/System/Info')).status]).toEqual([401, 200]);
    });
  });

  it('answers paths in any case with one slash behind, and tells method from path', async () => {
    expect((await get('/system/info/public/', {})).json<Row>()).toMatchObject({ ServerName: 'Attic', Version: '12.0.0', StartupWizardCompleted: true });
    expect((await get('/System/Info/Public//', {})).status).toBe(404);
    expect((await get('/emby/System/Info')).status).toBe(404);
    const wrong = await callServer(`${server.url}/System/Info`, { method: 'PUT', headers: auth(server.adminKey) });
    expect([wrong.status, wrong.headers.get('allow'), wrong.text]).toEqual([405, 'GET', '']);
    expect((await callServer(`${server.url}/System/Ping`, { method: 'HEAD' })).status).toBe(405);
  });

  it('switches to camelCase when it is asked to', async () => {
    const answer = await get('/System/Info/Public', { accept: 'application/json; profile="CamelCase"' });
    expect(Object.keys(answer.json())).toContain('serverName');
  });

  it('counts, pages, and hides the films of a collection from a key without a user', async () => {
    server.control.state.catalogue.addBoxSet('Silent', ['Nosferatu', 'Metropolis']);
    const library = (await get('/Library/VirtualFolders')).json<Row[]>().find((row) => row['Name'] === 'Movies')!;
    expect(library['ItemId']).toBe('f137a2dd21bbc1b99aa5c0f6bf02a805');
    const total = async (query: string) => (await get(`/Items?parentId=${library['ItemId']}&recursive=true&includeItemTypes=Movie&${query}`)).json<Row>()['TotalRecordCount'] as number;
    const films = (await get('/Items/Counts')).json<Row>()['MovieCount'] as number;
    expect(await total('limit=0&collapseBoxSetItems=false')).toBe(films);
    expect(await total('limit=0')).toBe(films - 1);
    const beyond = (await get('/Items?recursive=true&startIndex=9999&limit=5')).json<Row>();
    expect([beyond['Items'], beyond['StartIndex']]).toEqual([[], 9999]);
    const bad = await get('/Items?limit=abc');
    expect([bad.status, bad.json<Row>()['errors']]).toEqual([400, { limit: ["The value 'abc' is not valid."] }]);
    expect(bad.text).toContain('\\u0027abc\\u0027');
    for (const query of ['?ids=abc', '']) expect(pluck((await get(`/Items${query}`)).json(), 'Items')).toMatchObject([{ Name: 'movies', Type: 'Folder' }, {}, {}, { Name: 'Playlists' }]);
    expect(pluck((await get('/Items', auth(server.viewerKey))).json(), 'Items', 0)).toMatchObject({ Name: 'Movies', Type: 'CollectionFolder', CollectionType: 'movies' });
  });

  it('moves positions with the clock only and leaves the check-in to the client', async () => {
    const play = server.control.startPlayback({ user: 'Nell', item: 'Nosferatu', positionMs: 60_000 });
    await clock.advance(5_000);
    const [row] = await sessions();
    expect(row).toMatchObject({ UserName: 'Nell', PlayState: { PositionTicks: 650_000_000, PlayMethod: 'DirectPlay', IsPaused: false } });
    expect(Date.parse(row!['LastActivityDate'] as string) - Date.parse(row!['LastPlaybackCheckIn'] as string)).toBe(5_000);
    expect(row).not.toHaveProperty('TranscodingInfo');
    play.pause();
    await clock.advance(60_000);
    expect((await sessions())[0]).toMatchObject({ PlayState: { PositionTicks: 650_000_000, IsPaused: true } });
  });

  it('reports remux and transcode as the real server does', async () => {
    server.control.startPlayback({ user: 'Nell', delivery: 'direct-stream', device: { id: 'a' } });
    server.control.startPlayback({ user: 'Otis', delivery: { kind: 'transcode', reasons: ['video-codec', 'subtitle'], height: 480 }, device: { id: 'b' } });
    await clock.advance(1_000);
    const rows = await sessions();
    const remux = rows.find((row) => row['UserName'] === 'Nell')!['TranscodingInfo'] as Row;
    expect(remux).toMatchObject({ IsVideoDirect: true, IsAudioDirect: true, Bitrate: 120_064_000 });
    expect(remux).not.toHaveProperty('Framerate');
    const transcode = rows.find((row) => row['UserName'] === 'Otis')!;
    expect(transcode['TranscodingInfo']).toMatchObject({ IsVideoDirect: false, Height: 480, TranscodeReasons: ['VideoCodecNotSupported', 'SubtitleCodecNotSupported'] });
    expect(transcode['TranscodingInfo']).toHaveProperty('CompletionPercentage');
  });

  it('plays television without an end', async () => {
    const channel = server.control.addChannel('Harbour One');
    server.control.startPlayback({ item: channel });
    const [row] = await sessions();
    expect(row).toMatchObject({ NowPlayingItem: { Type: 'TvChannel', Name: 'Harbour One' }, PlayState: { CanSeek: false, LiveStreamId: expect.any(String) } });
    expect(row!['NowPlayingItem']).not.toHaveProperty('RunTimeTicks');
  });

  it('names the subtitle that it burns in', async () => {
    server.control.startPlayback({ item: 'Nosferatu', delivery: { kind: 'transcode', burnSubtitle: true, reasons: ['subtitle'] } });
    const [row] = await sessions();
    const index = pluck(row, 'PlayState', 'SubtitleStreamIndex') as number;
    expect(pluck(row, 'NowPlayingItem', 'MediaStreams', index, 'Type')).toBe('Subtitle');
  });

  it('has the habits of its version', async () => {
    const older = await startJellyfin({ clock, version: '10.10.1' });
    const legacy = { 'x-emby-token': older.adminKey };
    older.control.startPlayback();
    const rows = (await callServer(`${older.url}/emby/Sessions`, { headers: legacy })).json<Row[]>();
    expect(rows[0]).toMatchObject({ PlayableMediaTypes: ['Audio', ',', 'Video'], NowPlayingQueueFullItems: [] });
    older.control.addUser({ name: 'Open', password: '' });
    const people = (await callServer(`${older.url}/Users`, { headers: legacy })).json<Row[]>();
    expect(people.find((row) => row['Name'] === 'Open')).toMatchObject({ HasPassword: false });
    await older.close();
  });

  it('takes the encoder away: the row keeps its object until the next report', async () => {
    const play = server.control.startPlayback({ delivery: 'transcode' });
    const id = play.session.playback!.id;
    expect((await callServer(`${server.url}/Videos/ActiveEncodings?deviceId=x&playSessionId=${id}`, { method: 'DELETE', headers: auth(server.adminKey) })).status).toBe(204);
    expect((await sessions())[0]!['TranscodingInfo']).not.toHaveProperty('CompletionPercentage');
    await clock.advance(10_000);
    const [row] = await sessions();
    expect(row).not.toHaveProperty('TranscodingInfo');
    expect(pluck(row, 'PlayState', 'PlayMethod')).toBe('DirectPlay');
  });

  it('drops a vanished client only minutes later, at its last report', async () => {
    const play = server.control.startPlayback({ positionMs: 0 });
    await clock.advance(10_000);
    play.vanish();
    await clock.advance(200_000);
    expect(pluck(await sessions(), 0, 'PlayState', 'PositionTicks')).toBe(2_100_000_000);
    await clock.advance(400_000);
    expect((await sessions())[0]).not.toHaveProperty('NowPlayingItem');
  });

  it('obeys remote control, and answers 204 to what nobody hears', async () => {
    const play = server.control.startPlayback({ item: 'Metropolis' });
    const deaf = server.control.startPlayback({ user: 'Otis', device: { id: 'old-tv', controllable: false } });
    const order = (id: string, command: string) => post(`/Sessions/${id}/Playing/${command}`);
    expect((await order(play.sessionId, 'Pause')).status).toBe(204);
    expect(play.session.playback?.state).toBe('paused');
    expect((await order(play.sessionId, 'Seek?seekPositionTicks=1200000000')).status).toBe(204);
    expect(play.session.playback?.positionMs).toBe(120_000);
    expect((await order(play.sessionId, 'Unpause')).status).toBe(204);
    expect((await post(`/Sessions/${play.sessionId}/Message`, { Text: 'Supper', TimeoutMs: 8_000 })).status).toBe(204);
    expect(play.messages).toEqual([{ header: 'Message from Server', text: 'Supper', timeoutMs: 8_000 }]);
    expect((await order(play.sessionId, 'Stop')).status).toBe(204);
    expect(play.playing).toBe(false);
    expect((await order(deaf.sessionId, 'Stop')).status).toBe(204);
    expect(deaf.playing).toBe(true);
    const unknown = await order('0'.repeat(32), 'Stop');
    expect([unknown.status, unknown.text]).toEqual([404, 'Error processing request.']);
    expect((await order(play.sessionId, 'Explode')).status).toBe(400);
    expect((await post(`/Sessions/${play.sessionId}/Message`, { Text: '' })).status).toBe(400);
  });

  it('tells its diary to administrators, newest first', async () => {
    server.control.startPlayback({ user: 'Nell', item: 'Nosferatu' });
    const page = (await get('/System/ActivityLog/Entries?limit=1')).json<Row>();
    expect(pluck(page, 'Items', 0)).toMatchObject({ Type: 'VideoPlayback', Name: expect.stringContaining('Nell is playing Nosferatu') });
    expect(page['TotalRecordCount']).toBe(2);
    expect((await get('/System/ActivityLog/Entries', auth(server.viewerKey))).status).toBe(403);
  });

  it('says in three ways that it starts', async () => {
    await server.control.setFault({ kind: 'starting', phase: 'setup' });
    const setup = await get('/System/Info');
    expect([setup.status, setup.headers.get('retry-after'), setup.headers.get('content-type')]).toEqual([503, '005', 'text/html']);
    await server.control.setFault({ kind: 'starting', phase: 'camel-case' });
    expect((await get('/System/Info/Public')).json()).toMatchObject({ startupWizardCompleted: false });
    await server.control.setFault({ kind: 'starting', phase: 'loading' });
    expect((await get('/System/Ping')).status).toBe(200);
    const loading = await get('/System/Info/Public');
    expect([loading.status, loading.text, loading.headers.get('retry-after')]).toEqual([503, 'Jellyfin Server is loading. Please try again shortly.', null]);
    await server.control.clearFault();
    expect((await get('/health')).text).toBe('Healthy');
  });

  it('announces a restart, closes its port and comes back empty', async () => {
    server.control.startPlayback();
    const socket = await listen('/socket', auth(server.adminKey));
    expect((await post('/System/Restart', undefined, {})).status).toBe(204);
    await socket.waitFor('ServerRestarting');
    await clock.advance(100);
    await expect(get('/health')).rejects.toThrow();
    await eventually(async () => {
      await clock.advance(1_000);
      return (await get('/Sessions').then((answer) => answer.text, () => '')) === '[]';
    });
  });
});
