import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { callServer } from './base/client.js';
import type { Simulator } from './base/simulator.js';
import { startEmby } from './emby.simulator.js';
import { itemId as embyItemId, userId as embyUserId } from './emby/ids.js';
import { startJellyfin } from './jellyfin.simulator.js';
import { itemId, userId } from './jellyfin/ids.js';
import { startPlex } from './plex.simulator.js';

type Row = Record<string, unknown>;
const NOW = '2026-01-02T03:04:05.000Z';
const FILM = 'Nosferatu';

let server: Simulator;
afterEach(() => server.close());

const personOf = (name = 'Nell') => server.control.state.users.find((user) => user.name === name)!;

describe('watch states of a simulated Jellyfin', () => {
  const begin = async (zoneMinutes?: number) => {
    server = await startJellyfin({ clock: new ManualClock(Date.parse(NOW)), ...(zoneMinutes === undefined ? {} : { zoneMinutes }) });
    const core = server.control.state;
    const film = itemId(core.catalogue.byTitle(FILM));
    const nell = userId(core, personOf());
    const call = (method: string, path: string, body?: unknown) => callServer(`${server.url}${path}`, { method, headers: { authorization: `MediaBrowser Token="${server.adminKey}"` }, body });
    const row = async (path: string) => (await call('GET', path)).json<Row>();
    const listed = async (id = film) => (await row(`/Items?userId=${nell}&ids=${id}`))['Items'] as { UserData: Row }[];
    return { film, nell, call, row, listed, data: `/UserItems/${film}/UserData?userId=${nell}`, played: `/UserPlayedItems/${film}?userId=${nell}` };
  };

  it('changes the fields that are sent, and takes anything for them', async () => {
    const { call, data } = await begin();
    const post = async (body: unknown) => (await call('POST', data, body)).json<Row>();
    expect(await post({ PlayCount: -3, PlaybackPositionTicks: -5 })).toMatchObject({ PlayCount: -3, PlaybackPositionTicks: -5, Played: false });
    expect(await post({ Played: true })).toMatchObject({ PlayCount: -3, Played: true });
    expect(await post({ playCount: '4', Rating: null, Wobble: 1 })).toMatchObject({ PlayCount: 4 });
    expect(await post({ Likes: true })).toMatchObject({ Rating: 10, Likes: true });
    expect(await post({ Rating: 7.25, Likes: false })).toMatchObject({ Rating: 7.25, Likes: true });
    expect(await post({ LastPlayedDate: '0001-01-01T00:00:00Z' })).toMatchObject({ LastPlayedDate: '0001-01-01T00:00:00.0000000Z' });
    expect((await call('POST', data, { Rating: 11 })).text).toBe('Error processing request.');
    expect((await call('POST', data, { Played: 'yes' })).status).toBe(400);
    expect((await call('POST', data)).status).toBe(415);
    expect((await call('POST', data.replace(/\?.*/, ''), {})).status).toBe(400);
    expect((await call('POST', data.replace(/UserItems\/[0-9a-f]+/, `UserItems/${'0'.repeat(31)}1`), {})).status).toBe(404);
  });

  it('counts each mark that has a date, and the first without one', async () => {
    const { call, played } = await begin();
    const mark = async (more = '') => (await call('POST', `${played}${more}`)).json<Row>();
    expect(await mark()).toMatchObject({ PlayCount: 1, Played: true, LastPlayedDate: '2026-01-02T03:04:05.0000000Z' });
    expect(await mark()).toMatchObject({ PlayCount: 1 });
    expect(await mark('&datePlayed=2021-05-06T07:08:09.1234567Z')).toMatchObject({ PlayCount: 2, LastPlayedDate: '2021-05-06T07:08:09.1234567Z' });
    expect(await mark('&datePlayed=2001-01-01T00:00:00Z')).toMatchObject({ PlayCount: 3, LastPlayedDate: '2001-01-01T00:00:00.0000000Z' });
    expect((await call('POST', `${played}&datePlayed=yesterday`)).status).toBe(400);
    const cleared = (await call('DELETE', played)).json<Row>();
    expect(cleared).toMatchObject({ PlayCount: 0, Played: false });
    expect(cleared).not.toHaveProperty('LastPlayedDate');
  });

  it('stores a time that is not UTC as another than it answers', async () => {
    const { call, data, played, listed, row } = await begin(-240);
    // what a real server of that zone did, 12.0
    const cases = [
      ['POST', data, { LastPlayedDate: '2021-05-06T07:08:09.1234567Z' }, '2021-05-06T07:08:09.1234567Z', '2021-05-06T07:08:09.1234567Z'],
      ['POST', data, { LastPlayedDate: '2021-05-06T09:08:09+02:00' }, '2021-05-06T07:08:09.0000000Z', '2021-05-06T03:08:09.0000000Z'],
      ['POST', data, { LastPlayedDate: '2021-05-06T07:08:09' }, '2021-05-06T11:08:09.0000000Z', '2021-05-06T07:08:09.0000000Z'],
      ['POST', data, { LastPlayedDate: '2021-05-06' }, '2021-05-06T04:00:00.0000000Z', '2021-05-06T00:00:00.0000000Z'],
      ['POST', `${played}&datePlayed=2021-05-06T09:08:09%2B02:00`, undefined, '2021-05-06T07:08:09.0000000Z', '2021-05-06T07:08:09.0000000Z'],
      ['POST', `${played}&datePlayed=20210506070809`, undefined, '2021-05-06T07:08:09.0000000Z', '2021-05-06T03:08:09.0000000Z'],
    ] as const;
    for (const [method, path, body, answered, stored] of cases) {
      expect((await call(method, path, body)).json<Row>()['LastPlayedDate']).toBe(answered);
      expect((await row(data))['LastPlayedDate']).toBe(answered);
      expect((await listed())[0]!.UserData['LastPlayedDate']).toBe(stored);
    }
  });

  it('leaves single reads as they were when a season is marked, and takes the mark back with a part of a row', async () => {
    const { call, nell, row, listed } = await begin();
    const { catalogue } = server.control.state;
    const season = catalogue.ofKind('season')[0]!;
    const episode = itemId(catalogue.leavesBelow(season)[0]!);
    const single = `/UserItems/${episode}/UserData?userId=${nell}`;
    expect(await row(single)).toMatchObject({ Played: false });
    expect((await call('POST', `/UserPlayedItems/${itemId(season)}?userId=${nell}`)).json<Row>()).toMatchObject({ Played: true, UnplayedItemCount: 0 });
    expect((await listed(episode))[0]!.UserData).toMatchObject({ Played: true, PlayCount: 1 });
    expect(await row(single)).toMatchObject({ Played: false, PlayCount: 0 });
    await call('POST', single, { IsFavorite: true });
    expect((await listed(episode))[0]!.UserData).toMatchObject({ Played: false, PlayCount: 0, IsFavorite: true });
  });

  it('filters lists by state, ignores what it does not know, and looks at no rights where ids are given', async () => {
    const { film, nell, row, call } = await begin();
    server.control.setState('Nell', FILM, { played: true, playCount: 1 });
    const total = async (query: string) => (await row(`/Items?userId=${nell}&recursive=true&includeItemTypes=Movie&${query}`))['TotalRecordCount'];
    expect(await total('isPlayed=true')).toBe(1);
    expect(await total('isPlayed=true&filters=IsResumable')).toBe(0);
    expect(await total('isPlayedd=true')).toBe(await total(''));
    expect((await call('GET', '/Items?recursive=true&isPlayed=maybe')).status).toBe(400);
    server.control.setPolicy('Nell', { EnableAllFolders: false, EnabledFolders: [] });
    expect(await total('isPlayed=true')).toBe(0);
    expect((await row(`/Items?userId=${nell}&ids=${film}`))['TotalRecordCount']).toBe(1);
    expect((await call('GET', `/Items/${film}?userId=${nell}`)).status).toBe(404);
    expect((await call('POST', `/UserItems/${film}/UserData?userId=${nell}`, { Played: true })).status).toBe(404);
    expect((await call('GET', `/Items?userId=${nell}&ids=${Array.from({ length: 250 }, () => film).join(',')}`)).status).toBe(414);
  });

  it('turns the key into the user for whom it marks something', async () => {
    const { call, played, nell } = await begin();
    await call('POST', '/Sessions/Capabilities/Full', {});
    const ofKey = async () => (await call('GET', '/Sessions')).json<Row[]>().find((row) => row['DeviceId'] === row['ServerId']);
    expect(await ofKey()).toMatchObject({ UserId: '0'.repeat(32) });
    await call('POST', played);
    expect(await ofKey()).toMatchObject({ UserId: nell, UserName: 'Nell' });
  });

  it('replaces policies, knows no folders, and makes accounts that everything is open to', async () => {
    const { call, nell } = await begin();
    const made = (await call('POST', '/Users/New', { Name: 'Quill', Password: null })).json<{ Id: string; Policy: Row }>();
    expect(made.Policy).toMatchObject({ EnableAllFolders: true, IsHidden: true, EnabledFolders: [] });
    expect(personOf('Quill').password).toBe('');
    for (const name of ['qUILL', 'a/b', 'a:b', ' x']) expect((await call('POST', '/Users/New', { Name: name, Password: 'x' })).text).toBe('Error processing request.');
    expect((await call('POST', '/Users/New', { Name: '' })).status).toBe(400);
    const policy = (await call('GET', `/Users/${nell}`)).json<{ Policy: Row }>().Policy;
    expect((await call('POST', `/Users/${nell}/Policy`, { ...policy, AuthenticationProviderId: undefined })).status).toBe(400);
    const providers = { AuthenticationProviderId: policy['AuthenticationProviderId'], PasswordResetProviderId: policy['PasswordResetProviderId'] };
    expect((await call('POST', `/Users/${nell}/Policy`, { ...providers, EnabledFolders: ['f'.repeat(32)] })).status).toBe(204);
    expect((await call('GET', `/Users/${nell}`)).json<{ Policy: Row }>().Policy).toMatchObject({ IsHidden: true, EnableLiveTvManagement: true, EnabledFolders: ['f'.repeat(32)] });
    const marlow = userId(server.control.state, personOf('Marlow'));
    expect((await call('DELETE', `/Users/${marlow}`)).status).toBe(400);
    expect((await call('DELETE', `/Users/${made.Id}`)).status).toBe(204);
    expect((await call('DELETE', `/Users/${made.Id}`)).status).toBe(404);
  });
});

