/** Runs so many pieces of work at once and lets so many wait, in order; what comes on top is refused. */
export class Gate {
  private running = 0;
  private readonly queue: (() => Promise<void>)[] = [];
  private onIdle: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly waiting: number,
  ) {}

  /** False when the queue is full. The work must not throw. */
  enter(work: () => Promise<void>): boolean {
    if (this.running >= this.atOnce) {
      if (this.queue.length >= this.waiting) return false;
      this.queue.push(work);
      return true;
    }
    this.running++;
    void this.drain(work);
    return true;
  }

  /** Resolves when nothing runs or waits. */
  idle(): Promise<void> {
    return this.running === 0 ? Promise.resolve() : new Promise((resolve) => this.onIdle.push(resolve));
  }

  private async drain(first: () => Promise<void>): Promise<void> {
    try {
      for (let work: (() => Promise<void>) | undefined = first; work; work = this.queue.shift()) await work();
    } finally {
      this.running--;
      if (this.running === 0) for (const resolve of this.onIdle.splice(0)) resolve();
    }
  }
}
