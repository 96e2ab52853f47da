import { describe, expect, it } from '@jest/globals';
import { uuidv7, type PlanRow, type WatchState } from '@usher/contracts';
import fc from 'fast-check';
import { makePlan, state, stateRow } from '../../test/plans.js';
import { checkRows, rowOf, stateToWrite, stepOf } from './planned-row.js';

const OPTIONS = { overwrite: 'additive', playCounts: 'max', minTier: 'C', maxConnections: 8, driftLimitPercent: 5, approvalsRequired: 1 } as const;
const planned = stateRow(3, 'item', { from: { favorite: true } });
const row = rowOf('watch-state.set', planned);
const check = (to: WatchState | null, change: Parameters<typeof makePlan>[2] = {}, rows: PlanRow[] = [planned], command = 'watch-state.apply') =>
  checkRows(command, makePlan(uuidv7(), rows, change).header, rows, rows.map(({ n }) => ({ n, to })));
const outOfScope = (problem: string) => expect.objectContaining({ code: 'TICKET_INVALID', details: { reason: 'scope', problem } }) as unknown as Error;

describe('what a command may ask of a plan', () => {
  it('is the rows of its own kind, of one account, each once', () => {
    expect(() => check(null)).not.toThrow();
    const ensure: PlanRow = { n: 0, u: 0, op: 'user.ensure', name: 'Ada' };
    expect(() => check(null, {}, [ensure], 'user.ensure')).not.toThrow();
    expect(() => check(null, {}, [ensure])).toThrow(outOfScope('op'));
    expect(() => check(null, {}, [planned], 'created.remove')).toThrow(outOfScope('op'));
    expect(() => check(null, {}, [planned], 'session.stop')).toThrow(outOfScope('op'));
    expect(() => check(null, {}, [planned, stateRow(4, 'b', { u: 1 })])).toThrow(outOfScope('account'));
    expect(() => check(null, {}, [planned, planned])).toThrow(outOfScope('twice'));
  });

  it('is more than planned where it grew: played, a greater count, a later time', () => {
    for (const change of [{ playCount: 7 }, { lastPlayedAt: '2025-01-01T00:00:00.000Z' }, { playCount: 3, lastPlayedAt: '2024-05-01T20:00:00.900Z' }]) expect(() => check({ ...row.to, ...change })).not.toThrow();
  });

  it.each<[string, Partial<WatchState>]>([
    ['a smaller count', { playCount: 1 }],
    ['an earlier time', { lastPlayedAt: '2020-01-01T00:00:00.000Z' }],
    ['no time', { lastPlayedAt: null }],
    ['unplayed', { played: false }],
    ['another title', { itemVendorId: 'other' }],
    ['values of its own', { original: '{}' }],
    ['a field that the plan does not name', { favorite: false }],
    ['a position', { positionMs: 60_000 }],
  ])('is never %s', (_name, change) => {
    expect(() => check({ ...row.to, ...change })).toThrow(outOfScope('to'));
  });

  it('is nothing else than planned in an undo, in a mirror, and where counts were added up', () => {
    const more = { ...row.to, playCount: 9 };
    expect(() => check(more, { kind: 'rollback' })).toThrow(outOfScope('to'));
    expect(() => check(more, { options: { ...OPTIONS, overwrite: 'mirror' } })).toThrow(outOfScope('to'));
    expect(() => check(more, { options: { ...OPTIONS, playCounts: 'sum' } })).toThrow(outOfScope('to'));
    expect(() => check({ ...row.to, lastPlayedAt: '2025-01-01T00:00:00.000Z' }, { options: { ...OPTIONS, playCounts: 'sum' } })).not.toThrow();
  });
});

describe('a row of a plan and its title', () => {
  it('is the same when every named field is, whatever the others are', () => {
    expect(stepOf(row, row.to, state('item', { ...row.to, favorite: false, positionMs: 5, lastPlayedAt: '2024-05-01T20:00:00.400Z' }), false)).toBe('same');
  });

  it('is written when the title is as the plan saw it, also where a part of it has arrived', () => {
    expect(stepOf(row, row.to, row.from, false)).toBe('write');
    expect(stepOf(row, row.to, { ...row.from, played: true, positionMs: 77 }, false)).toBe('write');
  });

  it('is left alone when the title moved, unless the command knew of it or this agent had begun', () => {
    const now = { ...row.from, played: true, playCount: 1, lastPlayedAt: '2025-06-01T00:00:00.000Z' };
    expect(stepOf(row, row.to, now, false)).toBe('moved');
    expect(stepOf(row, row.to, now, true)).toBe('write');
    expect(stepOf(row, { ...row.to, lastPlayedAt: '2025-06-01T00:00:00.000Z' }, now, false)).toBe('write');
    expect(stepOf(row, { ...row.to, lastPlayedAt: '2025-06-01T00:00:00.000Z' }, { ...now, playCount: 9 }, false)).toBe('moved');
  });

  it('counts a field with a declared loss as arrived when it has a value', () => {
    const lossy = rowOf('watch-state.set', stateRow(1, 'item', { loss: [{ field: 'lastPlayedAt', kind: 'lossy', reason: 'date-of-writing' }] }));
    expect(stepOf(lossy, lossy.to, { ...lossy.to, lastPlayedAt: '2026-01-01T00:00:00.000Z' }, false)).toBe('same');
    expect(stepOf(lossy, lossy.to, { ...lossy.to, playCount: 0, lastPlayedAt: '2026-01-01T00:00:00.000Z' }, false)).toBe('write');
  });

  it('is sent whole: named fields by the plan, all others as they are', () => {
    const now = state('item', { favorite: false, positionMs: 99_000, ratingTenths: 70, original: 'now' });
    expect(stateToWrite(row, row.to, now)).toEqual({ ...now, played: true, playCount: 2, lastPlayedAt: row.to.lastPlayedAt, original: null });
  });

  it('never makes anything smaller that it was not planned to, whatever stands there', () => {
    const anyState = fc.record({ played: fc.boolean(), playCount: fc.integer({ min: 0, max: 5 }), lastPlayedAt: fc.constantFrom(null, '2020-01-01T00:00:00.000Z', '2024-05-01T20:00:00.000Z', '2026-01-01T00:00:00.000Z') });
    fc.assert(
      fc.property(anyState, anyState, (seen, moved) => {
        const now = state('item', moved);
        const to = state('item', { ...row.to, ...seen });
        const isAllowed = (() => {
          try {
            check({ ...to, favorite: true });
            return true;
          } catch {
            return false;
          }
        })();
        if (!isAllowed || stepOf(row, to, now, false) !== 'write') return;
        const written = stateToWrite(row, to, now);
        expect(written.playCount).toBeGreaterThanOrEqual(now.playCount);
        expect(written.played || !now.played).toBe(true);
        expect(Date.parse(written.lastPlayedAt ?? '1970-01-01T00:00:00.000Z')).toBeGreaterThanOrEqual(Date.parse(now.lastPlayedAt ?? '1970-01-01T00:00:00.000Z'));
      }),
    );
  });
});
