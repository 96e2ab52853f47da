import type { AppError } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import type { AdapterUsage } from './media-server.js';

const MAX_TEXT = 300;

/** Counts what one server's push channels do, over all watches. */
export class PushMeter {
  messages = 0;
  folded = 0;
  silentDeaths = 0;
  #connects = 0;
  #upMs = 0;
  #open: { readonly at: string; readonly sinceMs: number } | null = null;
  #lastFailure: string | null = null;

  constructor(private readonly clock: Clock) {}

  opened(): void {
    this.#connects++;
    this.#open = { at: new Date(this.clock.now()).toISOString(), sinceMs: this.clock.monotonicMs() };
  }

  closed(): void {
    if (this.#open) this.#upMs += this.clock.monotonicMs() - this.#open.sinceMs;
    this.#open = null;
  }

  /** A channel did not open, or ended by itself. */
  failed(error: AppError): void {
    this.#lastFailure = error.message.slice(0, MAX_TEXT);
    if (error.details['socket'] === 'silent') this.silentDeaths++;
  }

  read(): AdapterUsage['push'] {
    const sinceMs = this.#open ? this.clock.monotonicMs() - this.#open.sinceMs : 0;
    return {
      openSince: this.#open?.at ?? null,
      upMs: Math.round(this.#upMs + sinceMs),
      connects: this.#connects,
      messages: this.messages,
      folded: this.folded,
      silentDeaths: this.silentDeaths,
      lastFailure: this.#lastFailure,
    };
  }
}
