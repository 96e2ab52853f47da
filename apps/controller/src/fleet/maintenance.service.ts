import { Inject, Injectable } from '@nestjs/common';
import { AppError, Uuid7 } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import type { Actor } from '../auth/actor.js';
import { ChangeHub, mapped } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { optionalServerIds } from '../servers/server-ids.js';
import { newWindow, type WindowSettings } from './maintenance-input.js';
import type { MaintenancePreviewObject, MaintenanceRange, MaintenanceWindowInput, MaintenanceWindowObject } from './maintenance.graphql.js';
import { MaintenanceRepository, type WindowRow } from './maintenance.repository.js';
import { NEXT_DATES, occurrenceView, windowView } from './maintenance-view.js';
import { NoticeForecastService } from './notice-forecast.service.js';
import { NoticeTargetsService, type TargetServer } from './notice-targets.service.js';
import { nextOccurrences, occurrencesBetween } from './occurrences.js';
import { fitsRule, ruleInWords } from './recurrence.js';
import { isTimeZone } from './zoned-time.js';

const DAY_MS = 86_400_000;
const ID_SUFFIX = /^[0-9a-f]{6,12}$/;

/** Maintenance windows and their dates, as people ask for them. */
@Injectable()
export class MaintenanceService {
  constructor(
    private readonly repository: MaintenanceRepository,
    private readonly targets: NoticeTargetsService,
    private readonly forecasts: NoticeForecastService,
    private readonly changes: ChangeHub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In the order of their next start; those without one come last. */
  async list(actor: Actor, range: MaintenanceRange, otherTimeZone: string | null): Promise<MaintenanceWindowObject[]> {
    actor.require('viewer');
    const otherZone = otherZoneOf(otherTimeZone);
    const [nowMs, serverIds] = [this.clock.now(), optionalServerIds(range.serverIds)];
    const days = rangeOf(range, nowMs);
    const rows = await this.repository.list({ includeCanceled: range.includeEnded === true });
    const views = rows.filter((row) => !serverIds || row.serverIds.some((id) => serverIds.includes(id))).map((row) => windowView(row, nowMs, { range: days, otherZone }));
    const startOf = (view: MaintenanceWindowObject) => view.next[0]?.startAt.getTime() ?? Number.MAX_SAFE_INTEGER;
    return views.filter((view) => range.includeEnded === true || view.next.length > 0).sort((a, b) => startOf(a) - startOf(b));
  }

  /** By its id, or by the last 6 or more characters of it; also one that was canceled. @throws NOT_FOUND */
  async find(actor: Actor, id: string, otherTimeZone: string | null = null): Promise<MaintenanceWindowObject> {
    actor.require('viewer');
    const otherZone = otherZoneOf(otherTimeZone);
    const row = Uuid7.safeParse(id).success ? await this.repository.byId(id) : ID_SUFFIX.test(id) ? await this.repository.byIdSuffix(id) : null;
    if (!row) throw new AppError('NOT_FOUND', 'There is no such window.');
    return windowView(row, this.clock.now(), { otherZone });
  }

  /** The next dates of a window that is not kept yet, and what the operator should know. @throws VALIDATION_FAILED, NOT_FOUND */
  async preview(actor: Actor, input: MaintenanceWindowInput, otherTimeZone: string | null): Promise<MaintenancePreviewObject> {
    actor.require('operator');
    const otherZone = otherZoneOf(otherTimeZone);
    const window = newWindow(input, this.clock.now());
    const servers = await this.serversOf(actor, window);
    const next = nextOccurrences({ ...window, skipped: [] }, this.clock.now(), NEXT_DATES);
    return {
      repeats: ruleInWords(window.rrule),
      next: next.map((occurrence) => occurrenceView(occurrence, window.timeZone, otherZone)),
      warnings: [...startWarnings(window), ...shiftWarnings(window, next), ...(await this.overlapWarnings(window, servers))],
      notices: window.noticeMin.length > 0 ? this.forecasts.of(servers) : null,
    };
  }

  watch(actor: Actor): AsyncIterable<MaintenanceWindowObject> {
    actor.require('viewer');
    return mapped(this.changes.ids('maintenance'), async (id) => {
      const row = await this.repository.byId(id);
      return row && windowView(row, this.clock.now(), { otherZone: null });
    });
  }

  /** In the order of `serverIds`: inside a window now, its draining before not counted. */
  async areInMaintenance(serverIds: readonly string[]): Promise<boolean[]> {
    const nowMs = this.clock.now();
    const windows = await this.repository.list({ includeCanceled: false });
    const inside = new Set(windows.filter((window) => isOn(window, nowMs)).flatMap((window) => window.serverIds));
    return serverIds.map((serverId) => inside.has(serverId));
  }

  /** @throws NOT_FOUND */
  serversOf(actor: Actor, { serverIds }: Pick<WindowSettings, 'serverIds'>): Promise<TargetServer[]> {
    return this.targets.resolve(actor, { kind: 'servers', serverIds }, 'serverIds');
  }

  private async overlapWarnings(window: WindowSettings, servers: readonly TargetServer[]): Promise<string[]> {
    const nowMs = this.clock.now();
    const mine = occurrencesBetween({ ...window, skipped: [] }, nowMs, nowMs + 400 * DAY_MS);
    const others = await this.repository.list({ includeCanceled: false });
    return others.flatMap((other) => {
      const shared = servers.filter(({ row }) => other.serverIds.includes(row.id)).map(({ row }) => row.alias);
      if (shared.length === 0) return [];
      const theirs = occurrencesBetween(other, nowMs, nowMs + 400 * DAY_MS);
      const clash = mine.find((a) => theirs.some((b) => a.startMs < b.endMs && b.startMs < a.endMs));
      return clash ? [`${shared.join(', ')}: “${other.title}” is planned for the same time on ${clash.wall.replace('T', ' at ')}.`] : [];
    });
  }
}

export function isOn(window: WindowRow, nowMs: number): boolean {
  return occurrencesBetween(window, nowMs, nowMs).some(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
}

function startWarnings({ startLocal, rrule }: WindowSettings): string[] {
  return fitsRule(startLocal, rrule) ? [] : [`The first date, ${startLocal.replace('T', ' at ')}, is not one of the rule; it counts all the same.`];
}

function shiftWarnings({ timeZone }: WindowSettings, next: readonly { wall: string; isShifted: boolean }[]): string[] {
  return next.filter(({ isShifted }) => isShifted).map(({ wall }) => `On ${wall.slice(0, 10)} the clocks of ${timeZone} go forward over ${wall.slice(11)}; it starts later that day.`);
}

/** @throws VALIDATION_FAILED */
function otherZoneOf(name: string | null): string | null {
  if (name === null || isTimeZone(name)) return name;
  throw new AppError('VALIDATION_FAILED', 'otherTimeZone must be the IANA name of a time zone, such as Asia/Tokyo', { field: 'otherTimeZone' });
}

/** @throws VALIDATION_FAILED */
function rangeOf({ from, to }: MaintenanceRange, nowMs: number): { fromMs: number; toMs: number } {
  const fromMs = from?.getTime() ?? nowMs;
  const toMs = to?.getTime() ?? fromMs + 35 * DAY_MS;
  if (toMs < fromMs || toMs - fromMs > 400 * DAY_MS) throw new AppError('VALIDATION_FAILED', 'A range ends after it begins, at most 400 days later.', { field: 'range.to' });
  return { fromMs, toMs };
}
