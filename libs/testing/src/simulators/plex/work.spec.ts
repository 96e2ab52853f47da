import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { callServer, type PlainAnswer } from '../base/client.js';
import type { Simulator } from '../base/simulator.js';
import { startPlex, type PlexOptions } from '../plex.simulator.js';

let plex: Simulator | undefined;
afterEach(() => plex?.close());

async function start(options: PlexOptions = {}): Promise<Simulator> {
  plex = await startPlex(options);
  return plex;
}

const call = (server: Simulator, method: string, path: string, token = server.adminKey): Promise<PlainAnswer> => callServer(`${server.url}${path}`, { method, headers: { accept: 'application/json', 'x-plex-token': token } });
type Rows = Record<string, unknown>[];
const containerOf = (answer: PlainAnswer) => answer.json<{ MediaContainer: Record<string, unknown> }>().MediaContainer;
const rowsOf = (answer: PlainAnswer, name = 'Metadata') => (containerOf(answer)[name] ?? []) as Rows;

describe('a simulated Plex at work', () => {
  it('leaves lists out when they are empty', async () => {
    const server = await start();
    for (const path of ['/activities', '/status/sessions/background', '/playlists', '/devices', '/library/onDeck', '/status/sessions/history/all', '/library/sections/1/collections']) {
      const { size, ...rest } = containerOf(await call(server, 'GET', path));
      expect([path, size, Object.values(rest).some(Array.isArray)]).toEqual([path, 0, false]);
    }
  });

  it('refuses what only the owner may, as HTML', async () => {
    const server = await start();
    for (const [method, path] of [['GET', '/activities'], ['POST', '/butler/BackupDatabase'], ['GET', '/statistics/resources'], ['DELETE', '/library/sections/1'], ['GET', '/devices'], ['POST', '/library/collections?sectionId=1&title=x&type=1']] as const) {
      const refused = await call(server, method, path, server.viewerKey);
      expect([path, refused.status, refused.headers.get('content-type')]).toEqual([path, 403, 'text/html']);
    }
  });

  it('cancels a scan, no refresh, and nothing twice', async () => {
    const server = await start({ clock: new ManualClock() });
    await call(server, 'GET', '/library/sections/1/refresh');
    await call(server, 'POST', '/library/sections/1/refresh?force=1');
    const [scan, refresh] = rowsOf(await call(server, 'GET', '/activities'), 'Activity') as [Rows[0], Rows[0]];
    expect([scan!['cancellable'], refresh!['cancellable']]).toEqual([true, false]);
    const statuses = [scan, scan, refresh, { uuid: 'nothing' }].map(async (each) => (await call(server, 'DELETE', `/activities/${String(each!['uuid'])}`)).status);
    expect(await Promise.all(statuses)).toEqual([200, 404, 400, 404]);
  });

  it('has a butler without a container, who answers 202 while he is at it', async () => {
    const server = await start({ clock: new ManualClock() });
    const { ButlerTasks } = (await call(server, 'GET', '/butler')).json<{ ButlerTasks: { ButlerTask: Rows } }>();
    expect(ButlerTasks.ButlerTask.map(({ name }) => name)).toContain('BackupDatabase');
    const order = async (method: string, task: string) => (await call(server, method, `/butler/${task}`)).status;
    expect([await order('POST', 'BackupDatabase'), await order('POST', 'BackupDatabase'), await order('DELETE', 'BackupDatabase'), await order('POST', 'BackupDatabase'), await order('POST', 'Nothing')]).toEqual([200, 202, 200, 200, 404]);
  });

  it('remembers devices, and playbacks that came to their end, in seconds', async () => {
    const server = await start({ clock: new ManualClock() });
    const film = server.control.state.catalogue.leaves()[0]!;
    server.control.startPlayback({ item: film, positionMs: film.durationMs! - 1_000 }).stop();
    server.control.startPlayback({ item: film, positionMs: 1_000 }).stop();
    const [row, ...others] = rowsOf(await call(server, 'GET', '/status/sessions/history/all?sort=viewedAt:desc'));
    expect(others).toEqual([]);
    expect(row).toMatchObject({ ratingKey: String(film.number), accountID: 100_002, deviceID: 1, viewedAt: Math.floor(server.control.clock.now() / 1_000) });
    expect(rowsOf(await call(server, 'GET', `/status/sessions/history/all?viewedAt>=${Number(row!['viewedAt']) + 1}`))).toEqual([]);
    expect(rowsOf(await call(server, 'GET', '/devices'), 'Device')).toHaveLength(2);
  });

  it('keeps playlists of each account apart, in their order, titles twice when told to', async () => {
    const server = await start();
    const [one, two] = server.control.state.catalogue.leaves();
    const machineId = String(containerOf(await call(server, 'GET', '/identity'))['machineIdentifier']);
    const uri = (...numbers: number[]) => `uri=${encodeURIComponent(`server://${machineId}/com.plexapp.plugins.library/library/metadata/${numbers.join(',')}`)}`;
    const made = rowsOf(await call(server, 'POST', `/playlists?type=video&title=Mine&smart=0&${uri(one!.number)}`, server.viewerKey))[0]!;
    const path = `/playlists/${String(made['ratingKey'])}`;
    expect((await call(server, 'GET', `${path}/items`)).status).toBe(404);
    await call(server, 'PUT', `${path}/items?${uri(two!.number, one!.number)}`, server.viewerKey);
    const items = async () => rowsOf(await call(server, 'GET', `${path}/items`, server.viewerKey));
    const last = (await items()).at(-1)!;
    await call(server, 'PUT', `${path}/items/${String(last['playlistItemID'])}/move`, server.viewerKey);
    expect((await items()).map(({ ratingKey }) => Number(ratingKey))).toEqual([one!.number, one!.number, two!.number]);
    const refused = ['/playlists?type=video&title=x', `/playlists?type=hologram&title=x&${uri(one!.number)}`, `/playlists?type=video&title=x&${uri(999_999)}`];
    expect(await Promise.all(refused.map(async (each) => (await call(server, 'POST', each, server.viewerKey)).status))).toEqual([400, 400, 400]);
    expect([(await call(server, 'DELETE', path, server.viewerKey)).status, (await call(server, 'DELETE', path, server.viewerKey)).status]).toEqual([204, 404]);
  });

  it('makes and removes libraries, by the words of the document and of older clients', async () => {
    const server = await start();
    const made = async (query: string) => (await call(server, 'POST', `/library/sections/all?name=Attic&agent=tv.plex.agents.movie&language=en-US&${query}`)).status;
    expect([await made('type=1&locations=/a&locations=/b'), await made('type=movie&location=/c'), await made('type=1'), await made('type=99&locations=/a')]).toEqual([200, 200, 400, 400]);
    const attics = rowsOf(await call(server, 'GET', '/library/sections'), 'Directory').filter(({ title }) => title === 'Attic');
    expect(attics.map((row) => (row['Location'] as Rows).map(({ path }) => path))).toEqual([['/a', '/b'], ['/c']]);
    const remove = async () => (await call(server, 'DELETE', `/library/sections/${String(attics[0]!['key'])}`)).status;
    expect([await remove(), await remove()]).toEqual([200, 404]);
  });
});
