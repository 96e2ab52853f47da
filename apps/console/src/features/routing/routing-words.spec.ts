import { describe, expect, it } from '@jest/globals';
import { adjustmentWords, decidedWords, headline, isDrawn, reasonWords, standingWords, type PlacementRow } from './routing-words.js';

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

describe('how a server stands', () => {
  it('says nothing of a ready one', () => expect(standingWords({ standing: 'ready', drain: null })).toBeNull());
  it.each([['offline', 'danger'], ['blind', 'warning'], ['slow-start', 'dim']])('%s is %s', (standing, tone) => expect(standingWords({ standing, drain: null })).toMatchObject({ tone }));
  it('draws no load where nothing is known', () => {
    expect(isDrawn({ standing: 'ready', utilization: 0 })).toBe(true);
    expect(isDrawn({ standing: 'ready', utilization: null })).toBe(false);
    expect(isDrawn({ standing: 'offline', utilization: 0.4 })).toBe(false);
  });
});
