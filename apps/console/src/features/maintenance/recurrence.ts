export type Repeats = 'never' | 'daily' | 'weekly' | 'monthly' | 'other';

/** How a window repeats, as chosen in the form. */
export interface Recurrence {
  readonly repeats: Repeats;
  /** Of `weekly`: two-letter days; empty = the day of the first date. */
  readonly days: readonly string[];
  /** Of `monthly`: which of its weekdays (`1` … `4`, `-1` = last), or `date` for the day of the month. */
  readonly nth: string;
  /** `2026-12-31`; empty = until it is ended. */
  readonly until: string;
  /** Of `other`: the rule as it is. */
  readonly rule: string;
}

export const DAYS = [['MO', 'Mon'], ['TU', 'Tue'], ['WE', 'Wed'], ['TH', 'Thu'], ['FR', 'Fri'], ['SA', 'Sat'], ['SU', 'Sun']] as const;
export const NTHS = [['1', 'first'], ['2', 'second'], ['3', 'third'], ['4', 'fourth'], ['-1', 'last']] as const;
export const ONCE: Recurrence = { repeats: 'never', days: [], nth: '1', until: '', rule: '' };

/** Two-letter weekday of `2026-12-01`. */
export function weekdayOf(day: string): string {
  const index = new Date(`${day}T00:00:00Z`).getUTCDay();
  return DAYS[(index + 6) % 7]?.[0] ?? 'MO';
}

function ruleOf(recurrence: Recurrence, firstDay: string): string {
  if (recurrence.repeats === 'daily') return 'FREQ=DAILY';
  if (recurrence.repeats === 'weekly') {
    const chosen = DAYS.map(([day]) => day).filter((day) => recurrence.days.includes(day));
    return `FREQ=WEEKLY;BYDAY=${(chosen.length > 0 ? chosen : [weekdayOf(firstDay)]).join(',')}`;
  }
  return recurrence.nth === 'date' ? `FREQ=MONTHLY;BYMONTHDAY=${Number(firstDay.slice(8, 10))}` : `FREQ=MONTHLY;BYDAY=${recurrence.nth}${weekdayOf(firstDay)}`;
}

/** The RFC 5545 rule of a choice; null = once. Weekday and day of the month come from the first date. */
export function toRule(recurrence: Recurrence, firstDay: string): string | null {
  if (recurrence.repeats === 'never') return null;
  if (recurrence.repeats === 'other') return recurrence.rule.trim() || null;
  return [ruleOf(recurrence, firstDay), recurrence.until && `UNTIL=${recurrence.until.replaceAll('-', '')}`].filter(Boolean).join(';');
}

/** The choice that a rule stands for; one that the form cannot show is kept as it is. */
export function fromRule(rule: string | null, firstDay: string): Recurrence {
  if (!rule) return ONCE;
  const until = /;UNTIL=(\d{4})(\d{2})(\d{2})$/.exec(rule);
  const bare = rule.replace(/;UNTIL=\d{8}$/, '');
  const byDay = /;BYDAY=([^;]+)$/.exec(bare)?.[1] ?? '';
  const common = { ...ONCE, until: until ? until.slice(1).join('-') : '' };
  const candidates: Recurrence[] = [
    { ...common, repeats: 'daily' },
    { ...common, repeats: 'weekly', days: byDay.split(',') },
    { ...common, repeats: 'monthly', nth: byDay.slice(0, -2) || 'date' },
  ];
  return candidates.find((candidate) => toRule(candidate, firstDay) === rule) ?? { ...ONCE, repeats: 'other', rule };
}
