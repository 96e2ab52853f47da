import { describe, expect, it } from '@jest/globals';
import type { Candidate, PlacementRecord } from '@usher/contracts';
import { showPlacement } from './placement-text.js';

const names = new Map([['a', 'Attic'], ['b', 'Office'], ['c', 'Studio']]);
const candidate = (serverId: string, rank: number | null, reason: Candidate['reason'] = null) => ({ serverId, rank, reason, eligible: rank !== null, utilization: rank, deciding: 'uplink', gate: 1, adjustments: [], bitRateKbps: 0, loadAgeMs: null }) as unknown as Candidate;
const sentence = (serverId: string, candidates: Candidate[]) =>
  showPlacement({ at: '2026-11-21T20:00:00.000Z', serverId, candidates, previousServerId: null, queuedMs: 0, inputs: { request: { title: 'Nosferatu', client: {} } } } as unknown as PlacementRecord, names).sentence;

describe('the sentence of a placement', () => {
  it('calls the chosen server the least used only when it is', () => {
    const two = [candidate('a', 0.08), candidate('b', 0.1), candidate('c', null, 'draining')];
    expect(sentence('a', two)).toBe('Nosferatu plays from Attic: 8 % of its uplink, the least of 2 that could.');
    expect(sentence('b', two)).toBe('Nosferatu plays from Office: 10 % of its uplink, nearly the least of 2 that could.');
  });

  it('does not count those that could not', () => {
    expect(sentence('a', [candidate('a', 0.9), candidate('c', null, 'draining')])).toBe('Nosferatu plays from Attic: 90 % of its uplink, the only one that could.');
    expect(sentence('a', [candidate('a', 0.9), candidate('b', 0.7, 'over-gate')])).toContain('the least of 2 that could');
  });
});
