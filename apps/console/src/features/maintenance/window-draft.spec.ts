import { describe, expect, it } from '@jest/globals';
import { changeOf, draftOf, draftProblems, durationMin, emptyDraft, inputOf, type WindowRow } from './window-draft.js';

const draft = { ...emptyDraft('2026-12-01', 'Europe/Paris'), title: 'Kernel', serverIds: ['a'] };
const row = { id: 'w1', title: 'Kernel', serverIds: ['a'], startLocal: '2026-12-01T23:30', timeZone: 'Europe/Paris', durationMin: 90, rrule: 'FREQ=DAILY', drainMin: 0, noticeMin: [60, 0], noticeText: 'Soon' } as unknown as WindowRow;

describe('window draft', () => {
  it('becomes what the API takes', () => {
    expect(inputOf(draft)).toEqual({ title: 'Kernel', serverIds: ['a'], startLocal: '2026-12-01T02:00', timeZone: 'Europe/Paris', durationMin: 30, rrule: null, drainMin: 30, noticeMin: [60, 15, 0], noticeText: null });
    expect(inputOf({ ...draft, drains: false, notifies: false, noticeText: 'x' })).toMatchObject({ drainMin: 0, noticeMin: [], noticeText: null });
  });

  it('counts over midnight and over days', () => {
    expect(durationMin({ from: '23:30', to: '01:00', days: 0 })).toBe(90);
    expect(durationMin({ from: '22:00', to: '23:00', days: 2 })).toBe(2 * 1_440 + 60);
  });

  it('names what is wrong', () => {
    expect(draftProblems(draft)).toEqual({});
    expect(Object.keys(draftProblems({ ...draft, title: ' ', serverIds: [], day: '', drainMin: 'x', noticeMin: '60, soon' }))).toEqual(['title', 'servers', 'time', 'drain', 'notices']);
    expect(draftProblems({ ...draft, days: 8 }).time).toContain('7 days');
  });

  it('reads a window back as it is', () => {
    expect(draftOf(row)).toMatchObject({ from: '23:30', to: '01:00', days: 1, drains: false, notifies: true, noticeMin: '60, 0' });
    expect(changeOf(row, draftOf(row))).toEqual({ id: 'w1' });
  });

  it('sends only what changed; an emptied text and recurrence are empty texts', () => {
    const changed = { ...draftOf(row), title: 'Disks', noticeText: '', recurrence: { ...draftOf(row).recurrence, repeats: 'never' as const } };
    expect(changeOf(row, changed)).toEqual({ id: 'w1', title: 'Disks', noticeText: '', rrule: '' });
  });
});
