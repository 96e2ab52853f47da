import type { FleetServer, MaintenanceState, Standing, VendorStatus } from '@usher/contracts';

/** An agent says something at least every 10 s. */
export const SILENT_MS = 15_000;
/** A restart takes seconds; one that takes longer is a failure. */
const STARTING_MS = 60_000;
const SLOW_START_MS = 60_000;

/** What a router heard of one server. Times are of its own monotonic clock, `Ms` ago. */
export interface Heard {
  readonly server: FleetServer;
  /** Null when the agent was never heard. */
  readonly silentForMs: number | null;
  readonly vendor: Pick<VendorStatus, 'status'> | null;
  /** How long the media server has been in this status. */
  readonly vendorForMs: number;
  /** A confirmation failed a moment ago, or the server came and went too often. */
  readonly isSuspect: boolean;
  /** How long it has been ready since it was last out; Infinity when it never was. */
  readonly readyForMs: number;
  readonly nowMs: number;
  readonly maintenance: MaintenanceState['occurrences'];
}

/** The first that is true counts. A silent agent says nothing about its media server: `blind` is not `down`. */
export function standingOf(heard: Heard): Standing {
  const { server, silentForMs, vendor, nowMs } = heard;
  if (server.agentId === null || silentForMs === null) return 'offline';
  if (silentForMs >= SILENT_MS) return 'blind';
  if (isDown(heard)) return 'down';
  const windows = heard.maintenance.filter(({ serverIds, endAt }) => serverIds.includes(server.serverId) && Date.parse(endAt) > nowMs);
  if (windows.some(({ startAt }) => Date.parse(startAt) <= nowMs)) return 'maintenance';
  const isDrained = server.drain !== null && (server.drain.until === null || Date.parse(server.drain.until) > nowMs);
  if (isDrained || windows.some(({ drainFrom }) => Date.parse(drainFrom) <= nowMs)) return 'draining';
  if (heard.isSuspect || vendor?.status === 'starting' || vendor?.status === 'degraded') return 'suspect';
  return heard.readyForMs < SLOW_START_MS ? 'slow-start' : 'ready';
}

function isDown({ vendor, vendorForMs }: Heard): boolean {
  if (vendor?.status === 'unreachable' || vendor?.status === 'rejected-key') return true;
  return vendor?.status === 'starting' && vendorForMs >= STARTING_MS;
}
