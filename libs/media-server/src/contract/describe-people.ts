import { expect, it } from '@jest/globals';
import { Discovery, HistoryEntry, LogEntry, type Capability, type MediaItem, type MediaUser } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { GONE } from './describe-capabilities.js';
import type { Bench } from './describe-media-server.js';

const newestFirst = (rows: readonly { at: string }[]): void => expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).sort().reverse());

/** The part of the suite about single people: whether they get in, what they see first, what they watched. */
export function describePeople(current: () => Bench): void {
  const server = (): MediaServer => current().server;
  const declares = async (capability: Capability): Promise<boolean> => {
    await server().probe();
    return server().capabilities.has(capability);
  };
  const person = async (isAdministrator: boolean): Promise<MediaUser> => (await server().users.list()).find((user) => user.isAdministrator === isAdministrator)!;
  const titles = async (type: 'movies' | 'shows'): Promise<MediaItem[]> => {
    const { vendorId } = (await server().libraries.list()).find((library) => library.type === type)!;
    const items: MediaItem[] = [];
    for (let start: number | null = 0; start !== null; ) {
      const page = await server().libraries.items(vendorId, { start, limit: 500 }, { withFiles: false });
      items.push(...page.items);
      start = page.nextStart;
    }
    return items;
  };
  const notFound = { code: 'NOT_FOUND' };
  const refused = { code: 'VALIDATION_FAILED' };

  it('users.setEnabled() locks an account out and lets it in again, but no last administrator', async () => {
    if (!(await declares('users.policy'))) return;
    const { users } = server();
    const { vendorId } = await person(false);
    const before = await users.policy(vendorId);
    await users.setEnabled(vendorId, false);
    expect(await users.policy(vendorId)).toEqual({ ...before, enabled: false });
    expect((await users.list()).find((user) => user.vendorId === vendorId)?.enabled).toBe(false);
    await users.setEnabled(vendorId, true);
    expect(await users.policy(vendorId)).toEqual(before);
    const administrator = await person(true);
    await expect(users.setEnabled(administrator.vendorId, false)).rejects.toMatchObject(refused);
    expect((await users.policy(administrator.vendorId)).enabled).toBe(true);
    await expect(users.setEnabled(GONE, false)).rejects.toMatchObject(notFound);
  });

  it('users.list() tells what an account may see, when the libraries are known', async () => {
    if (!(await declares('users.policy'))) return;
    const { users, libraries } = server();
    const { vendorId } = await person(false);
    const [one, other] = (await libraries.list()).map((library) => library.vendorId) as [string, string];
    const told = async () => (await users.list()).find((user) => user.vendorId === vendorId)?.libraries;
    for (const wanted of [[one], [], [one, other]]) {
      await users.applyPolicy(vendorId, { libraries: wanted });
      expect([...((await told()) as string[])].sort()).toEqual([...wanted].sort());
    }
    await users.applyPolicy(vendorId, { libraries: 'all' });
    expect(await told()).toBe('all');
  });

  it('users.setPassword() sets one, never none', async () => {
    if (!(await declares('users.password'))) return;
    const { users } = server();
    const { vendorId, name } = await person(false);
    await users.setPassword(vendorId, 'correct horse & "battery"');
    expect(current().passwordOf(name)).toBe('correct horse & "battery"');
    await expect(users.setPassword(vendorId, '')).rejects.toMatchObject(refused);
    expect(current().passwordOf(name)).toBe('correct horse & "battery"');
    await expect(users.setPassword(GONE, 'correct horse')).rejects.toMatchObject(notFound);
  });

  it('users.discovery() tells what that person sees first', async () => {
    if (!(await declares('users.discovery'))) return;
    const { users, capabilities } = server();
    const { vendorId, name } = await person(false);
    const [begun, liked] = (await titles('movies')) as [MediaItem, MediaItem];
    const first = (await titles('shows')).find((item) => item.seasonNumber === 1 && item.episodeNumber === 1)!;
    current().seed(name, begun, { positionMs: 600_000, lastPlayedAt: '2024-05-06T07:08:09.000Z' });
    current().seed(name, first, { played: true, playCount: 1, lastPlayedAt: '2024-05-07T07:08:09.000Z' });
    current().seed(name, liked, { favorite: true });
    const discovery = await users.discovery(vendorId);
    expect(Discovery.parse(discovery)).toEqual(discovery);
    expect(discovery.latest.length).toBeGreaterThan(0);
    expect(discovery.resume).toEqual([expect.objectContaining({ item: expect.objectContaining({ vendorId: begun.vendorId }), positionMs: 600_000 })]);
    expect(discovery.nextUp.map(({ item }) => [item.parentVendorId, item.seasonNumber, item.episodeNumber])).toEqual([[first.parentVendorId, 1, 2]]);
    expect(discovery.favorites.filter(({ count }) => count > 0)).toEqual(capabilities.has('watchStates.favorite') ? [{ type: 'movie', count: 1 }] : []);
    await expect(users.discovery(GONE)).rejects.toMatchObject(notFound);
  });

  it('history.playbacks() tells who watched what, newest first', async () => {
    if (!(await declares('history.read'))) return;
    const { history } = server();
    const { name } = await person(false);
    const [one, other] = (await titles('movies')) as [MediaItem, MediaItem];
    current().watchToEnd(name, one);
    current().watchToEnd(name, other);
    const rows = await history.playbacks(500, null);
    for (const row of rows) expect(HistoryEntry.parse(row)).toEqual(row);
    newestFirst(rows);
    expect(rows.map(({ title }) => title)).toEqual(expect.arrayContaining([one.title, other.title]));
    expect(rows.find(({ title }) => title === one.title)).toMatchObject({ userName: name });
    expect(await history.playbacks(1, null)).toHaveLength(1);
    expect(await history.playbacks(500, new Date(Date.now() + 86_400_000).toISOString())).toEqual([]);
    expect(await history.playbacks(500, new Date(Date.now() - 3_600_000).toISOString())).toHaveLength(rows.length);
  });

  it('history.log() tells what happened, newest first', async () => {
    if (!(await declares('log.read'))) return;
    const { history } = server();
    const { name } = await person(false);
    for (const film of (await titles('movies')).slice(0, 2)) current().watchToEnd(name, film);
    const rows = await history.log(500, null);
    for (const row of rows) expect(LogEntry.parse(row)).toEqual(row);
    newestFirst(rows);
    expect(rows.length).toBeGreaterThan(1);
    expect(new Set(rows.map(({ vendorId }) => vendorId)).size).toBe(rows.length);
    expect(await history.log(1, null)).toHaveLength(1);
    expect(await history.log(500, '2001-01-01T00:00:00.000Z')).toEqual([]);
  });
}
