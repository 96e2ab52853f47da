import { describe, expect, it } from '@jest/globals';
import { answersTo, compareRows, RULE_WORDS, type Evidence } from './mismatch-words.js';
import type { MismatchRule } from '@usher/api-client';

const evidence = (change: Partial<Evidence> = {}): Evidence => ({ serverId: 's1', serverAlias: 'Attic', sessionId: 's1:a', userId: 'u1', userName: 'ana', identityId: 'i1', identityName: 'Ana Martin', deviceName: 'Shield', address: '81.2.x.x', network: 'WAN', place: null, item: 'Arrival', at: '2026-01-01T20:00:00.000Z', ...change });

describe('evidence side by side', () => {
  it('marks what contradicts, not that two titles are played', () => {
    const rows = compareRows([evidence(), evidence({ serverAlias: 'Office', item: 'Heat', address: '126.8.x.x' })]);
    expect(rows.map(({ label, differs }) => [label, differs])).toEqual([
      ['Plays', false],
      ['Account', false],
      ['Person', false],
      ['Device', false],
      ['Network', true],
    ]);
    expect(rows.at(-1)?.values).toEqual(['WAN · 81.2.x.x', 'WAN · 126.8.x.x']);
  });

  it('does not call silence a contradiction', () => {
    expect(compareRows([evidence({ place: 'Lyon' }), evidence()]).find(({ label }) => label === 'Place')).toEqual({ label: 'Place', values: ['Lyon', null], differs: false });
  });
});

describe('answers', () => {
  it.each(Object.keys(RULE_WORDS) as MismatchRule[])('%s has at least two answers that are kept, and “not now” at the end', (rule) => {
    const answers = answersTo(rule);
    expect(answers.filter(({ resolution }) => resolution !== null && resolution.length >= 3).length).toBeGreaterThanOrEqual(2);
    expect(answers.at(-1)).toMatchObject({ key: 'later', resolution: null });
  });
});
