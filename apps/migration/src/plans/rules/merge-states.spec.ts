import { describe, expect, it } from '@jest/globals';
import { WATCH_FIELDS, type WatchField, type WatchState } from '@usher/contracts';
import fc from 'fast-check';
import { combine, merge, type FieldDecisions } from './merge-states.js';
import { emptyState, sameValue } from './watch-fields.js';

const ALL: ReadonlySet<WatchField> = new Set(WATCH_FIELDS);
const NONE: FieldDecisions = new Map();
const at = (day: number): string => new Date(Date.UTC(2024, 0, day)).toISOString();

function state(change: Partial<WatchState> = {}): WatchState {
  return { ...emptyState('film', true), ...change };
}

const anyState: fc.Arbitrary<WatchState> = fc.record({
  itemVendorId: fc.constant('film'),
  played: fc.boolean(),
  playCount: fc.integer({ min: 0, max: 50 }),
  lastPlayedAt: fc.option(fc.integer({ min: 0, max: 8 }).map(at)),
  positionMs: fc.constantFrom(0, 60_000, 300_000, 600_000),
  favorite: fc.boolean(),
  ratingTenths: fc.option(fc.constantFrom(20, 65, 100)),
  original: fc.constant(null),
});

describe('merging a state into the target', () => {
  const added = (source: WatchState, target: WatchState) => merge(source, target, 'additive', ALL, NONE).state;
  const equal = (a: WatchState, b: WatchState) => WATCH_FIELDS.every((field) => sameValue(field, a, b));

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyState, anyState, (source, target) => {
        const once = added(source, target);
        expect(equal(added(source, once), once)).toBe(true);
        const mirrored = merge(source, target, 'mirror', ALL, NONE).state;
        expect(equal(merge(source, mirrored, 'mirror', ALL, NONE).state, mirrored)).toBe(true);
      }),
    );
  });

  it('makes nothing smaller, and never forgets what the source has', () => {
    fc.assert(
      fc.property(anyState, anyState, (source, target) => {
        const result = added(source, target);
        for (const side of [source, target]) {
          expect(result.played || !side.played).toBe(true);
          expect(result.playCount).toBeGreaterThanOrEqual(side.playCount);
          expect(result.favorite || !side.favorite).toBe(true);
          expect(Date.parse(result.lastPlayedAt ?? at(-99)) >= Date.parse(side.lastPlayedAt ?? at(-99))).toBe(true);
          expect(result.ratingTenths !== null || side.ratingTenths === null).toBe(true);
        }
      }),
    );
  });

  it('keeps what the plan does not carry', () => {
    fc.assert(
      fc.property(anyState, anyState, fc.subarray([...WATCH_FIELDS]), fc.constantFrom('additive' as const, 'mirror' as const), (source, target, carried, overwrite) => {
        const result = merge(source, target, overwrite, new Set(carried), NONE).state;
        for (const field of WATCH_FIELDS) if (!carried.includes(field)) expect(result[field]).toEqual(target[field]);
      }),
    );
  });

  it.each([
    ['takes the newer resume point', { positionMs: 600_000, lastPlayedAt: at(5) }, { positionMs: 60_000, lastPlayedAt: at(3) }, 600_000],
    ['keeps a newer one of the target', { positionMs: 600_000, lastPlayedAt: at(3) }, { positionMs: 60_000, lastPlayedAt: at(5) }, 60_000],
    ['drops one that the target finished later', { positionMs: 600_000, lastPlayedAt: at(3) }, { played: true, lastPlayedAt: at(5) }, 0],
    ['drops the target’s when the source finished later', { played: true, lastPlayedAt: at(5) }, { positionMs: 60_000, lastPlayedAt: at(3) }, 0],
    ['takes one without a date where nothing is known', { positionMs: 600_000 }, {}, 600_000],
    ['keeps the target where dates are missing', { positionMs: 600_000 }, { played: true, lastPlayedAt: at(1) }, 0],
    ['keeps a target without a date', { positionMs: 600_000, lastPlayedAt: at(1) }, { positionMs: 60_000 }, 60_000],
  ])('%s', (_name, source, target, expected) => {
    expect(added(state(source), state(target)).positionMs).toBe(expected);
  });

  it('takes the newer rating, and asks where no date tells', () => {
    const dated = merge(state({ ratingTenths: 80, lastPlayedAt: at(1) }), state({ ratingTenths: 40, lastPlayedAt: at(2) }), 'additive', ALL, NONE);
    expect(dated).toMatchObject({ state: { ratingTenths: 40 }, undecided: [] });
    const [ours, theirs] = [state({ ratingTenths: 80 }), state({ ratingTenths: 40 })];
    expect(merge(ours, theirs, 'additive', ALL, NONE)).toMatchObject({ state: { ratingTenths: 80 }, undecided: ['ratingTenths'] });
    expect(merge(ours, theirs, 'additive', ALL, new Map([['ratingTenths', 'keep-target']]))).toMatchObject({ state: { ratingTenths: 40 }, undecided: [] });
    expect(merge(ours, state({ ratingTenths: 40, lastPlayedAt: at(2) }), 'additive', ALL, new Map([['ratingTenths', 'take-source']]))).toMatchObject({ state: { ratingTenths: 80 }, undecided: [] });
  });

  it('mirrors the source, but not what its vendor does not know', () => {
    const target = state({ played: true, playCount: 4, favorite: true, ratingTenths: 50 });
    expect(merge({ ...state({ lastPlayedAt: at(1) }), favorite: null }, target, 'mirror', ALL, NONE).state).toMatchObject({ played: false, playCount: 0, lastPlayedAt: at(1), favorite: true, ratingTenths: null });
  });

  it('tells what a vendor without favorites is to hold, for others to say that it cannot', () => {
    expect(added(state({ favorite: true }), { ...state(), favorite: null }).favorite).toBe(true);
  });
});

describe('several accounts of one person', () => {
  it('are one state, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(anyState, { minLength: 1, maxLength: 4 }), fc.constantFrom('max' as const, 'sum' as const), (states, counts) => {
        const forward = combine(states, counts);
        expect(combine([...states].reverse(), counts)).toEqual(forward);
        expect(combine([...states.slice(1), states[0]!], counts)).toEqual(forward);
        expect(forward.played).toBe(states.some(({ played }) => played));
        expect(forward.playCount).toBe(states.reduce((count, each) => (counts === 'sum' ? count + each.playCount : Math.max(count, each.playCount)), 0));
      }),
    );
  });

  it('go on where the last viewing stopped, unless it was finished since', () => {
    const begun = state({ positionMs: 60_000, lastPlayedAt: at(2) });
    expect(combine([begun, state({ positionMs: 300_000, lastPlayedAt: at(1) })], 'max').positionMs).toBe(60_000);
    expect(combine([begun, state({ played: true, lastPlayedAt: at(3) })], 'max')).toMatchObject({ positionMs: 0, played: true, lastPlayedAt: at(3) });
    expect(combine([begun, state({ played: true, lastPlayedAt: at(1) })], 'max').positionMs).toBe(60_000);
  });
});
