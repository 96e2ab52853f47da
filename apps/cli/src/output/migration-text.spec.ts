import { describe, expect, it } from '@jest/globals';
import { planSummary, rowText, runBar, runSummary, stateText } from './migration-text.js';

const plan = (change: object = {}) => ({
  id: '01970000-0000-7000-8000-0000ab5c20e1', version: 2, kind: 'USERS', state: 'FROZEN', source: { alias: 'Cabin', kind: 'PLEX' }, target: { alias: 'Attic', kind: 'JELLYFIN' }, progress: null, checkedAt: '2026-11-21T10:00:00Z', planSha256: `7f3a91d0ac21${'0'.repeat(52)}`, message: null, code: null, runId: null,
  users: [{ sources: [{ name: 'ana', vendorId: '1' }], targetName: 'ana_m', decision: 'MAP', evidence: 'email', verdicts: [{ field: 'PLAY_COUNT', kind: 'LOSSY', text: 'Counts one.', instead: null, rows: 3 }, { field: 'PLAYED', kind: 'EXACT', text: null, instead: null, rows: 9 }] }],
  findings: [{ severity: 'WARNING', code: 'X', message: 'Look at it.', next: 'Tick it.' }],
  counts: { rows: 12, writes: 9, tiers: [{ name: 'A', count: 9 }], skips: [{ name: 'not-on-target', count: 3 }] },
  estimate: { requests: 12, quietMs: 60_000, watchedMs: 120_000, rate: 'ASSUMED' }, approvals: [], ...change,
}) as never;

const counts = { rows: 100, new: 40, intent: 0, done: 50, verified: 0, skipped: 9, conflict: 1, failed: 0 };
const run = (change: object = {}) => ({ runId: 'aaaaaaaa-run00001', planId: 'aaaaaaaa-plan0001', state: 'RUNNING', step: 'COPY_WATCH_STATES', counts, rowsPerSecond: 12.4, remainingMs: 65_000, throttle: 'VIEWERS', message: null, code: null, troubles: [], verification: null, rollbackPlanId: null, rollbackUntil: null, hasReport: false, endedAt: null, ...change }) as never;

describe('a plan in words', () => {
  it('names users, losses, findings, the hash and the next step', () => {
    const text = planSummary(plan()).join('\n');
    expect(text).toContain('Cabin (plex) → Attic (jellyfin)  version 2, frozen');
    expect(text).toContain('ana → ana_m  existing account, by email');
    expect(text).toContain('play count: lossy for 3 titles. Counts one.');
    expect(text).not.toContain('exact');
    expect(text).toContain('3 not on target');
    expect(text).toContain('Look at it. → Tick it.');
    expect(text).toContain('next       usher migrations approve ab5c20e1 --hash 7f3a91d0ac21 --expires 60m --confirm Attic');
  });

  it.each([
    ['DRAFT', 'usher migrations check'],
    ['CHECKED', 'usher migrations freeze'],
    ['APPROVED', 'usher migrations run ab5c20e1 --watch'],
  ])('in state %s says %s next', (state, next) => {
    expect(planSummary(plan({ state })).at(-1)).toContain(next);
  });

  it('with blockers does not offer to freeze', () => {
    expect(planSummary(plan({ state: 'CHECKED', findings: [{ severity: 'BLOCKER', code: 'X', message: 'No.', next: null }] })).at(-1)).toContain('settle 1 blocker');
  });
});

describe('a run in words', () => {
  it('is one line with share, rate, time and what slows it', () => {
    expect(runBar(run(), 10)).toBe('running, copy watch states  ██████░░░░ 60 %  60 of 100  12/s  1:05 left  1 conflicts, 0 failed  slowed: people watch');
  });

  it('is full when there was nothing to do', () => {
    expect(runBar(run({ state: 'DONE', counts: { ...counts, rows: 0, done: 0, skipped: 0, conflict: 0 }, throttle: 'NONE' }), 4)).toContain('████ 100 %');
  });

  it('says what to do when it stands', () => {
    expect(runSummary(run({ state: 'PAUSED', code: 'AGENT_OFFLINE', message: 'Gone.' })).join('\n')).toMatch(/why {8}Gone\. {2}AGENT_OFFLINE[^]*migrations resume plan0001/);
    expect(runSummary(run({ state: 'AWAITING_DECISION', verification: { same: 9, differs: 1, notThere: 0, unreadable: 0 } })).join('\n')).toMatch(/= 9 same {2}\* 1 differ[^]*migrations accept/);
    expect(runSummary(run({ state: 'DONE', rollbackUntil: '2026-12-21T00:00:00Z', hasReport: true })).join('\n')).toMatch(/migrations rollback[^]*migrations report/);
  });
});

describe('a row in words', () => {
  const state = { played: true, playCount: 3, lastPlayedAt: '2026-10-02T20:00:00Z', positionMs: 1_872_000, favorite: true, ratingTenths: 75 };

  it('tells states as people say them', () => {
    expect(stateText(state as never)).toBe('played 3× 2026-10-02, at 31:12, ★ 7.5, favorite');
    expect(stateText({ ...state, played: false, positionMs: 0, favorite: false, ratingTenths: null } as never)).toBe('–');
    expect(stateText(null)).toBe('–');
  });

  it('shows what is left out, with the reason', () => {
    expect(rowText({ operation: 'SKIP', userName: 'ana', title: 'Dune', skipReason: 'NOT_ON_TARGET', skipDetail: 'no such title', source: state, losses: [], policy: [], state: null } as never)).toContain('! ana  Dune  played 3× 2026-10-02, at 31:12, ★ 7.5, favorite  not on target: no such title');
  });
});
