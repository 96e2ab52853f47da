import { describe, expect, it } from '@jest/globals';
import { approvalEnd, changeOf, currentStep, estimateWords, fingerprint, inFours, legalDecisions, living, peopleWords, shareOf, stateBadge, stepLock, stepsOf, takesField, type Approval, type Plan, type Row } from './migration-words.js';

const plan = (change: Partial<Plan>): Plan => ({ kind: 'USERS', state: 'DRAFT', checkedAt: null, planSha256: null, run: null, ...change }) as Plan;
const run = (state: string, change = {}) => ({ state, verification: null, ...change }) as NonNullable<Plan['run']>;

describe('steps', () => {
  it.each([
    ['a new plan', plan({}), 'map'],
    ['a check', plan({ state: 'CHECKING' }), 'check'],
    ['a changed plan', plan({ checkedAt: 'x' }), 'check'],
    ['a frozen one', plan({ state: 'FROZEN', planSha256: 'x' }), 'approve'],
    ['a run', plan({ state: 'APPROVED', run: run('RUNNING') }), 'run'],
    ['one that failed', plan({ run: run('FAILED') }), 'run'],
    ['one with differences', plan({ run: run('AWAITING_DECISION') }), 'verify'],
    ['one that ended', plan({ run: run('ABORTED') }), 'finish'],
    ['an undo', plan({ kind: 'ROLLBACK', state: 'FROZEN', planSha256: 'x' }), 'approve'],
  ] as const)('%s goes on at its step', (_, given, step) => expect(currentStep(given)).toBe(step));

  it('opens no step before its time, and says why', () => {
    const locks = (given: Plan) => stepsOf(given).filter((step) => stepLock(given, step) !== null);
    expect(locks(plan({}))).toEqual(['approve', 'run', 'verify', 'finish']);
    expect(locks(plan({ state: 'FROZEN', planSha256: 'x' }))).toEqual(['run', 'verify', 'finish']);
    expect(locks(plan({ state: 'APPROVED', planSha256: 'x', run: run('RUNNING') }))).toEqual(['verify', 'finish']);
    expect(locks(plan({ state: 'APPROVED', planSha256: 'x', run: run('AWAITING_DECISION') }))).toEqual(['finish']);
    expect(locks(plan({ kind: 'ROLLBACK', planSha256: 'x', run: run('DONE', { verification: {} }) }))).toEqual([]);
    expect(stepLock(plan({ kind: 'ROLLBACK' }), 'select')).toContain('nothing to choose');
  });

  it('shows the run where there is one', () => {
    expect(stateBadge('APPROVED', null)).toEqual({ word: 'Approved', tone: 'ok' });
    expect(stateBadge('APPROVED', run('PAUSED'))).toEqual({ word: 'Paused', tone: 'warning' });
  });
});

describe('signatures', () => {
  const nowMs = Date.parse('2026-11-21T21:14:00Z');
  const approval = (minutes: number, change: Partial<Approval> = {}): Approval => ({ operatorId: 'a', name: 'A', notBefore: '2026-11-21T21:09:00Z', expiresAt: new Date(nowMs + minutes * 60_000).toISOString(), maxWrites: 1, revokedAt: null, sha256: 'b41c77e092ad5f18ff', ...change });

  it('counts those that live; the earlier end counts', () => {
    expect(approvalEnd([approval(60), approval(15)], nowMs)).toBe(nowMs + 15 * 60_000);
    expect(living([approval(-1), approval(5, { revokedAt: 'x' }), approval(5)], nowMs)).toHaveLength(1);
    expect(approvalEnd([approval(-1)], nowMs)).toBeNull();
  });

  it('is compared by fours', () => {
    expect(fingerprint('b41c77e092ad5f18ff')).toBe('B41C 77E0 92AD 5F18');
    expect(inFours('7f3a91d0ac')).toEqual(['7f3a', '91d0', 'ac']);
  });
});

describe('rows', () => {
  const row = (change: Partial<Row>): Row => ({ operation: 'WATCH_STATE_SET', fields: [], policy: [], losses: [], skipReason: null, decisionId: null, ...change }) as Row;
  const state = { itemVendorId: 't', played: true, playCount: 2, lastPlayedAt: '2026-03-12T20:00:00Z', positionMs: 0, favorite: false, ratingTenths: null };

  it('says what changes, and only that', () => {
    expect(changeOf(row({ fields: ['PLAYED', 'PLAY_COUNT', 'LAST_PLAYED_AT'], from: { ...state, playCount: 0, lastPlayedAt: null }, to: state }))).toEqual({ before: '0 plays, no date', after: '2 plays, 2026-03-12' });
    expect(changeOf(row({ operation: 'SKIP', skipReason: 'NOT_ON_TARGET' })).after).toBe('not on the target');
    expect(changeOf(row({ operation: 'USER_REMOVE', title: 'ida' })).before).toBe('account “ida”');
  });

  it('says settings as people do', () => {
    const policy = [{ field: 'bitRateLimitKbps', from: '8000', to: '0' }, { field: 'remoteAccess', from: 'false', to: 'true' }, { field: 'hidden', from: null, to: null }];
    expect(changeOf(row({ operation: 'POLICY_APPLY', policy }))).toEqual({ before: 'Bit rate limit: 8000, Remote access: no', after: 'Bit rate limit: none, Remote access: yes' });
    expect(changeOf(row({ operation: 'POLICY_APPLY', policy: [{ field: 'enabled', from: null, to: 'true' }] })).before).toBe('a new account');
  });

  it('offers what the API takes', () => {
    expect(legalDecisions(row({ decisionId: 'state:a:b:ratingTenths' }))).toEqual(['TAKE_SOURCE', 'KEEP_TARGET']);
    expect(legalDecisions(row({ decisionId: 'user:a' }))).toEqual(['ACCEPT', 'SKIP']);
    expect(legalDecisions(row({ decisionId: 'item:a:b', operation: 'SKIP', skipReason: 'NOT_ON_TARGET' }))).toEqual(['MAP', 'SKIP']);
    expect(legalDecisions(row({ decisionId: 'item:a:b', operation: 'SKIP', skipReason: 'BELOW_TIER' }))).toEqual(['ACCEPT', 'MAP', 'SKIP']);
    expect(legalDecisions(row({}))).toEqual([]);
  });
});

describe('words', () => {
  it('put two lengths of time together', () => {
    const estimate = (quietMs: number, watchedMs: number) => ({ quietMs, watchedMs, requests: 1, rate: 'ASSUMED' as const });
    expect(estimateWords(estimate(360_000, 540_000))).toBe('6 to 9 min');
    expect(estimateWords(estimate(30_000, 540_000))).toBe('30 s to 9 min');
    expect(estimateWords(estimate(30_000, 30_400))).toBe('30 s');
  });

  it('count people', () => expect([peopleWords(1), peopleWords(7), peopleWords(50)]).toEqual(['One person’s', 'Seven people’s', '50 people’s']));

  it('ask the target what it takes, where it says so', () => {
    expect(takesField('FAVORITE', ['watchStates.write'])).toBe(false);
    expect(takesField('PLAYED', ['watchStates.write'])).toBe(true);
    expect(takesField('PLAYED', ['users.list'])).toBeNull();
  });

  it('count what is settled', () => {
    expect(shareOf({ rows: 4, new: 1, intent: 1, done: 1, verified: 0, skipped: 1, conflict: 0, failed: 0 })).toBe(0.5);
    expect(shareOf({ rows: 0, new: 0, intent: 0, done: 0, verified: 0, skipped: 0, conflict: 0, failed: 0 })).toBe(1);
  });
});
