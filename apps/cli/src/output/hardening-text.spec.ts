import { describe, expect, it } from '@jest/globals';
import type { CliHardeningFieldsFragment } from '@usher/api-client';
import { hardeningLines } from './hardening-text.js';

type Entry = CliHardeningFieldsFragment;
const entry = (more: Partial<Entry> = {}): Entry => ({ code: 'no-lock-out', state: 'found', evidence: 'Accounts: Ana.', advice: 'Lock them.', accepted: false, acceptance: null, ...more });
const acceptance = (more: Partial<NonNullable<Entry['acceptance']>> = {}): NonNullable<Entry['acceptance']> => ({
  reason: 'Only at home.',
  acceptedBy: 'sam',
  acceptedAt: '2026-11-22T08:00:00.000Z',
  until: null,
  evidence: 'Accounts: Ana.',
  lapsed: null,
  ...more,
});

describe('the hardening list', () => {
  it('is nothing where nothing is open', () => {
    expect(hardeningLines([])).toEqual([]);
  });

  it('shows what is open in full, and below it in one line each what is accepted', () => {
    const entries = [entry({ accepted: true, acceptance: acceptance() }), entry({ code: 'plain-http', evidence: 'It is http.', advice: 'Use TLS.' }), entry({ code: 'names-public', accepted: true, acceptance: acceptance({ until: '2027-01-01T00:00:00.000Z', reason: 'Soon.' }) })];
    expect(hardeningLines(entries)).toEqual([
      'hardening     plain-http  found  It is http.',
      '              next: Use TLS.',
      'accepted      2 entries of the hardening list',
      '              no-lock-out  by sam on 2026-11-22: Only at home.',
      '              names-public  by sam on 2026-11-22 until 2027-01-01: Soon.',
    ]);
  });

  it('says why an accepted entry is open again', () => {
    const lines = hardeningLines([entry({ evidence: 'Accounts: Ana, Ben.', acceptance: acceptance({ lapsed: 'CHANGED' }) }), entry({ code: 'plain-http', acceptance: acceptance({ lapsed: 'ENDED', until: '2026-11-23T00:00:00.000Z' }) })]);
    expect(lines.filter((line) => line.includes('accepted by'))).toEqual(['              accepted by sam on 2026-11-22, and changed since: it said "Accounts: Ana."', '              accepted by sam on 2026-11-22, until 2026-11-23']);
    expect(lines.some((line) => line.startsWith('accepted'))).toBe(false);
  });
});
