import type { Clock } from '@usher/resilience';

/** How fast a simulated server answers. */
export interface PaceOptions {
  /** Before every answer. */
  readonly latencyMs?: number;
  /** What a change takes. */
  readonly writeMs?: number;
  /** Changes one after the other, whatever the number of connections. */
  readonly oneWriter?: boolean;
}

export class Pace {
  private options: PaceOptions = {};
  private writer: Promise<void> = Promise.resolve();

  constructor(private readonly clock: Clock) {}

  set(options: PaceOptions): void {
    this.options = options;
  }

  /** Resolves when the request may be carried out. */
  async admit(method: string): Promise<void> {
    const { latencyMs = 0, writeMs = 0, oneWriter = false } = this.options;
    if (latencyMs > 0) await this.clock.sleep(latencyMs);
    if (writeMs === 0 || method === 'GET' || method === 'HEAD') return;
    if (!oneWriter) return await this.clock.sleep(writeMs);
    const mine = this.writer.then(() => this.clock.sleep(writeMs));
    this.writer = mine;
    await mine;
  }
}
