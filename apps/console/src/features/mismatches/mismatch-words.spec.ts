import { describe, expect, it } from '@jest/globals';
import type { MismatchRule } from '@usher/api-client';
import { answersTo, compareRows, gridOf, resolutionOf, type Evidence, type Side } from './mismatch-words.js';
import { RULE_WORDS } from './rule-words.js';

const NOW = Date.parse('2026-01-01T20:00:00.000Z');
const side = (evidence: Partial<Side['evidence']> = {}, more: Partial<Side> = {}): Side => ({
  evidence: { serverId: 's1', serverAlias: 'Attic', sessionId: 's1:a', userId: 'u1', userName: 'ana', identityId: 'i1', identityName: 'Ana Martin', deviceName: 'Shield', address: '81.2.3.4', network: 'wan', place: null, item: 'Arrival', detail: null, at: '2026-01-01T20:00:00.000Z', ...evidence },
  sinceAt: '2026-01-01T19:00:00.000Z', networkKey: 'wan:81.2.3.4', networkLabel: '81.2.3.4', networkDays: 88, networkFirstSeenAt: '2025-10-05T00:00:00.000Z', deviceFirstSeenAt: null, email: null, ...more,
});
const away = side({ serverAlias: 'Office', item: 'Heat', deviceName: 'iPhone', address: '126.8.1.1' }, { networkLabel: '126.8.1.1', networkDays: 1, networkFirstSeenAt: '2026-01-01T19:30:00.000Z' });
const rows = (rule: MismatchRule, sides: Side[]) => compareRows(rule, sides, NOW);
const evidence = (change: Partial<Evidence> = {}): Evidence => ({ ...side().evidence, ...change });

describe('sides of a mismatch', () => {
  it('marks what contradicts the rule, not that two titles are played on two devices', () => {
    expect(rows('TWO_PLACES', [side(), away]).map(({ label, differs }) => [label, differs])).toEqual([
      ['Device', false],
      ['Since', false],
      ['Network', true],
      ['Account', false],
    ]);
  });

  it('says how well the ledger knows a network', () => {
    const network = rows('TWO_PLACES', [side(), away, side({ network: 'lan', address: null }, { networkLabel: null, networkDays: null, networkFirstSeenAt: null })]).find(({ label }) => label === 'Network');
    expect(network?.cells).toEqual([{ text: '81.2.3.4', detail: 'internet, seen on 88 days' }, { text: '126.8.1.1', detail: expect.stringMatching(/^internet, first seen \d\d:\d\d$/) }, { text: 'LAN', detail: null }]);
  });

  it('marks two accounts only where one was to be expected', () => {
    const marked = (rule: MismatchRule) => rows(rule, [side(), side({ userName: 'mia' })]).filter(({ differs }) => differs).map(({ label }) => label);
    expect(marked('SHARED_DEVICE')).toEqual(['Account']);
    expect(marked('TWO_PLACES')).toEqual([]);
  });

  it('names the person only where there are several, and does not call silence a contradiction', () => {
    expect(rows('SAME_EMAIL', [side(), side({ identityName: 'Tom' })]).find(({ label }) => label === 'Person')).toMatchObject({ differs: true });
    expect(rows('SAME_EMAIL', [side(), side()]).find(({ label }) => label === 'Person')).toBeUndefined();
    expect(rows('TWO_PLACES', [side({ place: 'Lyon' }), side()]).find(({ label }) => label === 'Place')).toEqual({ label: 'Place', cells: [{ text: 'Lyon', detail: null }, null], differs: false });
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
    const answers = answersTo(rule, true);
    expect(answers.filter(({ does }) => does !== 'later').length).toBeGreaterThanOrEqual(2);
    expect(answers.at(-1)).toMatchObject({ key: 'later', does: 'later' });
  });

  it('allow nothing where the networks cannot be told apart', () => {
    expect(answersTo('TWO_PLACES', true).map(({ does }) => does)).toEqual(['keep', 'allow', 'split', 'later']);
    expect(answersTo('TWO_PLACES', false).find(({ key }) => key === 'allowed')).toMatchObject({ does: 'resolve', hint: expect.stringContaining('asked again next time') });
  });

  it('carry the own words behind them', () => {
    expect(resolutionOf({ label: 'Two people' }, '  ')).toBe('Two people');
    expect(resolutionOf({ label: 'Two people' }, ' brothers ')).toBe('Two people: brothers');
  });
});
