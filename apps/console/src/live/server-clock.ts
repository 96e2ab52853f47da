const WINDOW = 64;

/**
 * Estimates how far this machine's clock is ahead of the controller's. A message cannot arrive before it was made, so the
 * smallest `received − made` of the last messages is the offset plus the shortest way.
 */
export class ServerClock {
  private readonly samples: number[] = [];
  private offsetMs = 0;

  constructor(private readonly wall: () => number = Date.now) {}

  /** Takes the server time of a message that has just arrived. */
  observe(madeAtMs: number): void {
    if (!Number.isFinite(madeAtMs)) return;
    this.samples.push(this.wall() - madeAtMs);
    if (this.samples.length > WINDOW) this.samples.shift();
    this.offsetMs = Math.min(...this.samples);
  }

  /** Server time now, epoch ms. Before the first message it is this machine's. */
  now(): number {
    return this.wall() - this.offsetMs;
  }
}
