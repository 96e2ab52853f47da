import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextOccurrences, occurrencesBetween, type Plan } from './occurrences.js';
import { fitsRule, normalizeRule, ruleInWords } from './recurrence.js';
import { localText, wallClockText } from './zoned-time.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const plan = (more: Partial<Plan> = {}): Plan => ({ timeZone: 'Europe/Paris', startLocal: '2026-12-02T02:00', durationMin: 30, rrule: null, skipped: [], drainMin: 0, ...more });
const starts = (given: Plan, from: string, count: number) => nextOccurrences(given, Date.parse(from), count).map(({ startMs }) => localText(startMs, given.timeZone));

describe('occurrences', () => {
  it('once is once, and over when it is over', () => {
    expect(starts(plan(), '2026-11-01T00:00:00Z', 5)).toEqual(['2026-12-02T02:00:00+01:00']);
    expect(starts(plan(), '2026-12-02T01:29:59Z', 5)).toHaveLength(1);
    expect(starts(plan(), '2026-12-02T01:30:00Z', 5)).toEqual([]);
  });

  it('stay at their wall clock over a change of clocks', () => {
    const weekly = plan({ startLocal: '2026-10-18T04:00', rrule: 'FREQ=WEEKLY;BYDAY=SU' });
    expect(starts(weekly, '2026-10-18T00:00:00Z', 3)).toEqual(['2026-10-18T04:00:00+02:00', '2026-10-25T04:00:00+01:00', '2026-11-01T04:00:00+01:00']);
  });

  it('the first Tuesday of a month, as the form offers it', () => {
    const monthly = plan({ rrule: 'FREQ=MONTHLY;BYDAY=1TU', startLocal: '2026-12-01T02:00' });
    expect(starts(monthly, '2026-11-21T00:00:00Z', 5).map((text) => text.slice(0, 10))).toEqual(['2026-12-01', '2027-01-05', '2027-02-02', '2027-03-02', '2027-04-06']);
  });

  it('a start in the hour that is left out comes later that day, and takes as long as ever', () => {
    const daily = plan({ startLocal: '2026-03-28T02:30', rrule: 'FREQ=DAILY;COUNT=3' });
    const found = nextOccurrences(daily, Date.parse('2026-03-28T00:00:00Z'), 5);
    expect(found.map(({ startMs }) => localText(startMs, 'Europe/Paris'))).toEqual(['2026-03-28T02:30:00+01:00', '2026-03-29T03:30:00+02:00', '2026-03-30T02:30:00+02:00']);
    expect(found.map(({ isShifted }) => isShifted)).toEqual([false, true, false]);
    expect(found.every(({ startMs, endMs }) => endMs - startMs === 30 * 60_000)).toBe(true);
  });

  it('leave out what was taken out, and end with COUNT and UNTIL', () => {
    const skipped = plan({ rrule: 'FREQ=DAILY;UNTIL=20261205', skipped: ['2026-12-03T02:00'] });
    expect(starts(skipped, '2026-12-01T00:00:00Z', 9).map((text) => text.slice(8, 10))).toEqual(['02', '04', '05']);
    expect(starts(plan({ rrule: 'FREQ=DAILY;COUNT=2' }), '2026-12-01T00:00:00Z', 9)).toHaveLength(2);
  });

  it('count while they drain and while they last', () => {
    const draining = plan({ drainMin: 60 });
    const at = (text: string) => occurrencesBetween(draining, Date.parse(text), Date.parse(text)).length;
    expect([at('2026-12-01T23:59:00Z'), at('2026-12-02T00:00:00Z'), at('2026-12-02T01:29:59Z'), at('2026-12-02T01:30:00Z')]).toEqual([0, 1, 1, 0]);
  });

  it('a daily window that began years ago is found as fast as one of today', () => {
    const old = plan({ startLocal: '2001-01-01T06:00', rrule: 'FREQ=DAILY;INTERVAL=2' });
    expect(starts(old, '2026-11-21T12:00:00Z', 1)[0]!.slice(11, 16)).toBe('06:00');
    const plain = plan({ startLocal: '2001-01-01T06:00', rrule: 'FREQ=DAILY;INTERVAL=2;COUNT=1000' });
    expect(starts(plain, '2026-11-21T12:00:00Z', 1)).toEqual([]);
  });

  const rule = fc.oneof(
    fc.record({ freq: fc.constantFrom('DAILY', 'WEEKLY', 'YEARLY'), interval: fc.integer({ min: 1, max: 6 }) }).map(({ freq, interval }) => `FREQ=${freq};INTERVAL=${interval}`),
    fc.constantFrom('FREQ=WEEKLY;BYDAY=MO,TH', 'FREQ=MONTHLY;BYDAY=-1FR', 'FREQ=MONTHLY;BYMONTHDAY=31', 'FREQ=MONTHLY;BYMONTHDAY=-1', 'FREQ=MONTHLY;BYDAY=4WE;INTERVAL=2'),
  );
  const wall = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2026, 0, 1) / 60_000 }).map((minutes) => wallClockText(minutes * 60_000));
  const anyPlan = fc.record({ timeZone: fc.constantFrom('Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'UTC'), startLocal: wall, rrule: rule, durationMin: fc.integer({ min: 1, max: 600 }), drainMin: fc.integer({ min: 0, max: 120 }) });

  it('whatever the rule: in order, at the wanted wall clock unless it is left out, and the same however the range is cut', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 0, max: 300 }), (given, days) => {
        const made = plan(given);
        const from = Date.UTC(2026, 0, 1) + days * DAY_MS;
        const whole = occurrencesBetween(made, from, from + 60 * DAY_MS);
        expect(whole.map(({ startMs }) => startMs)).toEqual(whole.map(({ startMs }) => startMs).toSorted((a, b) => a - b));
        for (const { wall: wanted, startMs, isShifted } of whole) {
          const shown = localText(startMs, made.timeZone).slice(0, 16);
          expect(isShifted ? shown > wanted : shown === wanted).toBe(true);
        }
        const halves = [...occurrencesBetween(made, from, from + 30 * DAY_MS), ...occurrencesBetween(made, from + 30 * DAY_MS, from + 60 * DAY_MS)];
        expect([...new Set(halves.map(({ wall: text }) => text))]).toEqual(whole.map(({ wall: text }) => text));
      }),
      { numRuns: 150 },
    );
  });
});

