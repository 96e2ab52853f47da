import { describe, expect, it } from '@jest/globals';
import type { PlanRow, UserPolicy, WatchState } from '@usher/contracts';
import { undoOf } from './rollback-rows.js';

const state = (given: Partial<WatchState> = {}): WatchState => ({ itemVendorId: 't1', played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null, original: null, ...given });
const policy: UserPolicy = { enabled: true, libraries: 'all', hidden: false, remoteAccess: true, bitRateLimitKbps: 0, videoTranscoding: true, audioTranscoding: true, remuxing: true, downloads: true, streamLimit: 0 };
const row: PlanRow = { n: 4, u: 1, op: 'watch-state.set', item: 's1', title: 'A Film', tier: 'B', evidence: ['tmdb'], source: state(), from: state(), to: state({ played: true, playCount: 1, favorite: true }), fields: ['played', 'playCount', 'favorite'], loss: [] };
const written = { u: 1, row, state: 'verified' as const, before: state({ original: '{"was":1}' }), sent: null, now: state({ played: true, playCount: 1, favorite: true }) };

describe('what takes a row back', () => {
  it('goes from what the run wrote to what was there, with the vendor’s own values', () => {
    expect(undoOf(written)).toMatchObject({ op: 'watch-state.set', u: 1, item: 's1', from: written.now, to: written.before, fields: ['played', 'playCount', 'favorite'], loss: [] });
  });

  it('names only what differs, and what a vendor changes along with the mark', () => {
    const dated = { ...written, now: state({ played: true, playCount: 1, favorite: false, lastPlayedAt: '2026-01-01T00:00:00.000Z' }), before: state({ positionMs: 5_000 }) };
    expect(undoOf(dated)).toMatchObject({ fields: ['played', 'playCount', 'lastPlayedAt'] });
  });

  it('expects what was sent where nobody knows what became of it', () => {
    const sent = state({ played: true, playCount: 7 });
    expect(undoOf({ ...written, state: 'intent', now: null, sent })).toMatchObject({ from: sent });
    expect(undoOf({ ...written, state: 'intent', now: null })).toMatchObject({ from: (row as { to: WatchState }).to });
  });

  it('is nothing where nothing was begun or nothing changed', () => {
    expect(undoOf({ ...written, before: null })).toBeNull();
    expect(undoOf({ ...written, now: written.before })).toBeNull();
  });

  it('gives settings back that were changed, and no others', () => {
    const change: PlanRow = { n: 1, u: 0, op: 'policy.apply', from: policy, to: { downloads: false }, loss: [] };
    expect(undoOf({ u: 0, row: change, state: 'done', before: policy, sent: null, now: { ...policy, downloads: false } })).toEqual({ op: 'policy.apply', u: 0, from: { ...policy, downloads: false }, to: { downloads: true }, loss: [] });
  });

  it('removes accounts that the run made, and only those', () => {
    const ensure: PlanRow = { n: 0, u: 0, op: 'user.ensure', name: 'bo' };
    const made = { u: 0, row: ensure, state: 'done' as const, before: null, sent: null };
    expect(undoOf({ ...made, now: { userVendorId: 'x', created: true } })).toEqual({ op: 'user.remove', u: 0, name: 'bo', userVendorId: 'x' });
    expect(undoOf({ ...made, now: { userVendorId: 'x', created: false } })).toBeNull();
  });
});
