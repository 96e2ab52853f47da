import type { ConsoleWindowFragment, MaintenanceWindowInput, UpdateMaintenanceInput } from '@usher/api-client';
import { fromRule, ONCE, toRule, type Recurrence } from './recurrence.js';

export type WindowRow = ConsoleWindowFragment;
export type Occurrence = WindowRow['next'][number];

const DAY_MIN = 24 * 60;
const MOST_MIN = 7 * DAY_MIN;

/** What stands in the form, as typed. Times are wall clock in `timeZone`. */
export interface WindowDraft {
  readonly title: string;
  readonly serverIds: readonly string[];
  readonly day: string;
  readonly from: string;
  readonly to: string;
  /** Days between start and end; 0 with an end before the start means the next day. */
  readonly days: number;
  readonly timeZone: string;
  readonly recurrence: Recurrence;
  readonly drains: boolean;
  readonly drainMin: string;
  readonly notifies: boolean;
  readonly noticeMin: string;
  readonly noticeText: string;
}

export function emptyDraft(day: string, timeZone: string): WindowDraft {
  return { title: '', serverIds: [], day, from: '02:00', to: '02:30', days: 0, timeZone, recurrence: ONCE, drains: true, drainMin: '30', notifies: true, noticeMin: '60, 15, 0', noticeText: '' };
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const clockOf = (minutes: number): string => [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** The draft of a window that exists. */
export function draftOf(window: WindowRow): WindowDraft {
  const day = window.startLocal.slice(0, 10);
  const from = window.startLocal.slice(11, 16);
  const end = minutesOf(from) + window.durationMin;
  return {
    title: window.title,
    serverIds: window.serverIds,
    day,
    from,
    to: clockOf(end % DAY_MIN),
    days: Math.floor(end / DAY_MIN),
    timeZone: window.timeZone,
    recurrence: fromRule(window.rrule, day),
    drains: window.drainMin > 0,
    drainMin: String(window.drainMin || 30),
    notifies: window.noticeMin.length > 0,
    noticeMin: window.noticeMin.length > 0 ? window.noticeMin.join(', ') : '60, 15, 0',
    noticeText: window.noticeText ?? '',
  };
}

/** Length in minutes; an end before the start on the same day is the next day's. */
export function durationMin({ from, to, days }: Pick<WindowDraft, 'from' | 'to' | 'days'>): number {
  const sameDay = minutesOf(to) - minutesOf(from);
  return sameDay + (days === 0 && sameDay <= 0 ? 1 : days) * DAY_MIN;
}

const numbers = (text: string): number[] => text.split(/[\s,;]+/).filter(Boolean).map(Number);
const isMinutes = (value: number): boolean => Number.isInteger(value) && value >= 0;

export type DraftProblems = Readonly<Partial<Record<'title' | 'servers' | 'time' | 'drain' | 'notices', string>>>;

/** What has to be repaired before the window can be planned; the API checks everything again. */
export function draftProblems(draft: WindowDraft): DraftProblems {
  const length = durationMin(draft);
  const notices = numbers(draft.noticeMin);
  return {
    ...(draft.title.trim() === '' && { title: 'Say what is done, viewers may read it.' }),
    ...(draft.serverIds.length === 0 && { servers: 'Choose at least one server.' }),
    ...(!/^\d{4}-\d\d-\d\d$/.test(draft.day) || Number.isNaN(length) ? { time: 'Write a day and both times.' } : length > MOST_MIN && { time: 'A window lasts 7 days at most.' }),
    ...(draft.drains && !(isMinutes(Number(draft.drainMin)) && Number(draft.drainMin) > 0) && { drain: 'A whole number of minutes.' }),
    ...(draft.notifies && (notices.length === 0 || !notices.every(isMinutes)) && { notices: 'Whole minutes, such as 60, 15, 0.' }),
  };
}

/** The window as the API takes it. */
export function inputOf(draft: WindowDraft): MaintenanceWindowInput {
  return {
    title: draft.title.trim(),
    serverIds: [...draft.serverIds],
    startLocal: `${draft.day}T${draft.from}`,
    timeZone: draft.timeZone,
    durationMin: durationMin(draft),
    rrule: toRule(draft.recurrence, draft.day),
    drainMin: draft.drains ? Number(draft.drainMin) : 0,
    noticeMin: draft.notifies ? numbers(draft.noticeMin) : [],
    noticeText: draft.notifies && draft.noticeText.trim() ? draft.noticeText.trim() : null,
  };
}

/** Only what differs from the window as it is: an unchanged recurrence keeps the dates that were taken out. */
export function changeOf(window: WindowRow, draft: WindowDraft): UpdateMaintenanceInput {
  const before: Record<string, unknown> = { ...inputOf(draftOf(window)) };
  const changed = Object.entries(inputOf(draft)).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key]));
  return { id: window.id, ...Object.fromEntries(changed.map(([key, value]) => [key, value ?? ''])) };
}
