import { Discovery, HistoryEntry, LogEntry, type MediaItem } from '@usher/contracts';
import { expect } from 'expect';
import { behavior, GONE, NOT_OFFERED, type Behavior } from './behavior.js';
import { failsWith, NOT_FOUND } from './failing.js';

const DAY_MS = 86_400_000;
const inTime = (ms: number): string => new Date(Date.now() + ms).toISOString();
const newestFirst = (rows: readonly { at: string }[]): void => expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).sort().reverse());

/** What single people see first, and what they watched. */
export const PEOPLE: readonly Behavior[] = [
  behavior('users.discovery() answers what the contract says', [], async ({ server: { users }, facts }) => {
    if (!(await facts.has('users.discovery'))) return NOT_OFFERED;
    const discovery = await users.discovery((await facts.person()).vendorId);
    expect(Discovery.parse(discovery)).toEqual(discovery);
    await failsWith(users.discovery(GONE), NOT_FOUND);
  }),

  behavior('users.discovery() tells what that person sees first', ['own-account', 'store'], async ({ server: { users }, facts, own, seed }) => {
    if (!(await facts.has('users.discovery'))) return NOT_OFFERED;
    const person = await own();
    const [begun, liked] = (await facts.films(2)) as [MediaItem, MediaItem];
    const first = (await facts.titles('shows')).find((item) => item.seasonNumber === 1 && item.episodeNumber === 1)!;
    await seed(person, begun, { positionMs: 600_000, lastPlayedAt: '2024-05-06T07:08:09.000Z' });
    await seed(person, first, { played: true, playCount: 1, lastPlayedAt: '2024-05-07T07:08:09.000Z' });
    await seed(person, liked, { favorite: true });
    const discovery = await users.discovery(person.vendorId);
    expect(Discovery.parse(discovery)).toEqual(discovery);
    expect(discovery.latest.length).toBeGreaterThan(0);
    expect(discovery.resume).toEqual([expect.objectContaining({ item: expect.objectContaining({ vendorId: begun.vendorId }), positionMs: 600_000 })]);
    expect(discovery.nextUp.map(({ item }) => [item.parentVendorId, item.seasonNumber, item.episodeNumber])).toEqual([[first.parentVendorId, 1, 2]]);
    expect(discovery.favorites.filter(({ count }) => count > 0)).toEqual((await facts.has('watchStates.favorite')) ? [{ type: 'movie', count: 1 }] : []);
  }),

  behavior('history.playbacks() is in order and keeps to its limits', [], async ({ server: { history }, facts }) => {
    if (!(await facts.has('history.read'))) return NOT_OFFERED;
    const rows = await history.playbacks(100, null);
    for (const row of rows) expect(HistoryEntry.parse(row)).toEqual(row);
    newestFirst(rows);
    expect((await history.playbacks(1, null)).length).toBe(Math.min(1, rows.length));
    expect(await history.playbacks(100, inTime(DAY_MS))).toEqual([]);
  }),

  behavior('history.playbacks() tells who watched what, newest first', ['store'], async ({ server: { history }, facts, stage }) => {
    if (!(await facts.has('history.read'))) return NOT_OFFERED;
    const { name } = await facts.ordinary();
    const [one, other] = (await facts.films(2)) as [MediaItem, MediaItem];
    stage.watchToEnd(name, one);
    stage.watchToEnd(name, other);
    const rows = await history.playbacks(500, null);
    for (const row of rows) expect(HistoryEntry.parse(row)).toEqual(row);
    newestFirst(rows);
    expect(rows.map(({ title }) => title)).toEqual(expect.arrayContaining([one.title, other.title]));
    expect(rows.find(({ title }) => title === one.title)).toMatchObject({ userName: name });
    expect(await history.playbacks(1, null)).toHaveLength(1);
    expect(await history.playbacks(500, inTime(DAY_MS))).toEqual([]);
    expect(await history.playbacks(500, inTime(-3_600_000))).toHaveLength(rows.length);
  }),

  behavior('history.log() is in order and keeps to its limits', [], async ({ server: { history }, facts }) => {
    if (!(await facts.has('log.read'))) return NOT_OFFERED;
    const rows = await history.log(100, null);
    for (const row of rows) expect(LogEntry.parse(row)).toEqual(row);
    newestFirst(rows);
    expect(new Set(rows.map(({ vendorId }) => vendorId)).size).toBe(rows.length);
    expect((await history.log(1, null)).length).toBe(Math.min(1, rows.length));
    expect(await history.log(100, '2001-01-01T00:00:00.000Z')).toEqual([]);
  }),

  behavior('history.log() tells what happened, newest first', ['store'], async ({ server: { history }, facts, stage }) => {
    if (!(await facts.has('log.read'))) return NOT_OFFERED;
    const { name } = await facts.ordinary();
    for (const film of await facts.films(2)) stage.watchToEnd(name, film);
    const rows = await history.log(500, null);
    for (const row of rows) expect(LogEntry.parse(row)).toEqual(row);
    newestFirst(rows);
    expect(rows.length).toBeGreaterThan(1);
    expect(new Set(rows.map(({ vendorId }) => vendorId)).size).toBe(rows.length);
    expect(await history.log(1, null)).toHaveLength(1);
    expect(await history.log(500, '2001-01-01T00:00:00.000Z')).toEqual([]);
  }),
];
