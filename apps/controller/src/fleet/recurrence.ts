import { AppError } from '@usher/contracts';
// oxlint-disable-next-line import/default -- CommonJS: Node gives the whole package as its default
import rrule, { type Options } from 'rrule';
import { z } from 'zod';
import { wallClockMs } from './zoned-time.js';

const DAY_MS = 86_400_000;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const NAMES = { MO: 'Monday', TU: 'Tuesday', WE: 'Wednesday', TH: 'Thursday', FR: 'Friday', SA: 'Saturday', SU: 'Sunday' } as const;
const UNITS = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' } as const;
const ORDINALS: Readonly<Record<string, string>> = { '1': 'first', '2': 'second', '3': 'third', '4': 'fourth', '-1': 'last' };

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
/** By wall clock, with or without the Z that other programs write. */
const Until = z.string().regex(/^\d{8}(T\d{6}Z?)?$/);

/**
 * The part of RFC 5545 that a maintenance window needs. Parts that could make a rule which never comes true are left out: the
 * search for its next date would run for a minute.
 */
const shared = { INTERVAL: whole(1, 99).optional(), COUNT: whole(1, 1000).optional(), UNTIL: Until.optional() };
const Weekday = z.enum(WEEKDAYS);
const Parts = z.discriminatedUnion('FREQ', [
  z.strictObject({ FREQ: z.literal('DAILY'), ...shared }),
  z.strictObject({ FREQ: z.literal('WEEKLY'), ...shared, BYDAY: z.string().transform((text) => text.split(',')).pipe(z.array(Weekday).min(1).max(7)).optional() }),
  z.strictObject({
    FREQ: z.literal('MONTHLY'),
    ...shared,
    BYDAY: z.string().regex(/^(1|2|3|4|-1)(MO|TU|WE|TH|FR|SA|SU)$/).optional(),
    BYMONTHDAY: z.union([z.literal('-1'), whole(1, 31)]).optional(),
  }),
  z.strictObject({ FREQ: z.literal('YEARLY'), ...shared }),
]);
type Parts = z.infer<typeof Parts>;

const REFUSED = 'must be a recurrence such as FREQ=WEEKLY;BYDAY=MO,TH or FREQ=MONTHLY;BYDAY=1TU, with INTERVAL, COUNT or UNTIL';

/** The rule in one spelling. @throws VALIDATION_FAILED */
export function normalizeRule(text: string, field = 'rrule'): string {
  parseRule(text, field);
  return text.trim().toUpperCase().replace(/^RRULE:/, '').replace(/;$/, '');
}

function parseRule(text: string, field: string): Parts {
  const refuse = (message: string) => new AppError('VALIDATION_FAILED', `${field} ${message}`, { field });
  const pairs = text.trim().toUpperCase().replace(/^RRULE:/, '').replace(/;$/, '').split(';').map((part) => part.split('='));
  if (text.length > 200 || pairs.some((pair) => pair.length !== 2)) throw refuse(REFUSED);
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) throw refuse('names a part twice');
  const parsed = Parts.safeParse(Object.fromEntries(pairs) as unknown);
  if (!parsed.success) throw refuse(REFUSED);
  const { COUNT, UNTIL } = parsed.data;
  if (COUNT !== undefined && UNTIL !== undefined) throw refuse('has COUNT or UNTIL, not both');
  if ('BYMONTHDAY' in parsed.data && parsed.data.BYMONTHDAY !== undefined && parsed.data.BYDAY !== undefined) throw refuse('has BYDAY or BYMONTHDAY, not both');
  return parsed.data;
}

/**
 * Starts by wall clock, as if it were UTC, from `fromMs` to `toMs`, both included; the first start counts although the rule may
 * not name it. A rule that is null happens once.
 */
export function wallStarts(startLocal: string, rule: string | null, fromMs: number, toMs: number): number[] {
  const first = wallClockMs(startLocal);
  const once = first >= fromMs && first <= toMs ? [first] : [];
  if (rule === null || toMs < first) return once;
  const starts = ruleOf(rule, first, fromMs).between(new Date(Math.max(fromMs, first)), new Date(toMs), true).map((date) => date.getTime());
  return [...new Set([...once, ...starts])].sort((a, b) => a - b);
}

/** False when the first start is a date of its own beside those of the rule. */
export function fitsRule(startLocal: string, rule: string | null): boolean {
  const first = wallClockMs(startLocal);
  return rule === null || ruleOf(rule, first, first).between(new Date(first), new Date(first), true).length > 0;
}

/** A rule that has run for years is walked from shortly before `fromMs`, in step with its first date; only a count has to be walked from the start. */
function ruleOf(rule: string, firstMs: number, fromMs: number): InstanceType<typeof rrule.RRule> {
  const options: Partial<Options> = rrule.RRule.parseString(rule.replace(/(UNTIL=\d{8})(?=;|$)/, '$1T235959'));
  const days = options.freq === rrule.Frequency.DAILY ? 1 : options.freq === rrule.Frequency.WEEKLY ? 7 : null;
  const stepMs = days === null || options.count ? null : days * (options.interval ?? 1) * DAY_MS;
  const steps = stepMs === null ? 0 : Math.max(0, Math.floor((fromMs - firstMs) / stepMs) - 1);
  return new rrule.RRule({ ...options, dtstart: new Date(firstMs + steps * (stepMs ?? 0)) });
}

/** `monthly on the first Tuesday, until 2027-01-31` */
export function ruleInWords(rule: string | null): string {
  if (rule === null) return 'once';
  const parts = parseRule(rule, 'rrule');
  const interval = parts.INTERVAL ?? 1;
  const unit = UNITS[parts.FREQ];
  const every = interval === 1 ? (unit === 'day' ? 'daily' : `${unit}ly`) : `every ${interval} ${unit}s`;
  const until = parts.UNTIL && `until ${parts.UNTIL.slice(0, 4)}-${parts.UNTIL.slice(4, 6)}-${parts.UNTIL.slice(6, 8)}`;
  const count = parts.COUNT !== undefined && (parts.COUNT === 1 ? 'one time' : `${parts.COUNT} times`);
  return [[every, daysInWords(parts)].filter(Boolean).join(' '), until, count].filter(Boolean).join(', ');
}

function daysInWords(parts: Parts): string | null {
  if (parts.FREQ === 'WEEKLY') return parts.BYDAY ? `on ${parts.BYDAY.map((day) => NAMES[day]).join(', ')}` : null;
  if (parts.FREQ !== 'MONTHLY') return null;
  if (parts.BYMONTHDAY !== undefined) return parts.BYMONTHDAY === '-1' ? 'on the last day' : `on day ${parts.BYMONTHDAY}`;
  const [, nth, day] = /^(-?\d)(..)$/.exec(parts.BYDAY ?? '') ?? [];
  return nth !== undefined ? `on the ${ORDINALS[nth]} ${NAMES[day as keyof typeof NAMES]}` : null;
}
