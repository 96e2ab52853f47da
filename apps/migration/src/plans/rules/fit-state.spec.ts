import { describe, expect, it } from '@jest/globals';
import type { Capability, ServerKind, WatchState } from '@usher/contracts';
import { fitState } from './fit-state.js';
import { traitsOf } from './target-traits.js';
import { VerdictBook, verdictOf } from './verdicts.js';
import { emptyState, sanitize } from './watch-fields.js';

const BASE: Capability[] = ['watchStates.read', 'watchStates.write', 'watchStates.rating'];
const CAN: Record<ServerKind, Capability[]> = {
  jellyfin: [...BASE, 'watchStates.playedAt', 'watchStates.playCount', 'watchStates.favorite'],
  emby: [...BASE, 'watchStates.playedAt', 'watchStates.playCount', 'watchStates.favorite'],
  plex: [...BASE, 'watchStates.ownTokenOnly'],
};
const of = (kind: ServerKind, facts: Partial<Parameters<typeof traitsOf>[2]> = {}) => traitsOf(kind, CAN[kind], { isAdministrator: false, isReachable: true, ...facts });
const HOUR = { source: 3_600_000, target: 3_600_000 };
const AT = '2024-05-01T20:00:00.000Z';

function state(change: Partial<WatchState> = {}): WatchState {
  return { ...emptyState('film', true), ...change };
}

describe('a resume point', () => {
  it.each<[ServerKind, number, number, string[]]>([
    ['jellyfin', 10_000, 10_000, []],
    ['jellyfin', 3_590_000, 3_590_000, []],
    ['emby', 60_000, 0, ['outside-resume-window']],
    ['emby', 90_000, 90_000, []],
    ['emby', 3_300_000, 0, ['outside-resume-window']],
    ['plex', 10_000, 10_000, ['position-re-dated']],
    ['plex', 3_300_000, 0, ['outside-resume-window']],
  ])('on %s at %d ms becomes %d', (kind, positionMs, expected, reasons) => {
    const { state: to, loss } = fitState(state({ positionMs }), state(), of(kind), HOUR);
    expect(to.positionMs).toBe(expected);
    expect(loss.map(({ reason }) => reason)).toEqual(reasons);
  });

  it('is not carried into another cut, nor kept by an Emby of a short clip', () => {
    const { state: other, loss } = fitState(state({ positionMs: 600_000 }), state(), of('jellyfin'), { source: 3_600_000, target: 3_700_000 });
    expect([other.positionMs, loss]).toEqual([0, [{ field: 'positionMs', kind: 'lossy', reason: 'different-cut' }]]);
    expect(fitState(state({ positionMs: 600_000 }), state(), of('jellyfin'), { source: 3_600_000, target: 3_620_000 }).state.positionMs).toBe(600_000);
    expect(fitState(state({ positionMs: 600_000 }), state(), of('jellyfin'), { source: null, target: null }).state.positionMs).toBe(600_000);
    expect(fitState(state({ positionMs: 50_000 }), state(), of('emby'), { source: 100_000, target: 100_000 }).state.positionMs).toBe(0);
  });
});

describe('Plex', () => {
  it('counts one play for a mark, and nothing for what was marked before', () => {
    const fresh = fitState(state({ played: true, playCount: 7 }), state(), of('plex'), HOUR);
    expect(fresh).toMatchObject({ state: { playCount: 1 }, loss: [{ field: 'playCount', reason: 'one-play-only' }] });
    expect(fitState(state({ played: true, playCount: 1 }), state(), of('plex'), HOUR).loss).toEqual([]);
    const old = fitState(state({ played: true, playCount: 7 }), state({ played: true, playCount: 2 }), of('plex'), HOUR);
    expect(old).toMatchObject({ state: { playCount: 2 }, loss: [{ reason: 'one-play-only' }] });
    expect(fitState(state(), state({ played: true, playCount: 2 }), of('plex'), HOUR).state.playCount).toBe(0);
    expect(fitState(state({ played: true }), state(), of('plex'), HOUR).state.playCount).toBe(1);
  });

  it('takes no date and no favorite, and ratings of the owner only', () => {
    const wanted = state({ played: true, playCount: 1, lastPlayedAt: AT, favorite: true, ratingTenths: 70 });
    const before = { ...state(), favorite: null };
    expect(fitState(wanted, before, of('plex'), HOUR)).toMatchObject({ state: { lastPlayedAt: null, favorite: null, ratingTenths: null }, loss: [{ reason: 'date-of-writing' }, { reason: 'no-favorites' }, { reason: 'owner-ratings-only' }] });
    expect(fitState(wanted, before, of('plex', { isAdministrator: true }), HOUR).state.ratingTenths).toBe(70);
  });

  it('has a verdict for every field, also where nothing is lost', () => {
    expect(verdictOf('played', of('plex', { isReachable: false }))).toEqual({ kind: 'impossible', reason: 'no-user-token' });
    expect(verdictOf('favorite', of('plex'))).toEqual({ kind: 'impossible', reason: 'no-favorites' });
    const book = new VerdictBook();
    book.count(['played', 'playCount'], [{ field: 'playCount', kind: 'lossy', reason: 'one-play-only' }]);
    book.count(['played'], []);
    expect(book.list(['played', 'playCount', 'favorite'], ['played', 'playCount', 'favorite'], of('plex'))).toEqual([
      { field: 'played', kind: 'exact', reason: null, rows: 2 },
      { field: 'playCount', kind: 'lossy', reason: 'one-play-only', rows: 1 },
      { field: 'favorite', kind: 'impossible', reason: 'no-favorites', rows: 0 },
    ]);
  });
});

describe('values that cannot be true', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each<[Partial<WatchState>, Partial<WatchState>, string[]]>([
    [{ lastPlayedAt: '0001-01-01T00:00:00.000Z' }, { lastPlayedAt: null }, []],
    [{ lastPlayedAt: '1970-01-01T00:00:00.000Z' }, { lastPlayedAt: null }, []],
    [{ lastPlayedAt: '1985-01-01T00:00:00.000Z' }, { lastPlayedAt: null }, ['lastPlayedAt']],
    [{ lastPlayedAt: '9999-12-31T23:59:59.000Z' }, { lastPlayedAt: null }, ['lastPlayedAt']],
    [{ lastPlayedAt: '2026-01-01T00:04:00.000Z' }, { lastPlayedAt: '2026-01-01T00:04:00.000Z' }, []],
    [{ positionMs: 4_000_000 }, { positionMs: 0 }, ['positionMs']],
    [{ playCount: 900_000, played: true }, { playCount: 0, played: true }, ['playCount']],
  ])('%j', (given, kept, invalid) => {
    const result = sanitize(state(given), 3_600_000, now);
    expect(result.invalid).toEqual(invalid);
    expect(result.state).toMatchObject(kept);
  });

  it('are not looked for in a position whose length is unknown', () => {
    expect(sanitize(state({ positionMs: 4_000_000 }), null, now)).toMatchObject({ state: { positionMs: 4_000_000 }, invalid: [] });
  });
});
