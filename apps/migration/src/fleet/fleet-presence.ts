import type { Clock } from '@usher/resilience';

/** An agent says something at least every 10 s. */
const SILENT_MS = 15_000;

/** When agents were heard last, in this process. */
export class FleetPresence {
  private readonly heardMs = new Map<string, number>();
  private readonly listeners = new Set<(serverId: string) => void>();

  constructor(private readonly clock: Clock) {}

  heard(serverId: string): void {
    const isBack = !this.isThere(serverId);
    this.heardMs.set(serverId, this.clock.monotonicMs());
    if (isBack) for (const listener of this.listeners) listener(serverId);
  }

  /** Called when an agent is heard for the first time, or again after a silence. */
  onBack(listener: (serverId: string) => void): void {
    this.listeners.add(listener);
  }

  /** True when it was heard lately. */
  isThere(serverId: string): boolean {
    return this.heardMs.has(serverId) && this.isOnline(serverId);
  }

  /** False when an order could not arrive. While nothing was heard it is worth a try. */
  isOnline(serverId: string): boolean {
    const heardMs = this.heardMs.get(serverId);
    return heardMs === undefined || this.clock.monotonicMs() - heardMs < SILENT_MS;
  }
}
