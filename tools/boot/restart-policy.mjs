const WINDOW_MS = 120_000;
const MAX_STOPS = 5;
const MAX_DELAY_MS = 30_000;

/** How long to wait before a child that ended by itself is started again: 1, 2, 4 … 30 s; five stops in two minutes end it. */
export class RestartPolicy {
  #stops = [];

  /** @returns {number | null} milliseconds, or null: give up */
  next(now) {
    this.#stops = [...this.#stops.filter((at) => now - at < WINDOW_MS), now];
    if (this.#stops.length >= MAX_STOPS) return null;
    return Math.min(1_000 * 2 ** (this.#stops.length - 1), MAX_DELAY_MS);
  }
}
