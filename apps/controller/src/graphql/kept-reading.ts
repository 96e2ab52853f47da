import { SharedReading, type Clock, type TimerHandle } from '@usher/resilience';
import type { ChangeHub } from './changes.js';

const REFRESH_MS = 60_000;

export interface KeptReadingOptions {
  readonly read: () => Promise<void>;
  /** A change of this kind lets it be read again. */
  readonly kind: Parameters<Parameters<ChangeHub['listen']>[0]>[0]['kind'];
  readonly changes: ChangeHub;
  readonly clock: Clock;
  /** A reading in the background failed; it is repeated. */
  readonly onFailure: (error: unknown) => void;
}

/** Rows that are kept in memory: read at the start, after every change, and each minute in case a change was not heard. */
export class KeptReading {
  private readonly reading: SharedReading;
  private stopListening = () => undefined as void;
  private timer: TimerHandle | null = null;

  constructor(private readonly options: KeptReadingOptions) {
    this.reading = new SharedReading(options.read);
  }

  async start(): Promise<void> {
    this.stopListening = this.options.changes.listen(({ kind }) => {
      if (kind === this.options.kind) this.inBackground();
    });
    this.plan();
    await this.reading.refresh();
  }

  stop(): void {
    this.stopListening();
    if (this.timer) this.options.clock.clearTimeout(this.timer);
    this.timer = null;
  }

  private inBackground(): void {
    this.reading.refresh().catch(this.options.onFailure);
  }

  private plan(): void {
    this.timer = this.options.clock.setTimeout(() => {
      this.inBackground();
      this.plan();
    }, REFRESH_MS);
  }
}