describe('watch states of a simulated Emby', () => {
  const begin = async (version: string) => {
    server = await startEmby({ clock: new ManualClock(Date.parse(NOW)), version });
    const core = server.control.state;
    const film = embyItemId(core.catalogue.byTitle(FILM));
    const nell = `/emby/Users/${embyUserId(core, personOf())}`;
    const call = (method: string, path: string, body?: unknown) => callServer(`${server.url}${path}`, { method, headers: { 'x-emby-token': server.adminKey }, body });
    const detail = async () => (await call('GET', `${nell}/Items/${film}`)).json<{ UserData: Row }>().UserData;
    return { film, nell, call, detail };
  };

  it.each([
    ['4.8.11.0', { IsFavorite: true }, { IsFavorite: false }],
    ['4.9.1.90', { IsFavorite: false }, { IsFavorite: false }],
    ['4.10.0.1', { IsFavorite: false }, { IsFavorite: false }],
  ])('%s replaces the row', async (version, withFavorite, without) => {
    const { film, nell, call, detail } = await begin(version);
    server.control.setState('Nell', FILM, { played: true, playCount: 3, ticks: 10_000_000 });
    expect((await call('POST', `${nell}/Items/${film}/UserData`, { IsFavorite: true, PlayCount: 2 })).status).toBe(204);
    expect(await detail()).toMatchObject({ Played: false, PlayCount: 2, PlaybackPositionTicks: 0, ...withFavorite });
    await call('POST', `${nell}/Items/${film}/UserData`, { Played: true });
    expect(await detail()).toMatchObject({ Played: true, PlayCount: 0, ...without });
  });

  it('keeps a favorite or takes it away, by version', async () => {
    for (const [version, kept] of [['4.9.1.90', true], ['4.10.0.1', false]] as const) {
      const { film, nell, call, detail } = await begin(version);
      await call('POST', `${nell}/FavoriteItems/${film}`);
      await call('POST', `${nell}/Items/${film}/UserData`, { Played: true, IsFavorite: true });
      expect((await detail())['IsFavorite']).toBe(kept);
      await server.close();
    }
  });

  it('keeps counts and times out of lists unless asked, and answers everything for unknown ids', async () => {
    const { nell, call } = await begin('4.9.1.90');
    server.control.setState('Nell', FILM, { played: true, playCount: 3, lastPlayed: '2021-05-06T07:08:09.0000000Z' });
    const list = async (query: string) => (await call('GET', `${nell}/Items?Recursive=true&IncludeItemTypes=Movie&${query}`)).json<{ Items: { UserData: Row }[]; TotalRecordCount: number }>();
    expect((await list('IsPlayed=true')).Items[0]!.UserData).toMatchObject({ PlayCount: 0, Played: true });
    expect((await list('IsPlayed=true&Fields=UserDataPlayCount,UserDataLastPlayedDate')).Items[0]!.UserData).toMatchObject({ PlayCount: 3, LastPlayedDate: '2021-05-06T07:08:09.0000000Z' });
    expect((await list('Ids=99999')).TotalRecordCount).toBeGreaterThan(1);
  });

  it('shares the state of copies', async () => {
    const { nell, call } = await begin('4.9.1.90');
    const film = server.control.state.catalogue.byTitle(FILM);
    const copy = server.control.addItem('Movies', { title: 'Nosferatu again', providers: film.providers });
    await call('POST', `${nell}/PlayedItems/${embyItemId(copy)}?DatePlayed=20210506070809`);
    expect((await call('GET', `${nell}/Items/${embyItemId(film)}`)).json<{ UserData: Row }>().UserData).toMatchObject({ Played: true, PlayCount: 1, LastPlayedDate: '2021-05-06T07:08:09.0000000Z' });
  });
});

