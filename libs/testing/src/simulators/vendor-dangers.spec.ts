import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { callServer } from './base/client.js';
import type { Simulator } from './base/simulator.js';
import { startEmby } from './emby.simulator.js';
import { startJellyfin } from './jellyfin.simulator.js';

type Row = Record<string, unknown>;
type Rows = { readonly Items: readonly Row[]; readonly TotalRecordCount: number };

let server: Simulator;
const call = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
  callServer(`${server.url}${path}`, { method, headers: { authorization: `MediaBrowser Token="${server.adminKey}"`, 'x-emby-token': server.adminKey }, ...(body === undefined ? {} : { body }) });
const rows = async (path: string): Promise<readonly Row[]> => ((await call('GET', path)).json<Rows>()).Items;
const idOf = async (userName: string): Promise<string> => String((await call('GET', '/Users')).json<Row[]>().find(({ Name }) => Name === userName)!['Id']);
const films = async (): Promise<string[]> => (await rows('/Items?recursive=true&includeItemTypes=Movie&Recursive=true&IncludeItemTypes=Movie&collapseBoxSetItems=false')).map(({ Id }) => String(Id));
const start = async (made: Promise<Simulator>): Promise<void> => {
  server = await made;
  server.control.disk.add('/media/attic');
  server.control.state.tasks.takesMs = 600_000;
};
afterEach(() => server.close());

describe('a simulated Jellyfin is as dangerous as a real one', () => {
  beforeEach(() => start(startJellyfin()));

  it('makes a second library of a taken name, and keeps the view of a removed one', async () => {
    const create = (path: string) => call('POST', `/Library/VirtualFolders?name=Movies&collectionType=movies&paths=${encodeURIComponent(path)}`, {});
    expect([(await create('/media/attic')).status, (await create('/not/there')).status]).toEqual([204, 400]);
    const names = async () => (await call('GET', '/Library/VirtualFolders')).json<Row[]>().map(({ Name }) => Name);
    expect(await names()).toContain('Movies2');
    expect((await call('DELETE', '/Library/VirtualFolders?name=Movies2&refreshLibrary=false')).status).toBe(204);
    expect(await names()).not.toContain('Movies2');
    expect((await rows(`/UserViews?userId=${await idOf('Nell')}`)).map(({ Name }) => Name)).toContain('Movies2');
    expect((await call('DELETE', '/Library/VirtualFolders?name=Movies2')).status).toBe(404);
  });

  it('fails to cancel what is idle', async () => {
    const tasks = async () => (await call('GET', '/ScheduledTasks')).json<Row[]>();
    const scan = (await tasks()).find(({ Key }) => Key === 'RefreshLibrary')!;
    const cancel = async (id: unknown) => (await call('DELETE', `/ScheduledTasks/Running/${id}`)).status;
    expect([await cancel(scan['Id']), await cancel('0'.repeat(32))]).toEqual([500, 404]);
    await call('POST', `/ScheduledTasks/Running/${scan['Id']}`);
    expect((await tasks()).find(({ Key }) => Key === 'RefreshLibrary')).toMatchObject({ State: 'Running' });
    expect(await cancel(scan['Id'])).toBe(204);
    expect((await tasks()).find(({ Key }) => Key === 'RefreshLibrary')).toMatchObject({ State: 'Idle', LastExecutionResult: { Status: 'Cancelled' } });
  });

  it('makes playlists public, ignores unknown titles and removes all copies at once', async () => {
    const [nell, otis] = [await idOf('Nell'), await idOf('Otis')];
    const [a, b] = (await films()) as [string, string];
    expect((await call('POST', '/Playlists', { Name: 'Mixed', Ids: [a] })).status).toBe(400);
    expect((await call('POST', '/Playlists', { Name: 'Mixed', Ids: ['0'.repeat(32)], UserId: nell })).status).toBe(400);
    const { Id } = (await call('POST', '/Playlists', { Name: 'Mixed', Ids: [a, b, a], UserId: nell })).json<Row>();
    const entries = async () => (await rows(`/Playlists/${Id}/Items?userId=${nell}`)).map((row) => row['PlaylistItemId']);
    expect(await rows(`/Items?userId=${otis}&recursive=true&includeItemTypes=Playlist`)).toEqual([expect.objectContaining({ Id, Name: 'Mixed' })]);
    const add = async (ids: string, userId: string) => (await call('POST', `/Playlists/${Id}/Items?ids=${ids}&userId=${userId}`)).status;
    expect([await add(`${'0'.repeat(31)}1`, nell), await add(b, otis)]).toEqual([204, 403]);
    expect(await entries()).toEqual([a, b, a]);
    expect((await call('DELETE', `/Playlists/${Id}/Items?entryIds=${a}`)).status).toBe(204);
    expect(await entries()).toEqual([b]);
    expect([(await call('GET', `/Playlists/${Id}`)).status, (await call('GET', `/Playlists/${Id}/Items`)).status]).toEqual([400, 400]);
  });

  it('answers the old collection of a taken name, shows its members to people only and hides them behind it', async () => {
    const [a, b] = (await films()) as [string, string];
    const make = async (ids: string) => (await call('POST', `/Collections?name=Silent&ids=${ids}`)).json<Row>()['Id'];
    const id = await make(a);
    expect(await make(b)).toBe(id);
    const members = async (more: string) => (await rows(`/Items?parentId=${id}${more}`)).map((row) => row['Id']);
    expect([await members(''), await members(`&userId=${await idOf('Nell')}`)]).toEqual([[], [a]]);
    const listed = (await rows('/Items?recursive=true&includeItemTypes=Movie')).map((row) => row['Id']);
    expect([listed.includes(id), listed.includes(a)]).toEqual([true, false]);
    expect([(await call('POST', '/Collections')).status, (await call('POST', `/Collections/${id}/Items?ids=${'0'.repeat(32)}`)).status]).toEqual([500, 400]);
  });

  it('wants the name of somebody for what it shows first, and knows no device by a wrong id', async () => {
    for (const path of ['/Items/Latest', '/UserItems/Resume', '/Shows/NextUp']) expect((await call('GET', path)).status).toBe(400);
    expect((await call('DELETE', '/Devices?id=nobody')).status).toBe(400);
    server.control.signIn({ user: 'Nell', device: { id: 'den', name: 'Den TV' } });
    expect(await rows('/Devices')).toEqual([expect.objectContaining({ Id: 'den', Name: 'Den TV', LastUserName: 'Nell' })]);
    expect((await call('DELETE', '/Devices?id=den')).status).toBe(204);
    expect(await rows('/Devices')).toEqual([]);
  });

  it('reads a time without a zone as its own', async () => {
    const since = async (text: string) => (await call('GET', `/Items?recursive=true&includeItemTypes=Movie&limit=0&minDateLastSaved=${encodeURIComponent(text)}`)).json<Rows>().TotalRecordCount;
    const inTwoHours = new Date(server.control.clock.now() + 7_200_000).toISOString();
    expect([await since(inTwoHours), await since(inTwoHours.replace('Z', ''))]).toEqual([0, 0]);
    // its clock is five hours behind
    const threeHoursAgo = new Date(server.control.clock.now() - 10_800_000).toISOString();
    expect([(await since(threeHoursAgo)) > 0, await since(threeHoursAgo.replace('Z', ''))]).toEqual([true, 0]);
    expect((await call('GET', '/Items?recursive=true&minDateLastSaved=soon')).status).toBe(400);
  });
});

