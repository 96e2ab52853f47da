import { AppError } from '@usher/contracts';
import { z } from 'zod';
import { parseInput } from '../graphql/parse-input.js';
import { requireServerId } from '../servers/server-ids.js';
import type { MaintenanceWindowInput, UpdateMaintenanceInput } from './maintenance.graphql.js';
import { Text } from './notice-input.js';
import { nextOccurrences, type Plan } from './occurrences.js';
import { normalizeRule } from './recurrence.js';
import { isTimeZone, wallClockMs } from './zoned-time.js';

const MAX_SERVERS = 1_000;
const MAX_AHEAD_MS = 5 * 366 * 86_400_000;

/** What people set of a window. */
export interface WindowSettings extends Omit<Plan, 'skipped'> {
  readonly title: string;
  readonly serverIds: readonly string[];
  /** Descending, without doubles. */
  readonly noticeMin: readonly number[];
  readonly noticeText: string | null;
}

const Title = z.string().trim().min(1, 'must not be empty').max(100, 'must have at most 100 characters').regex(/^[^\p{Cc}]*$/u, 'must be one line');
const Settings = z.object({
  title: Title,
  serverIds: z.array(z.string()).min(1, 'must name at least one server').max(MAX_SERVERS, `must name at most ${MAX_SERVERS} servers`).transform((ids) => [...new Set(ids)]),
  timeZone: z.string().refine(isTimeZone, 'must be the IANA name of a time zone, such as Europe/Paris'),
  startLocal: z.string().refine((text) => !Number.isNaN(wallClockMs(text)), 'must be a date and time of the wall clock, such as 2026-12-02T02:00'),
  durationMin: z.number().int().min(1, 'must be between 1 and 10080').max(10_080, 'must be between 1 and 10080'),
  drainMin: z.number().int().min(0, 'must be between 0 and 1440').max(1_440, 'must be between 0 and 1440'),
  noticeMin: z
    .array(z.number().int().min(0, 'must be between 0 and 1440').max(1_440, 'must be between 0 and 1440'))
    .max(6, 'must have at most 6 entries')
    .transform((minutes) => [...new Set(minutes)].sort((a, b) => b - a)),
  noticeText: Text.nullable(),
});

/** @throws VALIDATION_FAILED */
export function newWindow(input: MaintenanceWindowInput, nowMs: number): WindowSettings {
  const { rrule, drainMin, noticeMin, noticeText, ...rest } = input;
  return checked({ ...rest, drainMin: drainMin ?? 0, noticeMin: noticeMin ?? [], noticeText: noticeText?.trim() || null }, rrule, [], nowMs);
}

/** What is not given stays; null is "not given". @throws VALIDATION_FAILED */
export function changedWindow(now: WindowSettings & { skipped: readonly string[] }, { id: _, ...patch }: UpdateMaintenanceInput, nowMs: number): WindowSettings & { skipped: readonly string[] } {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value != null));
  const { rrule, noticeText, ...rest } = { ...now, ...given };
  // Dates are taken out of one recurrence; another one has others.
  const isSamePlan = ['rrule', 'startLocal', 'timeZone'].every((name) => given[name] === undefined || given[name] === now[name as 'rrule']);
  const skipped = isSamePlan ? now.skipped : [];
  return { ...checked({ ...rest, noticeText: noticeText?.trim() || null }, rrule, skipped, nowMs), skipped };
}

function checked(given: object, rule: string | null | undefined, skipped: readonly string[], nowMs: number): WindowSettings {
  const settings = parseInput(Settings, given);
  for (const serverId of settings.serverIds) requireServerId(serverId, 'serverIds');
  const rrule = rule?.trim() ? normalizeRule(rule) : null;
  if (wallClockMs(settings.startLocal) > nowMs + MAX_AHEAD_MS) throw new AppError('VALIDATION_FAILED', 'A window can be planned for five years ahead.', { field: 'startLocal' });
  const wanted = { ...settings, rrule };
  if (nextOccurrences({ ...wanted, skipped }, nowMs, 1).length === 0) throw new AppError('VALIDATION_FAILED', 'No date of this window lies ahead.', { field: 'startLocal' });
  return wanted;
}
