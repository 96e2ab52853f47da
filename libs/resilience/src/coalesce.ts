/** Identical calls that overlap in time are one call; nothing is kept after it settled. */
export class Coalesce<T> {
  /** Askers that got the answer of a call under way. */
  shared = 0;
  private readonly inFlight = new Map<string, Promise<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.inFlight.get(key);
    if (running) {
      this.shared++;
      return running;
    }
    const started = work().finally(() => this.inFlight.delete(key));
    this.inFlight.set(key, started);
    return started;
  }
}
