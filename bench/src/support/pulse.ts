/** Asks a service for its health again and again: how long the slowest answer took is how long its process stood still. */
export class Pulse {
  private slowestMs = 0;
  private busiestMs = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  /** `cpuMs`: processor time that the process has had, where that is to be told as well. */
  constructor(
    private readonly url: string,
    private readonly cpuMs: () => number = () => 0,
  ) {
    this.done = this.run();
  }

  /** Milliseconds of the slowest answer. */
  async stop(): Promise<number> {
    this.stopped = true;
    await this.done;
    return this.slowestMs;
  }

  /** The most that the process worked while one answer was waited for: what it stood still, whatever else the machine did. */
  get busiest(): number {
    return this.busiestMs;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const [startedAt, cpuMs] = [performance.now(), this.cpuMs()];
      await (await fetch(`${this.url}/health/live`)).text();
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAt);
      this.busiestMs = Math.max(this.busiestMs, this.cpuMs() - cpuMs);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
