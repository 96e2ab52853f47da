import type { Clock } from '@usher/resilience';

/** An agent says something at least every 10 s. */
const SILENT_MS = 15_000;

/** When agents were heard last, in this process. */
export class FleetPresence {
  private readonly heardMs = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  heard(serverId: string): void {
    this.heardMs.set(serverId, this.clock.monotonicMs());
  }

  /** False when an order could not arrive. While nothing was heard it is worth a try. */
  isOnline(serverId: string): boolean {
    const heardMs = this.heardMs.get(serverId);
    return heardMs === undefined || this.clock.monotonicMs() - heardMs < SILENT_MS;
  }
}
