import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as sdk from '@jellyfin/sdk';
import { getAuthenticationApi } from '@jellyfin/sdk/lib/utils/api/authentication-api.js';
import { getLibraryApi } from '@jellyfin/sdk/lib/utils/api/library-api.js';
import { getLibraryStructureApi } from '@jellyfin/sdk/lib/utils/api/library-structure-api.js';
import { getScheduledTaskApi } from '@jellyfin/sdk/lib/utils/api/scheduled-task-api.js';
import { getSessionApi } from '@jellyfin/sdk/lib/utils/api/session-api.js';
import { getSystemApi } from '@jellyfin/sdk/lib/utils/api/system-api.js';
import { getUserApi } from '@jellyfin/sdk/lib/utils/api/user-api.js';
import { getUserDataApi } from '@jellyfin/sdk/lib/utils/api/user-data-api.js';
import { WebSocket } from 'ws';
import { eventually } from '../eventually.js';
import type { Simulator } from '../simulators/base/simulator.js';
import { startJellyfin } from '../simulators/jellyfin.simulator.js';

/** Its declarations name their files without endings, which TypeScript does not follow in native modules. */
const { Jellyfin } = sdk as unknown as { Jellyfin: new (parts: object) => { createApi(url: string, token?: string): Api } };
/** What is looked at in its answers. */
interface Row {
  readonly Id?: string;
  readonly Name?: string;
  readonly Key?: string;
  readonly CollectionType?: string;
  readonly Policy?: { readonly IsAdministrator: boolean };
  readonly Items?: readonly Row[];
  readonly TotalRecordCount?: number;
  readonly Data?: readonly Row[];
  readonly NowPlayingItem?: Row;
  readonly PlayState?: { readonly IsPaused: boolean };
}
interface Api {
  update(change: { accessToken: string }): void;
  subscribe(types: readonly string[], onMessage: (message: Row) => void): () => void;
}

// The client is made for browsers, which bring one.
Reflect.set(globalThis, 'WebSocket', WebSocket);

let server: Simulator;
beforeEach(async () => {
  server = await startJellyfin({ users: [{ name: 'Marlow', isAdministrator: true, password: 'lantern' }, { name: 'Nell', password: 'harbor' }] });
});
afterEach(() => server.close());

/** Inherited from a file that TypeScript does not find either. */
const itemsOf = (api: Api) => getLibraryApi(api as never) as unknown as { getItems(query: object): Promise<{ data: Row }> };

function client(token?: string): Api {
  const sdk = new Jellyfin({ clientInfo: { name: 'Ship’s Log', version: '1.0.0' }, deviceInfo: { name: 'Bridge', id: 'bridge-1' } });
  return sdk.createApi(server.url, token);
}

async function signedIn(name: string, password: string): Promise<{ api: Api; userId: string }> {
  const api = client();
  const { data } = await getAuthenticationApi(api as never).authenticateUserByName({ authenticateUserByName: { Username: name, Pw: password } });
  api.update({ accessToken: data.AccessToken! });
  return { api, userId: data.User!.Id! };
}