describe('rules', () => {
  it('say whether the first start is one of theirs', () => {
    expect([fitsRule('2026-12-01T02:00', 'FREQ=MONTHLY;BYDAY=1TU'), fitsRule('2026-12-02T02:00', 'FREQ=MONTHLY;BYDAY=1TU'), fitsRule('2026-12-02T02:00', null)]).toEqual([true, false, true]);
  });

  it.each([
    ['rrule:freq=weekly;byday=mo,th;', 'FREQ=WEEKLY;BYDAY=MO,TH', 'weekly on Monday, Thursday'],
    ['FREQ=MONTHLY;BYDAY=1TU', 'FREQ=MONTHLY;BYDAY=1TU', 'monthly on the first Tuesday'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=12', 'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=12', 'monthly on the last day, 12 times'],
    ['FREQ=DAILY;INTERVAL=3;UNTIL=20271231', 'FREQ=DAILY;INTERVAL=3;UNTIL=20271231', 'every 3 days, until 2027-12-31'],
    ['FREQ=YEARLY', 'FREQ=YEARLY', 'yearly'],
  ])('%s', (given, normal, words) => {
    expect(normalizeRule(given)).toBe(normal);
    expect(ruleInWords(normal)).toBe(words);
  });

  it.each([
    'FREQ=HOURLY', 'FREQ=DAILY;BYSETPOS=4', 'FREQ=DAILY;BYDAY=MO', 'FREQ=WEEKLY;BYDAY=XX', 'FREQ=MONTHLY;BYDAY=5MO', 'FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=3', 'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;COUNT=2;UNTIL=20270101', 'FREQ=DAILY;FREQ=WEEKLY', 'FREQ=DAILY;INTERVAL=100', 'DAILY', '', 'FREQ=DAILY;DTSTART=20260101', `FREQ=WEEKLY;BYDAY=${'MO,'.repeat(80)}MO`,
  ])('refuses %s', (bad) => {
    expect(() => normalizeRule(bad)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', details: { field: 'rrule' } }));
  });
});
