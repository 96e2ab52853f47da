import { describe, expect, it } from '@jest/globals';
import { WatchState } from '@usher/contracts';
import { durationMsOf, exactData, mapUserData, originalOf, stateOf, stateOfVersions, userDataBody } from './user-data.mapper.js';

const ROW = { Rating: 7.25, PlayedPercentage: 29.4, PlaybackPositionTicks: 1_234_567_891, PlayCount: 4, IsFavorite: true, Likes: true, LastPlayedDate: '2018-07-06T05:04:03.2109876Z', Played: true, Key: '1398' };
const data = (change: object = {}) => mapUserData({ ...ROW, ...change })!;

describe('user data', () => {
  it('becomes a state in neutral units', () => {
    const state = stateOf('a', data(), 42_000_000_000);
    expect(WatchState.parse(state)).toEqual(state);
    expect(state).toMatchObject({ itemVendorId: 'a', played: true, playCount: 4, lastPlayedAt: '2018-07-06T05:04:03.210Z', positionMs: 123_456, favorite: true, ratingTenths: 73 });
    expect(durationMsOf(state, state)).toBe(4_200_000);
  });

  it('drops what cannot be true', () => {
    const state = stateOf('a', data({ PlayCount: -3, PlaybackPositionTicks: -5, LastPlayedDate: '0001-01-01T00:00:00.0000000Z', Rating: 11 }), null);
    expect(WatchState.parse(state)).toMatchObject({ playCount: 0, positionMs: 0, lastPlayedAt: null, ratingTenths: null });
    expect(WatchState.parse(stateOf('a', data({ PlayCount: 5_000_000, LastPlayedDate: 'soon', Rating: 'NaN' }), null))).toMatchObject({ playCount: 1_000_000, lastPlayedAt: null, ratingTenths: null });
    for (const answer of [null, [], 'x', {}, { Key: '1' }]) expect(mapUserData(answer)).toBeNull();
  });

  it('reads numbers in strings and flags in words', () => {
    expect(mapUserData({ Played: 'true', PlayCount: '4', PlaybackPositionTicks: '10000', IsFavorite: 1 })).toEqual({ played: true, playCount: 4, ticks: 10_000, lastPlayed: null, favorite: true, rating: null });
  });

  it('goes back exactly where nothing was changed', () => {
    const before = stateOf('a', data(), null);
    expect(exactData(before, before)).toEqual(data());
    expect(exactData({ ...before, playCount: 9, original: null }, before)).toEqual({ ...data(), playCount: 9 });
    expect(userDataBody(data())).toEqual({ Played: true, PlayCount: 4, PlaybackPositionTicks: 1_234_567_891, IsFavorite: true, LastPlayedDate: '2018-07-06T05:04:03.2109876Z', Rating: 7.25 });
  });

  it('takes the given state’s own values before those of the row as it is now', () => {
    const former = stateOf('a', data(), null);
    const now = stateOf('a', data({ Rating: 7.3, PlaybackPositionTicks: 1_234_560_000 }), null);
    expect(exactData(former, now)).toMatchObject({ rating: 7.25, ticks: 1_234_567_891 });
  });

  it('leaves out what is absent, and writes times in UTC', () => {
    const before = stateOf('a', data(), null);
    expect(userDataBody(exactData({ ...before, lastPlayedAt: null, ratingTenths: null }, before))).toEqual({ Played: true, PlayCount: 4, PlaybackPositionTicks: 1_234_567_891, IsFavorite: true });
    expect(exactData({ ...before, lastPlayedAt: '2020-02-03T04:05:06Z', positionMs: 5, ratingTenths: 85 }, before)).toMatchObject({ lastPlayed: '2020-02-03T04:05:06.0000000Z', ticks: 50_000, rating: 8.5 });
    expect(exactData({ ...before, lastPlayedAt: '2020-02-03T04:05:06.1234567Z' }, before).lastPlayed).toBe('2020-02-03T04:05:06.1234567Z');
  });

  it('does not read what another vendor kept', () => {
    for (const original of ['{"p":[1,2,3,4,5]}', 'nonsense', '[]', '{}']) expect(originalOf({ ...stateOf('a', data(), null), original })).toBeNull();
  });

  it('of a title with several files shows all of them, and gives back the row of each', () => {
    const own = data({ Played: false, PlayCount: 1, LastPlayedDate: '2019-01-01T00:00:00.0000000Z', PlaybackPositionTicks: 0, IsFavorite: false });
    const other = data({ PlayCount: 3, LastPlayedDate: '2020-01-01T00:00:00.0000000Z' });
    const state = stateOfVersions('a', own, [{ id: 'b', data: other }], null);
    expect(WatchState.parse(state)).toMatchObject({ played: true, playCount: 3, lastPlayedAt: '2020-01-01T00:00:00.000Z', positionMs: 123_456, favorite: true });
    expect(exactData(state, state)).toEqual(own);
    expect(originalOf(state)?.versions).toEqual([{ id: 'b', data: other }]);
    const many = stateOfVersions('a', own, Array.from({ length: 30 }, (_, at) => ({ id: String(at).padStart(32, '0'), data: other })), null);
    expect(WatchState.parse(many).original?.length).toBeLessThanOrEqual(1_000);
  });
});