describe('watch states of a simulated Plex', () => {
  const begin = async () => {
    server = await startPlex({ clock: new ManualClock(Date.parse(NOW)) });
    const { catalogue } = server.control.state;
    const film = catalogue.byTitle(FILM);
    const call = (method: string, path: string, token = server.viewerKey) => callServer(`${server.url}${path}`, { method, headers: { 'x-plex-token': token, 'x-plex-client-identifier': 'bench', accept: 'application/json' } });
    const row = async (token?: string) => (await call('GET', `/library/metadata/${film.number}`, token)).json<{ MediaContainer: { Metadata: Row[] } }>().MediaContainer.Metadata[0]!;
    const mark = `identifier=com.plexapp.plugins.library&key=${film.number}`;
    return { film, call, row, mark };
  };

  it('counts every mark, dates it now, and takes the position away', async () => {
    const { call, row, mark, film } = await begin();
    await call('POST', `/:/timeline?ratingKey=${film.number}&key=/library/metadata/${film.number}&state=stopped&time=60000&duration=${film.durationMs}`);
    expect(Number((await row())['viewOffset'])).toBe(60_000);
    await call('PUT', `/:/scrobble?${mark}`);
    await call('GET', `/:/scrobble?${mark}`);
    const marked = await row();
    expect([Number(marked['viewCount']), Number(marked['lastViewedAt']), marked['viewOffset']]).toEqual([2, Date.parse(NOW) / 1000, undefined]);
    expect(await row(server.adminKey)).not.toHaveProperty('viewCount');
    await call('PUT', `/:/unscrobble?${mark}`);
    expect(await row()).not.toHaveProperty('viewCount');
  });

  it('does not hear a position without a duration, and takes one near the end for a play', async () => {
    const { call, row, film } = await begin();
    const report = (time: number, more = '') => call('POST', `/:/timeline?ratingKey=${film.number}&key=/library/metadata/${film.number}&state=stopped&time=${time}${more}`);
    await report(60_000);
    expect(await row()).not.toHaveProperty('viewOffset');
    await report(film.durationMs! - 1_000, `&duration=${film.durationMs}`);
    expect(Number((await row())['viewCount'])).toBe(1);
  });

  it('refuses progress of everybody but the owner, and ratings of the future, in HTML', async () => {
    const { call, mark } = await begin();
    const refused = await call('GET', `/:/progress?${mark}&time=1000&state=stopped`);
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('<h1>401 Unauthorized</h1>')]);
    expect((await call('PUT', `/:/rate?${mark}&rating=8&ratedAt=${Date.parse(NOW) / 1000 + 60}`)).status).toBe(400);
    expect((await call('PUT', `/:/rate?${mark}&rating=8`)).status).toBe(200);
  });

  it('stands in for plex.tv: the home, its doors, friends', async () => {
    const { call } = await begin();
    const home = (await call('GET', '/api/v2/home/users', server.adminKey)).json<{ users: Row[] }>().users;
    expect(home.map(({ title, admin }) => [title, admin])).toEqual([['Marlow', true], ['Nell', false]]);
    expect((await call('GET', '/api/v2/home/users')).status).toBe(401);
    const entered = (await call('POST', `/api/v2/home/users/${String(home[1]!['uuid'])}/switch`, server.adminKey)).json<{ id: number; authToken: string }>();
    expect(entered.id).toBe(home[1]!['id']);
    const [resource] = (await call('GET', '/api/v2/resources?includeHttps=1', entered.authToken)).json<Row[]>();
    expect((await call('GET', '/library/sections', String(resource!['accessToken']))).status).toBe(200);
    expect((await call('GET', '/library/sections', entered.authToken)).status).toBe(401);
    const shared = (await call('GET', `/api/servers/${String(resource!['clientIdentifier'])}/shared_servers`, server.adminKey)).text;
    expect(shared).toContain('username="Otis"');
    expect(shared).not.toContain('username="Nell"');
    expect((await call('GET', '/api/servers/other/shared_servers', server.adminKey)).status).toBe(404);
  });
});

