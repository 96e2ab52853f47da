const KEPT = 1_000;

/** How long the last decisions took, in milliseconds. */
export class DecisionTimes {
  private readonly times: number[] = [];
  private next = 0;

  add(ms: number): void {
    this.times[this.next] = ms;
    this.next = (this.next + 1) % KEPT;
  }

  summary(): { median: number; p99: number } | null {
    if (this.times.length === 0) return null;
    const sorted = [...this.times].sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
    return { median: at(0.5), p99: at(0.99) };
  }
}
