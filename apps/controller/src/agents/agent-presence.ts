import { Inject, Injectable } from '@nestjs/common';
import type { Heartbeat } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { CLOCK } from '../infrastructure.js';

/** Three missed heartbeats. */
export const SILENCE_MS = 30_000;

export interface Standing {
  readonly agentId: string | null;
  /** False after the broker said so, until the agent is heard again; null while nothing is known. */
  readonly linked: boolean | null;
  /** Monotonic time of the agent's last word, or of its coming; null = it was there before this process. */
  readonly heardAtMs: number | null;
  readonly heartbeat: Heartbeat | null;
  /** Controller minus agent, at the agent's last word. */
  readonly clockOffsetMs: number | null;
}

const UNKNOWN: Standing = { agentId: null, linked: null, heardAtMs: null, heartbeat: null, clockOffsetMs: null };

/**
 * What this process heard of each agent; nothing is stored. A process that just started, or that lost the broker,
 * gives every agent the full silence before it counts as gone.
 */
@Injectable()
export class AgentPresence {
  private readonly standings = new Map<string, Standing>();
  private listeningSinceMs: number | null = null;

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** This process's own link to the broker. Without it nothing is judged. */
  brokerLink(connected: boolean): void {
    if (!connected) this.listeningSinceMs = null;
    else this.listeningSinceMs ??= this.clock.monotonicMs();
  }

  /** The broker saw the agent's link come or go. */
  linkChanged(serverId: string, connected: boolean): void {
    const standing = this.standing(serverId);
    this.standings.set(serverId, { ...standing, linked: connected, ...(connected && { heardAtMs: this.clock.monotonicMs() }) });
  }

  /** A new agent speaks for this server from now on: it has the whole silence to say its first word. */
  expect(serverId: string, agentId: string): void {
    if (this.standing(serverId).agentId === agentId) return;
    this.standings.set(serverId, { ...UNKNOWN, agentId, heardAtMs: this.clock.monotonicMs() });
  }

  /** The agent introduced itself at `sentAt` of its own clock. */
  greeted(serverId: string, agentId: string, sentAt: string): void {
    this.heard(serverId, agentId, sentAt, this.of(serverId, agentId).heartbeat);
  }

  /** False when the heartbeat is older than the one at hand. */
  beat(serverId: string, agentId: string, heartbeat: Heartbeat): boolean {
    const before = this.of(serverId, agentId).heartbeat;
    if (before && heartbeat.seq <= before.seq) return false;
    this.heard(serverId, agentId, heartbeat.at, heartbeat);
    return true;
  }

  /** A new agent starts afresh. */
  private of(serverId: string, agentId: string): Standing {
    const known = this.standing(serverId);
    return known.agentId === agentId ? known : UNKNOWN;
  }

  private heard(serverId: string, agentId: string, sentAt: string, heartbeat: Heartbeat | null): void {
    const clockOffsetMs = this.clock.now() - Date.parse(sentAt);
    this.standings.set(serverId, { agentId, linked: true, heardAtMs: this.clock.monotonicMs(), heartbeat, clockOffsetMs });
  }

  forget(serverId: string): void {
    this.standings.delete(serverId);
  }

  standing(serverId: string): Standing {
    return this.standings.get(serverId) ?? UNKNOWN;
  }

  /** Silent for the whole time while this process was listening. */
  isSilent(serverId: string): boolean {
    if (this.listeningSinceMs === null) return false;
    const since = Math.max(this.listeningSinceMs, this.standing(serverId).heardAtMs ?? 0);
    return this.clock.monotonicMs() - since >= SILENCE_MS;
  }

  isJudging(): boolean {
    return this.listeningSinceMs !== null;
  }

  /** False when a command could not arrive. While nothing is known it is worth a try. */
  isOnline(serverId: string): boolean {
    return this.standing(serverId).linked !== false && !this.isSilent(serverId);
  }

  /** True while the agent is there and its media server answers it. */
  isAnswering(serverId: string): boolean {
    const status = this.standing(serverId).heartbeat?.vendor.status;
    return this.isOnline(serverId) && (status === undefined || status === 'online' || status === 'degraded' || status === 'unknown');
  }
}
