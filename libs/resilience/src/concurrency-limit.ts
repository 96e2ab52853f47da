import { AppError } from '@usher/contracts';

/** At most `max` calls at once and `queue` waiting, first come first served; beyond that `SERVER_BUSY` at once. */
export class ConcurrencyLimit {
  private running = 0;
  private readonly queue: (() => void)[] = [];

  constructor(private readonly limits: { max: number; queue: number }) {}

  get active(): number {
    return this.running;
  }

  get waiting(): number {
    return this.queue.length;
  }

  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.enter(signal);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private enter(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.running < this.limits.max) {
      this.running++;
      return Promise.resolve();
    }
    if (this.queue.length >= this.limits.queue) {
      return Promise.reject(new AppError('SERVER_BUSY', 'Too many calls are waiting for this server.', { waiting: this.queue.length }));
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.queue.splice(this.queue.indexOf(start), 1);
        reject(signal!.reason as Error);
      };
      const start = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.queue.push(start);
    });
  }

  /** The place of a finished call goes straight to the next in line, so `running` never exceeds `max`. */
  private leave(): void {
    const next = this.queue.shift();
    if (next) next();
    else this.running--;
  }
}
