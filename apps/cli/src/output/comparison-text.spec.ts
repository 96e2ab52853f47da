import { describe, expect, it } from '@jest/globals';
import { comparisonLines } from './comparison-text.js';

const evidence = { sessionId: 's1:a', userName: 'ana', identityName: 'Ana', deviceName: 'Shield', address: '81.2.3.4', network: 'wan', place: null, item: 'Dune', serverAlias: 'Attic' };
const side = (more: object = {}) => ({ evidence, session: null, sinceAt: '2026-01-01T19:00:00.000Z', networkLabel: '81.2.3.4', networkDays: 88, deviceFirstSeenAt: null, email: null, ...more });
const comparison = {
  mismatch: { id: 'm-12345678', rule: 'TWO_PLACES', severity: 'HIGH', state: 'OPEN', text: 'Ana plays on Attic and Office at once', why: 'Two connections.', firstSeenAt: '2026-01-01T19:31:00.000Z', resolution: 'Asked her.', resolvedBy: 'Sam' },
  verdict: 'Probably two people with one account',
  personName: 'Ana',
  sides: [
    side({ session: { client: 'Emby for TV', item: { type: 'MOVIE', title: 'Dune', year: 2021, durationMs: 9_300_000 }, stream: { state: 'PLAYING', delivery: 'DIRECT_PLAY', positionMs: 1_872_000 } } }),
    side({ evidence: { ...evidence, serverAlias: 'Office', deviceName: null, address: null }, networkLabel: null, networkDays: null }),
  ],
  distanceKm: 120,
  facts: [
    { side: 'FOR', text: 'New device: iPhone', detail: 'first seen', at: '2026-01-01T19:25:00.000Z' },
    { side: 'OPEN', text: 'VPN or relay?', detail: null, at: null },
  ],
  lanesFrom: '2026-01-01T17:00:00.000Z',
  lanesUntil: '2026-01-01T20:00:00.000Z',
  lanes: [
    { serverAlias: 'Attic', parts: [{ from: '2026-01-01T19:00:00.000Z', until: '2026-01-01T19:31:00.000Z', together: false }, { from: '2026-01-01T19:31:00.000Z', until: '2026-01-01T20:00:00.000Z', together: true }] },
    { serverAlias: 'Office', parts: [] },
  ],
  habits: [{ network: '81.2.3.4', place: null, servers: ['Attic'], days: 88, watchedMs: 303_120_000, compared: true }],
  moreHabits: 2,
  ledgerFrom: '2025-10-05T00:00:00.000Z',
  ledgerCut: false,
  allowances: [{ id: 'a-87654321', networks: ['LAN of Attic', '90.1.2.3'], note: 'her phone', allowedBy: 'Noor', at: '2025-12-01T10:00:00.000Z' }],
};

describe('one mismatch', () => {
  it('says the probable answer, sets the sides beside each other and tells what the ledger knows', () => {
    expect(comparisonLines(comparison as never)).toEqual([
      'Probably two people with one account  m-12345678',
      '  Ana plays on Attic and Office at once',
      '  Two connections.',
      '  two-places, high, open, found 2026-01-01 19:31Z',
      '  answer: Asked her.  (Sam)',
      '',
      '           ATTIC                                   OFFICE',
      '  plays    Dune (2021)                             Dune (ended, or not listed now)',
      '  state    playing, direct play, 31:12 of 2:35:00  not known',
      '  device   Shield, Emby for TV                     not known',
      '  since    2026-01-01 19:00Z                       2026-01-01 19:00Z',
      '  network  81.2.3.4, seen on 88 days               wan',
      '  account  ana                                     ana',
      '  person   Ana                                     Ana',
      '  120 km apart',
      '',
      'evidence',
      '  for      New device: iPhone: first seen 2026-01-01 19:25Z',
      '  open     VPN or relay?',
      '',
      'last 3 hours, UTC',
      '  Attic   19:00–19:31, 19:31–now (at the same time)',
      '  Office  –',
      '',
      'where Ana usually is, 90 days (* compared here)',
      '  NETWORK     PLACE      SERVERS  DAYS  HOURS',
      '  81.2.3.4 *  not known  Attic      88   84.2',
      '  2 rare networks left out; the ledger knows playbacks since 2025-10-05 00:00Z',
      '',
      'allowed before',
      '  87654321  LAN of Attic and 90.1.2.3: her phone  (Noor, 2025-12-01 10:00Z)',
    ]);
  });

  it('keeps to the finding where nothing is weighed and nobody is known', () => {
    const lines = comparisonLines({ ...comparison, mismatch: { ...comparison.mismatch, resolution: null }, verdict: null, facts: [], lanes: [], habits: [], allowances: [], distanceKm: null } as never);
    expect(lines[0]).toBe('Ana plays on Attic and Office at once  m-12345678');
    expect(lines.filter((line) => /evidence|answer|usually|allowed|apart|last 3/.test(line))).toEqual([]);
  });
});