describe('the pace of a simulated server', () => {
  it('lets changes through one by one, and reads meanwhile', async () => {
    const clock = new ManualClock(Date.parse(NOW));
    server = await startJellyfin({ clock });
    server.control.setPace({ writeMs: 5, oneWriter: true });
    const { state } = server.control;
    const headers = { authorization: `MediaBrowser Token="${server.adminKey}"` };
    const nell = userId(state, personOf());
    const films = state.catalogue.ofKind('movie').slice(0, 3);
    const writes = films.map((film) => callServer(`${server.url}/UserItems/${itemId(film)}/UserData?userId=${nell}`, { method: 'POST', headers, body: { PlayCount: 1 } }));
    const count = () => films.filter((film) => server.control.stateOf('Nell', film).playCount === 1).length;
    while (server.requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect((await callServer(`${server.url}/Users`, { headers })).status).toBe(200);
    expect(count()).toBe(0);
    for (let done = 1; done <= 3; done++) {
      await clock.advance(5);
      await Promise.race(writes);
      while (count() < done) await new Promise((resolve) => setImmediate(resolve));
      expect(count()).toBe(done);
    }
    await Promise.all(writes);
  });

  it('drops an answer after it carried the request out, or changes it', async () => {
    server = await startJellyfin({ clock: new ManualClock(Date.parse(NOW)) });
    const { state } = server.control;
    const headers = { authorization: `MediaBrowser Token="${server.adminKey}"` };
    const url = `${server.url}/UserItems/${itemId(state.catalogue.byTitle(FILM))}/UserData?userId=${userId(state, personOf())}`;
    await server.control.setFault({ kind: 'drop-reply' }, { methods: ['POST'], times: 1 });
    await expect(callServer(url, { method: 'POST', headers, body: { PlayCount: 7 } })).rejects.toThrow();
    expect(server.control.stateOf('Nell', FILM).playCount).toBe(7);
    await server.control.setFault({ kind: 'rewrite', rewrite: (answer) => ({ ...answer, body: '{}' }) }, { methods: ['GET'] });
    expect((await callServer(url, { headers })).text).toBe('{}');
  });
});
