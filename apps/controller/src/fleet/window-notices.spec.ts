import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@usher/contracts';
import type { WindowRow } from './maintenance.repository.js';
import { stateOf } from './maintenance-state.service.js';
import { dueNotices, textOf } from './window-notices.js';

const serverId = uuidv7();
const row = (more: Partial<WindowRow> = {}): WindowRow => ({
  id: uuidv7(), title: 'New disks', serverIds: [serverId], timeZone: 'Europe/Paris', startLocal: '2026-11-21T22:00', durationMin: 90, rrule: null, skipped: [], drainMin: 50,
  noticeMin: [60, 15, 0], noticeText: null, createdAt: new Date(), createdBy: 'sam', updatedAt: new Date(), canceledAt: null, canceledBy: null, ...more,
});
/** 22:00 in Paris. */
const start = Date.parse('2026-11-21T21:00:00.000Z');
const at = (minutes: number) => start + minutes * 60_000;

describe('notices of a window', () => {
  it('are due at their offsets, each until the next one', () => {
    const look = (minutes: number) => dueNotices(row(), at(minutes)).notices.map(({ minutesBefore, expiresMs }) => [minutesBefore, (expiresMs - start) / 60_000]);
    expect(look(-61)).toEqual([]);
    expect(look(-60)).toEqual([[60, -15]]);
    expect(look(-15)).toEqual([[15, 0]]);
    expect(look(0)).toEqual([[0, 90]]);
    expect(look(89)).toEqual([[0, 90]]);
    expect(look(90)).toEqual([]);
  });

  it('after an hour without a controller only the latest is sent', () => {
    expect(dueNotices(row(), at(-10)).notices.map(({ minutesBefore }) => minutesBefore)).toEqual([15]);
  });

  it('without one at the start the last one ends with the start', () => {
    expect(dueNotices(row({ noticeMin: [60] }), at(-5)).notices).toMatchObject([{ minutesBefore: 60, expiresMs: start }]);
    expect(dueNotices(row({ noticeMin: [60] }), at(5)).notices).toMatchObject([{ minutesBefore: 60, expiresMs: at(90) }]);
  });

  it('tell when to look again: a notice, the start, the end', () => {
    expect([-70, -30, -1, 1].map((minutes) => (dueNotices(row(), at(minutes)).nextMs! - start) / 60_000)).toEqual([-60, -15, 0, 90]);
    expect(dueNotices(row(), at(91)).nextMs).toBeNull();
    expect([-1, 0, 89, 90].map((minutes) => dueNotices(row(), at(minutes)).isOn)).toEqual([false, true, true, false]);
  });

  it('say how long viewers have, and in whose time', () => {
    const occurrence = { startMs: start, endMs: at(90) };
    expect(textOf(row(), occurrence, at(-15))).toBe('Maintenance in 15 minutes: New disks. From 22:00 to 23:30 (Europe/Paris) this server may go away.');
    expect(textOf(row(), occurrence, at(-1))).toContain('in 1 minute:');
    expect(textOf(row(), occurrence, at(-600))).toContain('in 10 hours:');
    expect(textOf(row(), occurrence, at(0))).toBe('Maintenance has begun: New disks. Until 23:30 (Europe/Paris) this server may go away.');
    expect(textOf(row(), { startMs: start, endMs: at(180) }, at(0))).toContain('Until 2026-11-22 01:00');
    expect(textOf(row({ title: 'x'.repeat(100), timeZone: 'America/Argentina/ComodRivadavia' }), occurrence, at(-1)).length).toBeLessThanOrEqual(500);
    expect(dueNotices(row({ noticeText: 'Go to bed.' }), at(0)).notices[0]!.text).toBe('Go to bed.');
  });
});

describe('the state of the fleet', () => {
  it('holds what is planned for the coming week, draining first, without titles', () => {
    const once = row();
    const daily = row({ startLocal: '2026-11-01T06:00', rrule: 'FREQ=DAILY', drainMin: 0 });
    const state = stateOf([daily, once], new Set([serverId]), at(-240));
    expect(state.occurrences.map(({ drainFrom }) => drainFrom)).toEqual(state.occurrences.map(({ drainFrom }) => drainFrom).toSorted());
    expect(state.occurrences).toHaveLength(8);
    expect(state.occurrences[0]).toEqual({ windowId: once.id, serverIds: [serverId], startAt: '2026-11-21T21:00:00.000Z', endAt: '2026-11-21T22:30:00.000Z', drainFrom: '2026-11-21T20:10:00.000Z' });
    expect(JSON.stringify(state)).not.toContain('New disks');
  });

  it('leaves out servers that are gone, and says how far it is complete when it is full', () => {
    expect(stateOf([row()], new Set(), at(-10)).occurrences).toEqual([]);
    const many = Array.from({ length: 200 }, () => row({ startLocal: '2026-11-01T06:00', rrule: 'FREQ=DAILY', serverIds: Array.from({ length: 30 }, () => serverId) }));
    const state = stateOf(many, new Set([serverId]), at(0));
    expect(JSON.stringify(state).length).toBeLessThan(130_000);
    expect(Date.parse(state.completeUntil)).toBeLessThan(at(0) + 7 * 86_400_000);
    expect(state.occurrences.every(({ drainFrom }) => drainFrom <= state.completeUntil)).toBe(true);
  });
});
