import type { Usage } from '../support/process-usage.js';
import { spreadOf } from '../support/statistics.js';
import type { Row } from '../support/table.js';
import type { SeenChange } from './changes.js';
import type { BenchServer, CallCounts, Lane } from './fleet.js';

const PUSH_GOAL_MS = 100;
const MEMORY_GOAL_MIB = 350;
const OTHER_CALLS_PER_HOUR = 15;
const LANES: readonly Lane[] = ['jellyfin', 'plex', 'emby', 'emby-silent'];
const PUSHES: readonly Lane[] = ['jellyfin', 'plex'];

/** A change that was never shown counts as endless. */
const latenciesOf = (changes: readonly SeenChange[]): number[] => changes.map(({ latencyMs }) => latencyMs ?? Number.POSITIVE_INFINITY);

/** Event → message at the subscriber, one row per kind of server. Emby's socket is a bonus beside its poll, so it has no goal. */
export function latencyRows(run: 'push' | 'poll', changes: readonly SeenChange[]): Row[] {
  const goal = { of: 'p95', atMost: PUSH_GOAL_MS } as const;
  const rows = LANES.map((lane): Row => {
    const spread = spreadOf(latenciesOf(changes.filter((change) => change.lane === lane)));
    return { what: `event → subscriber, ${run}, ${lane}`, unit: 'ms', spread, ...(run === 'push' && PUSHES.includes(lane) ? { goal } : {}) };
  });
  if (run === 'push') rows.push({ what: 'event → subscriber, push, jellyfin + plex', unit: 'ms', spread: spreadOf(latenciesOf(changes.filter(({ lane }) => PUSHES.includes(lane)))), goal });
  const lost = changes.filter(({ latencyMs }) => latencyMs === null).length;
  rows.push({ what: `changes never shown, ${run}`, unit: `of ${changes.length}`, spread: spreadOf([lost]), goal: { of: 'max', atMost: 0, shown: '0' } });
  return rows;
}

export interface CallWindow {
  readonly minutes: number;
  readonly calls: readonly [BenchServer, CallCounts][];
}

/** Requests per server and hour, out of a window. A window cuts a steady rhythm anywhere, so one call more is no excess. */
export function callRows(label: string, { minutes, calls }: CallWindow, allowed: { readonly push: number; readonly poll: number }): Row[] {
  const perHour = 60 / minutes;
  const row = (what: string, counts: readonly number[], atMost: number): Row => ({
    what: `${what}, ${label}`,
    unit: '/server/h',
    spread: spreadOf(counts.map((count) => count * perHour)),
    goal: { of: 'max', atMost: atMost + perHour, shown: `max ≤ ${atMost}` },
  });
  const sessionsOf = (isPush: boolean) => calls.filter(([{ lane }]) => PUSHES.includes(lane) === isPush).map(([, counts]) => counts.session);
  return [
    row('session calls, jellyfin + plex', sessionsOf(true), allowed.push),
    row('session calls, emby', sessionsOf(false), allowed.poll),
    row('other calls, all', calls.map(([, counts]) => counts.other), OTHER_CALLS_PER_HOUR),
    { what: `socket openings, ${label}`, unit: '/server/h', spread: spreadOf(calls.map(([, counts]) => counts.sockets * perHour)) },
  ];
}

interface WatchedUsage {
  readonly samples: readonly Usage[];
  readonly cpuPercent: readonly number[];
}

/** Memory and CPU of the host process. */
export function usageRows(quiet: WatchedUsage, busy: WatchedUsage): Row[] {
  const all = [...busy.samples, ...quiet.samples];
  const shared = all.flatMap(({ pssMiB }) => (pssMiB === null ? [] : [pssMiB]));
  const goal = { of: 'max', atMost: MEMORY_GOAL_MIB } as const;
  return [
    { what: 'memory (RSS) of the host process', unit: 'MiB', spread: spreadOf(all.map(({ rssMiB }) => rssMiB)), goal },
    { what: 'memory (PSS)', unit: 'MiB', spread: spreadOf(shared) },
    { what: 'memory (RSS) at the end of the window', unit: 'MiB', spread: spreadOf(quiet.samples.slice(-1).map(({ rssMiB }) => rssMiB)), goal },
    { what: 'CPU of one core, quiet watching', unit: '%', spread: spreadOf(quiet.cpuPercent) },
    { what: 'CPU of one core, during the changes', unit: '%', spread: spreadOf(busy.cpuPercent) },
  ];
}
