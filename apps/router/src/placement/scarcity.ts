import { Inject, Injectable } from '@nestjs/common';
import type { PlacementRequest } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { CLOCK } from '../infrastructure.js';

/** What was asked for a week ago counts no more than half. */
const HALF_LIFE_MS = 7 * 24 * 3_600_000;

/** How much of the demand only one server could serve: such a server is kept free for it. Begins anew with the process. */
@Injectable()
export class Scarcity {
  private readonly alone = new Map<string, number>();
  private total = 0;
  private atMs: number;

  constructor(@Inject(CLOCK) private readonly clock: Clock) {
    this.atMs = clock.monotonicMs();
  }

  note({ holders }: Pick<PlacementRequest, 'holders'>): void {
    this.fade();
    this.total += 1;
    const only = holders.length === 1 ? holders[0]!.serverId : null;
    if (only !== null) this.alone.set(only, (this.alone.get(only) ?? 0) + 1);
  }

  /** 0 to 1. */
  of(serverId: string): number {
    return this.total === 0 ? 0 : Math.min(1, (this.alone.get(serverId) ?? 0) / this.total);
  }

  private fade(): void {
    const now = this.clock.monotonicMs();
    const factor = 0.5 ** ((now - this.atMs) / HALF_LIFE_MS);
    this.atMs = now;
    this.total *= factor;
    for (const [serverId, count] of this.alone) this.alone.set(serverId, count * factor);
  }
}
