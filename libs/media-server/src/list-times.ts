const KEPT = 20;

/** How long the last lists took. One that never came is a failure, which has a pace of its own, and says nothing here. */
export class ListTimes {
  readonly #ms: number[] = [];

  note(ms: number): void {
    this.#ms.push(ms);
    if (this.#ms.length > KEPT) this.#ms.shift();
  }

  /** 95 of 100 took no longer: one slow list of twenty counts for nothing. 0 before the third. */
  get p95Ms(): number {
    if (this.#ms.length < 3) return 0;
    const sorted = this.#ms.toSorted((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * 0.95) - 1]!;
  }
}
