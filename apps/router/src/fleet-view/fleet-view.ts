import type { FleetDirectory } from '@usher/bus';
import type { Heartbeat, LoadDetail, MaintenanceState, ServerLoad, Standing } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { SILENT_MS, standingOf } from './standing.js';

const SUSPECT_MS = 15_000;
/** So many times out within ten minutes, and it is a last resort for ten minutes. */
const FLAPS = 3;
const FLAP_MS = 600_000;

export interface LoadReport {
  readonly seq: number;
  readonly receivedMs: number;
  readonly load: ServerLoad;
  /** Null of an agent that is older than the router. */
  readonly detail: LoadDetail | null;
}

interface View {
  readonly agentId: string;
  heardMs: number;
  report: LoadReport | null;
  heartbeat: { readonly seq: number; readonly vendor: Heartbeat['vendor']; readonly sinceMs: number } | null;
}

interface Past {
  wasOut: boolean;
  readySinceMs: number;
  outAtMs: number[];
}

/** The newest that was heard of every server, in memory only; the highest `seq` of an agent wins. Ages are of this process's own clock. */
export class FleetView {
  private readonly views = new Map<string, View>();
  private readonly pasts = new Map<string, Past>();
  private readonly suspects = new Map<string, number>();
  private occurrences: MaintenanceState['occurrences'] = [];

  constructor(
    readonly directory: FleetDirectory,
    private readonly clock: Clock,
  ) {}

  /** True when the report is newer than the one at hand. */
  receiveLoad(from: { serverId: string; agentId: string }, message: { seq: number; load: ServerLoad; detail?: LoadDetail | undefined }): boolean {
    const view = this.viewOf(from);
    if (view.report && message.seq <= view.report.seq) return false;
    view.report = { seq: message.seq, receivedMs: this.clock.monotonicMs(), load: message.load, detail: message.detail ?? null };
    return true;
  }

  receiveHeartbeat(from: { serverId: string; agentId: string }, { seq, vendor }: Heartbeat): void {
    const view = this.viewOf(from);
    const before = view.heartbeat;
    if (before && seq <= before.seq) return;
    const sinceMs = before?.vendor.status === vendor.status ? before.sinceMs : this.clock.monotonicMs();
    view.heartbeat = { seq, vendor, sinceMs };
  }

  /** Anything that an agent says proves that it is there. */
  heard(from: { serverId: string; agentId: string }): void {
    this.viewOf(from);
  }

  receiveMaintenance({ occurrences }: MaintenanceState): void {
    this.occurrences = occurrences;
  }

  /** A confirmation failed: nobody is sent there for a moment unless nothing else is left. */
  suspect(serverId: string): void {
    this.suspects.set(serverId, this.clock.monotonicMs() + SUSPECT_MS);
  }

  report(serverId: string): LoadReport | null {
    return this.views.get(serverId)?.report ?? null;
  }

  /** Age of a time that was read from this process's clock. */
  ageMs(receivedMs: number): number {
    return Math.max(0, this.clock.monotonicMs() - receivedMs);
  }

  standing(serverId: string): { standing: Standing; readyForMs: number } {
    const server = this.directory.server(serverId);
    if (!server) return { standing: 'offline', readyForMs: 0 };
    const now = this.clock.monotonicMs();
    const view = this.views.get(serverId);
    const isCurrent = view !== undefined && view.agentId === server.agentId;
    const past = this.pastOf(serverId);
    const look = (readyForMs: number): Standing =>
      standingOf({
        server,
        silentForMs: isCurrent ? now - view.heardMs : null,
        vendor: isCurrent ? (view.heartbeat?.vendor ?? null) : null,
        vendorForMs: isCurrent && view.heartbeat ? now - view.heartbeat.sinceMs : 0,
        isSuspect: (this.suspects.get(serverId) ?? 0) > now || (past.outAtMs.length >= FLAPS && now - past.outAtMs.at(-1)! < FLAP_MS),
        readyForMs,
        nowMs: this.clock.now(),
        maintenance: this.occurrences,
      });
    const isOut = ['blind', 'down'].includes(look(Infinity));
    this.remember(past, isOut, now);
    const readyForMs = now - past.readySinceMs;
    return { standing: look(readyForMs), readyForMs: Math.min(readyForMs, 1e12) };
  }

  /** False when an order could not arrive. While nothing was heard it is worth a try. */
  isOnline(serverId: string): boolean {
    const view = this.views.get(serverId);
    return view === undefined || this.clock.monotonicMs() - view.heardMs < SILENT_MS;
  }

  forget(serverId: string): void {
    this.views.delete(serverId);
    this.pasts.delete(serverId);
    this.suspects.delete(serverId);
  }

  private remember(past: Past, isOut: boolean, nowMs: number): void {
    if (isOut && !past.wasOut) past.outAtMs = [...past.outAtMs.filter((at) => nowMs - at < FLAP_MS), nowMs].slice(-FLAPS);
    if (!isOut && past.wasOut) past.readySinceMs = nowMs;
    past.wasOut = isOut;
  }

  private pastOf(serverId: string): Past {
    let past = this.pasts.get(serverId);
    if (!past) {
      past = { wasOut: false, readySinceMs: -Infinity, outAtMs: [] };
      this.pasts.set(serverId, past);
    }
    return past;
  }

  /** A new agent starts with its own sequence. */
  private viewOf({ serverId, agentId }: { serverId: string; agentId: string }): View {
    const heardMs = this.clock.monotonicMs();
    const known = this.views.get(serverId);
    if (known?.agentId === agentId) {
      known.heardMs = heardMs;
      return known;
    }
    const fresh: View = { agentId, heardMs, report: null, heartbeat: null };
    this.views.set(serverId, fresh);
    return fresh;
  }
}