describe('a simulated Emby is as dangerous as a real one', () => {
  beforeEach(() => start(startEmby()));

  it('drops a filter that it cannot read, and finds titles by the ids of others in any case', async () => {
    const all = (await films()).length;
    const count = async (filter: string) => (await rows(`/Items?Recursive=true&IncludeItemTypes=Movie&AnyProviderIdEquals=${filter}`)).length;
    const imdb = Object.entries(server.control.state.catalogue.byTitle('Nosferatu').providers).find(([name]) => name.toLowerCase() === 'imdb')![1];
    expect([await count('nonsense'), await count(`IMDB.${imdb}`), await count('imdb.tt0')]).toEqual([all, 1, 0]);
  });

  it('fails to cancel what is idle, takes unknown devices for granted and wants to know which file', async () => {
    const [task] = (await call('GET', '/ScheduledTasks')).json<Row[]>();
    expect([(await call('DELETE', `/ScheduledTasks/Running/${task!['Id']}`)).status, (await call('DELETE', '/ScheduledTasks/Running/x')).text]).toEqual([500, 'Task not found']);
    expect((await call('DELETE', '/Devices?Id=99')).status).toBe(204);
    expect((await call('GET', `/Items/${(await films())[0]}/RemoteSearch/Subtitles/eng`)).status).toBe(400);
    expect((await call('GET', '/BackupRestore/BackupInfo')).status).toBe(404);
  });

  it('loses a collection with its last title, and makes none without', async () => {
    const [a] = (await films()) as [string];
    expect((await call('POST', '/Collections?Name=Silent')).status).toBe(500);
    const { Id } = (await call('POST', `/Collections?Name=Silent&Ids=${a}`)).json<Row>();
    await call('POST', `/Collections/${Id}/Items/Delete?Ids=${a}`);
    expect(await rows('/Items?Recursive=true&IncludeItemTypes=BoxSet')).toEqual([]);
  });

  it('shows what comes next among what was begun, at the beginning', async () => {
    const nell = await idOf('Nell');
    const episodes = server.control.state.catalogue.ofKind('episode');
    server.control.setState('Nell', episodes[0]!, { played: true, playCount: 1 });
    const resume = await rows(`/Users/${nell}/Items/Resume`);
    expect(resume).toEqual([expect.objectContaining({ Id: String(episodes[1]!.number), UserData: expect.objectContaining({ PlaybackPositionTicks: 0 }) })]);
  });
});
