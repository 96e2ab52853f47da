/** Asks a service for its health again and again: how long the slowest answer took is how long its process stood still. */
export class Pulse {
  private slowest = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(private readonly url: string) {
    this.done = this.run();
  }

  /** Milliseconds. */
  async stop(): Promise<number> {
    this.stopped = true;
    await this.done;
    return this.slowest;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const startedAt = performance.now();
      await (await fetch(`${this.url}/health/live`)).text();
      this.slowest = Math.max(this.slowest, performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
