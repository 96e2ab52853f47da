import { describe, expect, it } from '@jest/globals';
import { otherWords, placedWords, type PlacementGlance } from './placement-words.js';

const NOW = Date.parse('2026-11-22T21:33:00');
const nameOf = (id: string) => ({ a: 'Attic', b: 'Basement', c: 'Cabin', o: 'Office', h: 'Harbor' })[id] ?? 'a removed server';
const placement = (more: Partial<PlacementGlance> = {}): PlacementGlance => ({ id: 'p', at: new Date('2026-11-22T21:04:00').toISOString(), serverId: 'a', previousServerId: null, utilization: 0.524, deciding: 'cpu', candidates: [], ...more });
const candidate = (serverId: string, more: Partial<PlacementGlance['candidates'][number]> = {}): PlacementGlance['candidates'][number] => ({ serverId, chosen: false, reason: null, utilization: null, gate: 1, ...more });

describe('the placement of a stream', () => {
  it.each([
    [{}, 'Attic 0.52 at 21:04, decided by cpu'],
    [{ utilization: null, deciding: null }, 'Attic at 21:04'],
    [{ previousServerId: 'c' }, 'Attic 0.52 at 21:04, decided by cpu, moved from Cabin'],
    [{ previousServerId: 'a' }, 'Attic 0.52 at 21:04, decided by cpu'],
    [{ serverId: 'gone' }, 'a removed server 0.52 at 21:04, decided by cpu'],
  ])('%j is "%s"', (more, words) => {
    expect(placedWords(placement(more), nameOf, NOW)).toBe(words);
  });

  it('says what became of the others, the closest first, and counts the rest', () => {
    const candidates = [candidate('a', { chosen: true, utilization: 0.52 }), candidate('c', { reason: 'draining' }), candidate('b', { reason: 'over-gate', utilization: 1.04 }), candidate('o', { utilization: 0.71 }), candidate('h', { reason: 'item-missing' })];
    expect(otherWords({ candidates }, nameOf)).toEqual(['Office behind: 0.71', 'Basement rejected: 1.04, above its gate of 1.00', 'Cabin: draining', 'and 1 more']);
  });

  it('says nothing of others where there was one server only', () => {
    expect(otherWords({ candidates: [candidate('a', { chosen: true })] }, nameOf)).toEqual([]);
  });
});
