import { describe, expect, it } from '@jest/globals';
import type { MismatchRule } from '@usher/api-client';
import { answersTo, compareRows, gridOf, type Evidence } from './mismatch-words.js';
import { RULE_WORDS } from './rule-words.js';

const evidence = (change: Partial<Evidence> = {}): Evidence => ({ serverId: 's1', serverAlias: 'Attic', sessionId: 's1:a', userId: 'u1', userName: 'ana', identityId: 'i1', identityName: 'Ana Martin', deviceName: 'Shield', address: '81.2.x.x', network: 'WAN', place: null, item: 'Arrival', detail: null, at: '2026-01-01T20:00:00.000Z', ...change });

describe('evidence side by side', () => {
  it('marks what contradicts the rule, not that two titles are played on two devices', () => {
    const rows = compareRows('TWO_PLACES', [evidence(), evidence({ serverAlias: 'Office', item: 'Heat', deviceName: 'iPhone', address: '126.8.x.x' })]);
    expect(rows.map(({ label, differs }) => [label, differs])).toEqual([
      ['Plays', false],
      ['Account', false],
      ['Person', false],
      ['Device', false],
      ['Network', true],
    ]);
    expect(rows.at(-1)?.values).toEqual(['WAN · 81.2.x.x', 'WAN · 126.8.x.x']);
  });

  it('marks two accounts only where one was to be expected', () => {
    const marked = (rule: MismatchRule) => compareRows(rule, [evidence(), evidence({ userName: 'mia' })]).filter(({ differs }) => differs).map(({ label }) => label);
    expect(marked('SHARED_DEVICE')).toEqual(['Account']);
    expect(marked('TWO_PLACES')).toEqual([]);
  });

  it('does not call silence a contradiction', () => {
    expect(compareRows('TWO_PLACES', [evidence({ place: 'Lyon' }), evidence()]).find(({ label }) => label === 'Place')).toEqual({ label: 'Place', values: ['Lyon', null], differs: false });
  });
});

describe('titles and libraries, server by server', () => {
  it('are rows with what each server says', () => {
    const attic = { serverId: 's1', serverAlias: 'Attic' };
    const cabin = { serverId: 's2', serverAlias: 'Cabin' };
    const grid = gridOf([evidence({ ...cabin, item: 'Heat', detail: 'played' }), evidence({ ...attic, item: 'Heat', detail: 'not played' }), evidence({ ...attic, item: 'Arrival', detail: 'stopped at 12:05' })]);
    expect(grid?.columns.map(({ serverAlias }) => serverAlias)).toEqual(['Attic', 'Cabin']);
    expect(grid?.rows).toEqual([{ item: 'Heat', values: ['not played', 'played'] }, { item: 'Arrival', values: ['stopped at 12:05', null] }]);
  });

  it('are none where streams are compared', () => {
    expect(gridOf([evidence()])).toBeNull();
    expect(gridOf([])).toBeNull();
  });
});

describe('answers', () => {
  it.each(Object.keys(RULE_WORDS) as MismatchRule[])('%s has at least two answers that are kept, and “not now” at the end', (rule) => {
    const answers = answersTo(rule);
    expect(answers.filter(({ resolution }) => resolution !== null && resolution.length >= 3).length).toBeGreaterThanOrEqual(2);
    expect(answers.at(-1)).toMatchObject({ key: 'later', resolution: null });
  });
});
