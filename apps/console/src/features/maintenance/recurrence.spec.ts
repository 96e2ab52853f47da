import { describe, expect, it } from '@jest/globals';
import { fromRule, ONCE, toRule, weekdayOf } from './recurrence.js';

const TUESDAY = '2026-12-01';

describe('recurrence', () => {
  it('knows the weekday of a date in any zone', () => {
    expect(weekdayOf(TUESDAY)).toBe('TU');
    expect(weekdayOf('2026-12-06')).toBe('SU');
  });

  it('takes weekday and day of the month from the first date', () => {
    expect(toRule(ONCE, TUESDAY)).toBeNull();
    expect(toRule({ ...ONCE, repeats: 'daily' }, TUESDAY)).toBe('FREQ=DAILY');
    expect(toRule({ ...ONCE, repeats: 'weekly' }, TUESDAY)).toBe('FREQ=WEEKLY;BYDAY=TU');
    expect(toRule({ ...ONCE, repeats: 'weekly', days: ['FR', 'MO'] }, TUESDAY)).toBe('FREQ=WEEKLY;BYDAY=MO,FR');
    expect(toRule({ ...ONCE, repeats: 'monthly', nth: '-1' }, TUESDAY)).toBe('FREQ=MONTHLY;BYDAY=-1TU');
    expect(toRule({ ...ONCE, repeats: 'monthly', nth: 'date' }, TUESDAY)).toBe('FREQ=MONTHLY;BYMONTHDAY=1');
  });

  it('ends on a day where one is given', () => expect(toRule({ ...ONCE, repeats: 'daily', until: '2027-01-31' }, TUESDAY)).toBe('FREQ=DAILY;UNTIL=20270131'));

  it.each(['FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,FR', 'FREQ=MONTHLY;BYDAY=1TU;UNTIL=20270131', 'FREQ=MONTHLY;BYMONTHDAY=1'])('reads its own rule %s back', (rule) => {
    const recurrence = fromRule(rule, TUESDAY);
    expect(recurrence.repeats).not.toBe('other');
    expect(toRule(recurrence, TUESDAY)).toBe(rule);
  });

  it.each(['FREQ=YEARLY', 'FREQ=DAILY;INTERVAL=3', 'FREQ=WEEKLY;BYDAY=TU;COUNT=4', 'FREQ=MONTHLY;BYDAY=2FR'])('keeps %s, which the form cannot show, as it is', (rule) => {
    const recurrence = fromRule(rule, TUESDAY);
    expect(recurrence).toMatchObject({ repeats: 'other', rule });
    expect(toRule(recurrence, TUESDAY)).toBe(rule);
  });
});
