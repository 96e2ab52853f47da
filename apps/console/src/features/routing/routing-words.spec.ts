import { describe, expect, it } from '@jest/globals';
import { adjustmentWords, decidedWords, headline, isDrawn, reasonWords, shortSentence, standingWords, verdictWords, type PlacementRow } from './routing-words.js';

const placement = (change: Partial<PlacementRow>) => ({ kind: 'CREATE', verdict: 'PLACED', title: 'Dune', userName: 'Nora', ...change }) as PlacementRow;

describe('words of a decision', () => {
  it('says who gets what from where', () => {
    expect(headline(placement({}), 'Attic')).toBe('Nora gets Dune from Attic');
    expect(headline(placement({ verdict: 'REFUSED' }), null)).toBe('Nora gets Dune from no server');
    expect(headline(placement({ kind: 'SIMULATE', userName: null }), 'Attic')).toBe('This viewer would get Dune from Attic');
    expect(headline(placement({ kind: 'CONVERSION' }), null)).toBe('No server converts Dune');
  });

  it('prints how long it took', () => {
    expect(decidedWords({ kind: 'CREATE', decidedMs: 0.42 })).toBe('decided in 0.4 ms');
    expect(decidedWords({ kind: 'DRAIN', decidedMs: 12.6 })).toBe('moved off a drained server in 13 ms');
  });

  it('knows the usual reasons and spells out the others', () => {
    expect(reasonWords('item-missing')).toBe('Title missing');
    expect(reasonWords('no-transcoder')).toBe('No transcoder');
    expect(reasonWords(null)).toBe('Not taken');
  });

  it('names adjustments with their sign and leaves zeros out', () =>
    expect(adjustmentWords([{ name: 'affinity', value: -0.15 }, { name: 'load-age', value: 0.05 }, { name: 'scarcity', value: 0.001 }])).toBe('affinity −0.15, load age +0.05'));
});

describe('the sentence in a row of the list', () => {
  const nameOf = (id: string) => ({ b: 'Basement' })[id] ?? 'a removed server';
  const said = (sentence: string, change: Partial<PlacementRow> = {}) => shortSentence(placement({ sentence, serverId: 'a', previousServerId: null, targetHeight: null, ...change }), nameOf);
  it('leaves out what the row says already', () => {
    expect(said('Dune plays from Attic: 32 % of its uplink, the least of 2 that could.')).toBe('least of 2 by its uplink');
    expect(said('Dune: Part Two plays from Attic: 5 % of its cpu, the only one that could.', { title: 'Dune: Part Two' })).toBe('the only one that could');
    expect(said('Dune: refused, no server can play it now.', { verdict: 'REFUSED', serverId: null })).toBe('no server can play it now');
    expect(said('The least of those that hold it.')).toBe('The least of those that hold it');
  });
  it('says from where a move went, and why', () => {
    const moved = { previousServerId: 'b' };
    expect(said('Dune plays from Attic, from Basement: 5 % of its cpu, the only one that could.', { ...moved, kind: 'DRAIN' })).toBe('from Basement: it is drained');
    expect(said('x', { ...moved, kind: 'FAILOVER' })).toBe('from Basement: it failed');
    expect(said('Dune plays from Attic, from Basement: 5 % of its cpu, the only one that could.', moved)).toBe('from Basement: the only one that could');
  });
  it('says a smaller picture first', () => expect(said('Dune plays.', { verdict: 'SMALLER', targetHeight: 720 })).toBe('720p: nobody has room for more'));
  it('does not say twice that somebody was chosen', () => {
    expect(verdictWords('Chosen: least used of those that could.')).toBe('Least used of those that could.');
    expect(verdictWords('Would be at 87 % of its cpu.')).toBe('Would be at 87 % of its cpu.');
  });
});

describe('how a server stands', () => {
  it('says nothing of a ready one', () => expect(standingWords({ standing: 'ready', drain: null })).toBeNull());
  it.each([['offline', 'danger'], ['blind', 'warning'], ['slow-start', 'dim']])('%s is %s', (standing, tone) => expect(standingWords({ standing, drain: null })).toMatchObject({ tone }));
  it('draws no load where nothing is known', () => {
    expect(isDrawn({ standing: 'ready', utilization: 0 })).toBe(true);
    expect(isDrawn({ standing: 'ready', utilization: null })).toBe(false);
    expect(isDrawn({ standing: 'offline', utilization: 0.4 })).toBe(false);
  });
});
