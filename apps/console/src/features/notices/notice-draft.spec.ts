import { describe, expect, it } from '@jest/globals';
import { countWords, draftProblems, EMPTY_DRAFT, targetsOf, timesOf } from './notice-draft.js';

const NOW = Date.parse('2026-03-01T20:00:00.000Z');
const draft = { ...EMPTY_DRAFT, text: 'Back at ten' };

describe('targetsOf', () => {
  it('is exactly one of the three', () => {
    expect(targetsOf(draft)).toEqual({ allLinked: true });
    expect(targetsOf({ ...draft, kind: 'servers', serverIds: ['a'], sessionIds: ['x'] })).toEqual({ serverIds: ['a'] });
    expect(targetsOf({ ...draft, kind: 'sessions', serverIds: ['a'], sessionIds: ['x'] })).toEqual({ sessionIds: ['x'] });
  });
  it('is nothing while nothing is chosen', () => expect(targetsOf({ ...draft, kind: 'servers' })).toBeNull());
});

describe('draftProblems', () => {
  it('lets a complete draft pass', () => expect(draftProblems(draft, NOW)).toEqual({}));
  it('names what is missing', () => expect(draftProblems({ ...EMPTY_DRAFT, text: '  ', kind: 'sessions' }, NOW)).toEqual({ text: expect.any(String), targets: 'Choose at least one session.' }));
  it('refuses a time that has passed or is none', () => {
    expect(draftProblems({ ...draft, showAt: '2026-02-01T20:00Z' }, NOW)).toEqual({ showAt: 'This time has passed.' });
    expect(draftProblems({ ...draft, showAt: 'soon' }, NOW)).toEqual({ showAt: 'Write a day and a time.' });
  });
});

describe('timesOf', () => {
  it('counts the tries from the moment of showing', () => {
    expect(timesOf(draft, NOW)).toMatchObject({ showAt: null, expiresAt: '2026-03-01T21:00:00.000Z' });
    expect(timesOf({ showAt: '2026-03-02T10:00Z', tryMin: 15 }, NOW)).toMatchObject({ showAt: '2026-03-02T10:00:00.000Z', expiresAt: '2026-03-02T10:15:00.000Z' });
  });
});

describe('countWords', () => {
  it('leaves zeros out', () => expect(countWords({ sent: 12, unsupported: 0, failed: 1, waiting: 1 })).toBe('12 sent, 1 failed, 1 waits'));
  it('says when there was nobody', () => expect(countWords({ sent: 0, unsupported: 0, failed: 0, waiting: 0 })).toBe('nobody was connected'));
});