/** The vendor's own client, version 1.0 for Jellyfin 12, at the simulated server. */
describe('@jellyfin/sdk at the simulated Jellyfin 12', () => {
  it('reads who the server is, its libraries, users and tasks', async () => {
    const api = client(server.adminKey);
    const { data: info } = await getSystemApi(api as never).getPublicSystemInfo();
    expect(info).toMatchObject({ Id: server.control.state.serverId, Version: server.control.state.version, StartupWizardCompleted: true });
    expect((await getSystemApi(api as never).getSystemInfo()).data.ServerName).toBe(info.ServerName);
    const { data: folders } = await getLibraryStructureApi(api as never).getVirtualFolders();
    expect(folders.map(({ Name, CollectionType }: Row) => [Name, CollectionType])).toEqual(expect.arrayContaining([['Movies', 'movies'], ['Shows', 'tvshows']]));
    expect((await getUserApi(api as never).getUsers()).data.map(({ Name, Policy }: Row) => [Name, Policy?.IsAdministrator])).toEqual([['Marlow', true], ['Nell', false]]);
    expect((await getScheduledTaskApi(api as never).getTasks()).data.map(({ Key }: Row) => Key)).toContain('RefreshLibrary');
  });

  it('pages through items by folder', async () => {
    const { api, userId } = await signedIn('Marlow', 'lantern');
    const { data: folders } = await getLibraryStructureApi(client(server.adminKey) as never).getVirtualFolders();
    const films = folders.find(({ CollectionType }: Row) => CollectionType === 'movies')!;
    const page = async (startIndex: number) => (await itemsOf(api).getItems({ userId, parentId: films.ItemId!, recursive: true, includeItemTypes: ['Movie'], startIndex, limit: 5, fields: ['Path', 'ProviderIds'], sortBy: ['SortName'] })).data;
    const first = await page(0);
    const second = await page(5);
    expect(first.TotalRecordCount).toBeGreaterThan(5);
    expect(first.Items).toHaveLength(5);
    expect(new Set([...first.Items!, ...second.Items!].map(({ Id }: Row) => Id)).size).toBe(5 + second.Items!.length);
    expect(first.Items![0]).toMatchObject({ Type: 'Movie', Path: expect.any(String), ProviderIds: expect.any(Object), UserData: { Played: false } });
  });

  it('is refused with a wrong password and without a key', async () => {
    await expect(signedIn('Nell', 'wrong')).rejects.toMatchObject({ response: { status: 401 } });
    await expect(getSystemApi(client() as never).getSystemInfo()).rejects.toMatchObject({ response: { status: 401 } });
    const { api } = await signedIn('Nell', 'harbor');
    await expect(getLibraryStructureApi(api as never).getVirtualFolders()).rejects.toMatchObject({ response: { status: 403 } });
  });

  it('sees who plays what, and how it is delivered', async () => {
    const playback = server.control.startPlayback({ user: 'Nell', item: 'Nosferatu', delivery: { kind: 'transcode', video: 'copy' } });
    const { data: sessions } = await getSessionApi(client(server.adminKey) as never).getSessions();
    const row = sessions.find(({ Id }: Row) => Id === playback.sessionId)!;
    expect(row).toMatchObject({ UserName: 'Nell', NowPlayingItem: { Name: 'Nosferatu', Type: 'Movie' }, PlayState: { IsPaused: false }, TranscodingInfo: { IsVideoDirect: true } });
    await getSessionApi(client(server.adminKey) as never).sendPlaystateCommand({ sessionId: row.Id!, command: 'Pause' });
    expect(playback.session.playback?.state).toBe('paused');
  });

  it('writes a watch state and a mark, and reads them back', async () => {
    const { api, userId } = await signedIn('Nell', 'harbor');
    const { data } = await itemsOf(api).getItems({ userId, recursive: true, includeItemTypes: ['Movie'], searchTerm: 'Nosferatu' });
    const itemId = data.Items!.find(({ Name }: Row) => Name === 'Nosferatu')!.Id!;
    await getUserDataApi(api as never).updateItemUserData({ itemId, userId, updateUserItemDataDto: { PlaybackPositionTicks: 6_000_000_000, IsFavorite: true } });
    expect(server.control.stateOf('Nell', 'Nosferatu')).toMatchObject({ ticks: 6_000_000_000, favorite: true });
    await getUserDataApi(api as never).markPlayedItem({ itemId, userId });
    await getUserDataApi(api as never).unmarkFavoriteItem({ itemId, userId });
    const { data: state } = await getUserDataApi(api as never).getItemUserData({ itemId, userId });
    expect(state).toMatchObject({ Played: true, IsFavorite: false, PlayCount: 1 });
  });

  it('hears of sessions over the socket', async () => {
    const heard: string[] = [];
    const api = client(server.adminKey);
    api.subscribe(['Sessions'], ({ Data }) => heard.push(...Data!.flatMap(({ NowPlayingItem, PlayState }) => (NowPlayingItem ? `${NowPlayingItem.Name} ${PlayState!.IsPaused}` : []))));
    const playback = server.control.startPlayback({ user: 'Nell', item: 'Nosferatu' });
    // Version 12 sends nothing for a subscription itself, only for what happens afterwards.
    await eventually(() => {
      playback.pause();
      playback.resume();
      expect(heard).toContain('Nosferatu true');
    });
    expect(heard).toContain('Nosferatu false');
    api.update({ accessToken: '' });
  });
});
