import type { Usage } from '../support/process-usage.js';
import { spreadOf } from '../support/statistics.js';
import type { Row } from '../support/table.js';
import type { SeenChange } from './changes.js';
import type { BenchServer, CallCounts, Lane } from './fleet.js';
import type { GhostRun } from './ghosts.js';

const PUSH_GOAL_MS = 100;
/** Of the whole product in one process: up to 20 servers, and up to 100. */
const MEMORY_GOAL_MIB = (servers: number): number => (servers <= 20 ? 350 : 600);
const FRESHNESS_GOAL = 1.05;
const OTHER_CALLS_PER_HOUR = 15;
const LANES: readonly Lane[] = ['jellyfin', 'plex', 'emby', 'emby-silent'];
const PUSHES: readonly Lane[] = ['jellyfin', 'plex'];

/** A change that was never shown counts as endless. */
const latenciesOf = (changes: readonly SeenChange[]): number[] => changes.map(({ latencyMs }) => latencyMs ?? Number.POSITIVE_INFINITY);

/** Event → message at the subscriber, one row per kind of server. Emby's socket is a bonus beside its poll, so it has no goal. */
export function latencyRows(run: 'push' | 'poll', changes: readonly SeenChange[]): Row[] {
  const goal = { of: 'p95', atMost: PUSH_GOAL_MS } as const;
  const rows = LANES.filter((lane) => changes.some((change) => change.lane === lane)).map((lane): Row => {
    const spread = spreadOf(latenciesOf(changes.filter((change) => change.lane === lane)));
    return { what: `event → subscriber, ${run}, ${lane}`, unit: 'ms', spread, ...(run === 'push' && PUSHES.includes(lane) ? { goal } : {}) };
  });
  if (run === 'push') rows.push({ what: 'event → subscriber, push, jellyfin + plex', unit: 'ms', spread: spreadOf(latenciesOf(changes.filter(({ lane }) => PUSHES.includes(lane)))), goal });
  const lost = changes.filter(({ latencyMs }) => latencyMs === null).length;
  rows.push({ what: `changes never shown, ${run}`, unit: `of ${changes.length}`, spread: spreadOf([lost]), goal: { of: 'max', atMost: 0, shown: '0' } });
  return rows;
}

/** From a viewer's start to the subscriber, servers with a socket; on every screen beside servers in trouble, too. */
export function playRow(label: string, changes: readonly SeenChange[], kinds: readonly SeenChange['kind'][] = ['start']): Row {
  const chosen = changes.filter(({ lane, kind }) => PUSHES.includes(lane) && kinds.includes(kind));
  return { what: label, unit: 'ms', spread: spreadOf(latenciesOf(chosen)), goal: { of: 'p95', atMost: PUSH_GOAL_MS } };
}

/** How old the pictures of the healthy servers are, alone and beside others in trouble; both in ms, one number per server. */
export function freshnessRows(alone: readonly number[], beside: readonly number[]): Row[] {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const seconds = (values: readonly number[]) => spreadOf(values.map((ms) => ms / 1000));
  return [
    { what: 'age of a healthy picture, alone', unit: 's', spread: seconds(alone) },
    { what: 'the same beside one hung, one flapping, one answering 429', unit: 's', spread: seconds(beside) },
    { what: 'ratio of the two means', unit: '×', spread: spreadOf([mean(beside) / mean(alone)]), goal: { of: 'max', atMost: FRESHNESS_GOAL } },
  ];
}

export function ghostRows({ startStops, ghosts, goneAfterMs }: GhostRun): Row[] {
  return [
    { what: 'ghosts after stops that nobody told', unit: `of ${startStops}`, spread: spreadOf([ghosts]), goal: { of: 'max', atMost: 0, shown: '0' } },
    { what: 'until the last one of a batch was gone', unit: 's', spread: spreadOf(goneAfterMs.map((ms) => ms / 1000)) },
  ];
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
  const kinds = ([['session calls, jellyfin + plex', true, allowed.push], ['session calls, emby', false, allowed.poll]] as const).filter(([, isPush]) => sessionsOf(isPush).length > 0);
  return [
    ...kinds.map(([what, isPush, atMost]) => row(what, sessionsOf(isPush), atMost)),
    row('other calls, all', calls.map(([, counts]) => counts.other), OTHER_CALLS_PER_HOUR),
    { what: `socket openings, ${label}`, unit: '/server/h', spread: spreadOf(calls.map(([, counts]) => counts.sockets * perHour)) },
  ];
}

interface WatchedUsage {
  readonly samples: readonly Usage[];
  readonly cpuPercent: readonly number[];
}

/** Memory and CPU of the host process. */
export function usageRows(quiet: WatchedUsage, busy: WatchedUsage, servers: number): Row[] {
  const all = [...busy.samples, ...quiet.samples];
  const shared = all.flatMap(({ pssMiB }) => (pssMiB === null ? [] : [pssMiB]));
  const goal = { of: 'max', atMost: MEMORY_GOAL_MIB(servers) } as const;
  return [
    { what: 'memory (RSS) of the host process', unit: 'MiB', spread: spreadOf(all.map(({ rssMiB }) => rssMiB)), goal },
    { what: 'memory (PSS)', unit: 'MiB', spread: spreadOf(shared) },
    { what: 'memory (RSS) at the end of the window', unit: 'MiB', spread: spreadOf(quiet.samples.slice(-1).map(({ rssMiB }) => rssMiB)), goal },
    { what: 'CPU of one core, quiet watching', unit: '%', spread: spreadOf(quiet.cpuPercent) },
    { what: 'CPU of one core, during the changes', unit: '%', spread: spreadOf(busy.cpuPercent) },
  ];
}
