import { describe, expect, it } from '@jest/globals';
import { isBetween, PlanOptions, UserPolicy, type PlanRowOf, type WatchState } from '@usher/contracts';
import { decideRow, hasDrifted, isStale, movedSettings, openSettings } from './decide-row.js';

const options = PlanOptions.parse({});
const users = { kind: 'users', options } as const;
const state = (given: Partial<WatchState> = {}): WatchState => ({ itemVendorId: 't1', played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null, original: null, ...given });
const row = (given: Partial<PlanRowOf<'watch-state.set'>> = {}): PlanRowOf<'watch-state.set'> => ({
  n: 1, u: 0, op: 'watch-state.set', item: 's1', title: 'A Film', tier: 'A', evidence: [], loss: [], source: state(),
  from: state(),
  to: state({ played: true, playCount: 2, lastPlayedAt: '2025-03-01T20:00:00.000Z' }),
  fields: ['played', 'playCount', 'lastPlayedAt'],
  ...given,
});

describe('decideRow', () => {
  it('writes what was planned onto a target that is as the plan saw it', () => {
    expect(decideRow(row(), state(), users)).toEqual({ kind: 'write', to: null });
  });

  it('writes nothing where the target already says so, to the second, whatever unnamed fields say', () => {
    const now = state({ played: true, playCount: 2, lastPlayedAt: '2025-03-01T20:00:00.400Z', favorite: true, positionMs: 77_000 });
    expect(decideRow(row(), now, users)).toEqual({ kind: 'already' });
  });

  it('lets fields grow with a target that grew', () => {
    const now = state({ played: true, playCount: 1, lastPlayedAt: '2026-01-01T10:00:00.000Z' });
    expect(decideRow(row(), now, users)).toEqual({ kind: 'write', to: { ...row().to, lastPlayedAt: '2026-01-01T10:00:00.000Z' } });
    expect(hasDrifted(row(), now)).toBe(true);
  });

  it('is content when the target grew beyond the plan', () => {
    expect(decideRow(row(), state({ played: true, playCount: 5, lastPlayedAt: '2026-01-01T10:00:00.000Z' }), users)).toEqual({ kind: 'already' });
  });

  it.each([
    ['a resume point', { fields: ['positionMs'] as const, to: state({ positionMs: 60_000 }) }, state({ positionMs: 30_000 }), 'positionMs'],
    ['a rating', { fields: ['ratingTenths'] as const, to: state({ ratingTenths: 80 }) }, state({ ratingTenths: 20 }), 'ratingTenths'],
  ])('leaves %s that moved to a person', (_what, given, now, field) => {
    expect(decideRow(row({ ...given, fields: [...given.fields] }), now, users)).toEqual({ kind: 'conflict', fields: [field] });
  });

  it('counts no sum again', () => {
    const sum = { kind: 'users', options: { ...options, playCounts: 'sum' } } as const;
    expect(decideRow(row(), state({ playCount: 1 }), sum)).toEqual({ kind: 'conflict', fields: ['playCount'] });
  });

  it('lets nothing grow against a mirror, or in an undo', () => {
    const now = state({ played: true, playCount: 1 });
    expect(decideRow(row(), now, { kind: 'users', options: { ...options, overwrite: 'mirror' } })).toEqual({ kind: 'conflict', fields: ['playCount'] });
    expect(decideRow(row(), now, { kind: 'rollback', options })).toEqual({ kind: 'conflict', fields: ['playCount'] });
  });

  it('sends nobody back to a resume point from before a later viewing', () => {
    const planned = row({ fields: ['positionMs', 'lastPlayedAt'], to: state({ positionMs: 60_000, lastPlayedAt: '2025-03-01T20:00:00.000Z' }) });
    expect(decideRow(planned, state({ lastPlayedAt: '2026-01-01T10:00:00.000Z' }), users)).toEqual({ kind: 'conflict', fields: ['positionMs'] });
  });
});

describe('a half-written row', () => {
  const before = state({ playCount: 1 });
  const sent = state({ played: true, playCount: 2, lastPlayedAt: '2025-03-01T20:00:00.000Z' });

  it('is known by every field having the value of before or of after', () => {
    expect(isBetween(row(), before, sent, state({ played: true, playCount: 1 }))).toBe(true);
  });

  it('is none of ours when any field says something else', () => {
    expect(isBetween(row(), before, sent, state({ played: true, playCount: 7 }))).toBe(false);
  });
});

describe('a plan', () => {
  const of = (writes: number, driftLimitPercent: number) => ({ options: { ...options, driftLimitPercent }, counts: { rows: writes, writes, skips: 0 } });

  it('is out of date when more rows moved than its limit', () => {
    expect(isStale(50, of(1_000, 5))).toBe(false);
    expect(isStale(51, of(1_000, 5))).toBe(true);
  });

  it('bears a few in any case, unless it allows none', () => {
    expect(isStale(3, of(10, 5))).toBe(false);
    expect(isStale(4, of(10, 5))).toBe(true);
    expect(isStale(1, of(1_000, 0))).toBe(true);
  });
});

describe('settings of an account', () => {
  const policy: UserPolicy = { enabled: true, libraries: ['b', 'a'], hidden: false, remoteAccess: true, bitRateLimitKbps: 0, videoTranscoding: true, audioTranscoding: true, remuxing: true, downloads: false, streamLimit: 0 };

  it('are open while they are not as they are to be, in whatever order libraries are told', () => {
    expect(openSettings({ libraries: ['a', 'b'], downloads: true }, policy)).toEqual(['downloads']);
  });

  it('have moved when they are neither as of old nor as wanted', () => {
    expect(movedSettings(policy, { streamLimit: 2 }, { ...policy, streamLimit: 3 })).toEqual(['streamLimit']);
    expect(movedSettings(policy, { streamLimit: 2 }, { ...policy, streamLimit: 2, downloads: true })).toEqual([]);
    expect(movedSettings(null, { streamLimit: 2 }, { ...policy, streamLimit: 3 })).toEqual([]);
  });
});
