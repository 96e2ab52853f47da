import { belowRealTime, deliveryMark, type DeliveryMark } from '../format/media.js';
import { answers, conditionOf, type ServerCondition } from './condition.js';
import { isHint } from './hints.js';
import type { FleetServer, LiveSession, ServerSnapshot } from './live-types.js';

/** Sums over the sessions that have a stream. */
export interface StreamSums {
  readonly streams: number;
  readonly marks: Readonly<Record<DeliveryMark, number>>;
  readonly transcodes: number;
  readonly software: number;
  readonly slow: number;
  readonly kbps: number;
  readonly lanKbps: number;
}

export interface FleetTotals extends StreamSums {
  /** Different viewers: by person, else by name. */
  readonly people: number;
  /** On servers that do not answer now; counted nowhere else. */
  readonly lastKnown: number;
  /** Different flags on streams; a flag of two streams counts once, a hint not at all. */
  readonly flags: number;
  readonly conditions: Readonly<Record<ServerCondition, number>>;
}

const NO_SUMS: StreamSums = { streams: 0, marks: { play: 0, stream: 0, transcode: 0, paused: 0, unknown: 0 }, transcodes: 0, software: 0, slow: 0, kbps: 0, lanKbps: 0 };
const known = new WeakMap<readonly LiveSession[], StreamSums>();

/** Sessions that play something; an app that is only connected is none. */
export function playing(snapshot: ServerSnapshot | undefined): LiveSession[] {
  return snapshot?.sessions.filter((session) => session.stream && session.item) ?? [];
}

/** Sums of one server; computed once per list of sessions, as unchanged lists keep their identity. */
export function sumsOf(snapshot: ServerSnapshot | undefined): StreamSums {
  if (!snapshot) return NO_SUMS;
  const cached = known.get(snapshot.sessions);
  if (cached) return cached;
  const marks = { ...NO_SUMS.marks };
  const sums = { streams: 0, marks, transcodes: 0, software: 0, slow: 0, kbps: 0, lanKbps: 0 };
  for (const { stream, network } of playing(snapshot)) {
    if (!stream) continue;
    const kbps = stream.state === 'PAUSED' ? 0 : (stream.bitRateKbps ?? 0);
    sums.streams += 1;
    marks[deliveryMark(stream)] += 1;
    sums.transcodes += stream.delivery === 'TRANSCODE' && stream.state !== 'PAUSED' ? 1 : 0;
    sums.software += stream.delivery === 'TRANSCODE' && stream.state !== 'PAUSED' && stream.transcode?.hardware === 'SOFTWARE' ? 1 : 0;
    sums.slow += belowRealTime(stream) ? 1 : 0;
    sums.kbps += kbps;
    sums.lanKbps += network === 'LAN' ? kbps : 0;
  }
  known.set(snapshot.sessions, sums);
  return sums;
}

/** Sums of the given servers. Sessions of servers that do not answer are only named. */
export function totalsOf(servers: readonly FleetServer[], snapshots: ReadonlyMap<string, ServerSnapshot>): FleetTotals {
  const marks = { ...NO_SUMS.marks };
  const conditions: Record<ServerCondition, number> = { online: 0, stale: 0, degraded: 0, offline: 0, pending: 0 };
  const totals = { streams: 0, transcodes: 0, software: 0, slow: 0, kbps: 0, lanKbps: 0, lastKnown: 0 };
  const people = new Set<string>();
  const flags = new Set<string>();
  for (const server of servers) {
    const snapshot = snapshots.get(server.id);
    const condition = conditionOf(server, snapshot?.stale);
    const sums = sumsOf(snapshot);
    conditions[condition] += 1;
    if (!answers(condition)) {
      totals.lastKnown += sums.streams;
      continue;
    }
    for (const key of ['streams', 'transcodes', 'software', 'slow', 'kbps', 'lanKbps'] as const) totals[key] += sums[key];
    for (const mark of Object.keys(marks) as DeliveryMark[]) marks[mark] += sums.marks[mark];
    for (const session of playing(snapshot)) {
      people.add(session.identityId ?? session.userName ?? session.id);
      for (const flag of session.flags) if (!isHint(flag)) flags.add(flag.mismatchId);
    }
  }
  return { ...totals, marks, conditions, people: people.size, flags: flags.size };
}
