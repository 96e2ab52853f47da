/**
 * A reading of something that changes. Who asks gets one that began after they asked, so it holds what was true then;
 * all who ask while one goes on share the next one.
 */
export class SharedReading {
  private current: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;

  constructor(private readonly read: () => Promise<void>) {}

  /** @throws what the reading threw; the next one begins all the same. */
  refresh(): Promise<void> {
    this.next ??= this.current.then(() => {
      this.next = null;
      const read = this.read();
      this.current = read.catch(() => undefined);
      return read;
    });
    return this.next;
  }
}
