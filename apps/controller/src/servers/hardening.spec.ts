import { describe, expect, it } from '@jest/globals';
import type { HardeningEntry } from '@usher/contracts';
import { judgedEntries, type Acceptance } from './hardening.js';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const entry = (more: Partial<HardeningEntry> = {}): HardeningEntry => ({ code: 'no-lock-out', state: 'found', evidence: 'Accounts: Ana.', advice: 'Lock them.', ...more });
const acceptance = (more: Partial<Acceptance> = {}): Acceptance => ({
  code: 'no-lock-out',
  state: 'found',
  evidence: 'Accounts: Ana.',
  reason: 'Only at home.',
  acceptedBy: 'sam',
  acceptedAt: new Date(NOW - 1_000),
  until: null,
  ...more,
});
const judge = (entries: HardeningEntry[], ...acceptances: Acceptance[]) => judgedEntries(entries, acceptances, NOW);

describe('hardening entries', () => {
  it('are open until somebody accepts them, each by its code', () => {
    expect(judge([entry(), entry({ code: 'plain-http' })], acceptance())).toMatchObject([
      { code: 'no-lock-out', accepted: true, acceptance: { reason: 'Only at home.', acceptedBy: 'sam', lapsed: null } },
      { code: 'plain-http', accepted: false, acceptance: null },
    ]);
  });

  it.each([
    ['more evidence', { evidence: 'Accounts: Ana, Ben.' }],
    ['another state', { state: 'by-version' as const }],
  ])('are open again with %s, and say what had been accepted', (_, change) => {
    expect(judge([entry(change)], acceptance())).toMatchObject([{ ...change, accepted: false, acceptance: { lapsed: 'changed', evidence: 'Accounts: Ana.' } }]);
  });

  it('keep their acceptance when only the advice is worded anew', () => {
    expect(judge([entry({ advice: 'Lock accounts.' })], acceptance())[0]!.accepted).toBe(true);
  });

  it.each([
    [1, true, null],
    [0, false, 'ended'],
    [-1, false, 'ended'],
  ])('are accepted until the time that was said, and not at it (%s ms before it)', (ms, accepted, lapsed) => {
    expect(judge([entry()], acceptance({ until: new Date(NOW + ms) }))).toMatchObject([{ accepted, acceptance: { lapsed } }]);
  });

  it('that are gone leave nothing, and come back accepted as they were', () => {
    expect(judge([], acceptance())).toEqual([]);
    expect(judge([entry()], acceptance())[0]!.accepted).toBe(true);
  });
});
