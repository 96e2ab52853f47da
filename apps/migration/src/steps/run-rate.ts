/** The rate is of the last half minute. */
const WINDOW_MS = 30_000;
/** Less says nothing yet. */
const SHORTEST_MS = 1_000;

/** Rows per second and the time that is left, from what was finished lately. Times are monotonic milliseconds. */
export class RunRate {
  private readonly marks: { readonly at: number; readonly rows: number }[] = [];

  constructor(startedAt: number) {
    this.marks.push({ at: startedAt, rows: 0 });
  }

  finished(rows: number, at: number): void {
    this.marks.push({ at, rows });
    while (this.marks.length > 2 && at - this.marks[1]!.at > WINDOW_MS) this.marks.shift();
  }

  /** Null before anything is known. */
  perSecond(at: number): number | null {
    const first = this.marks[0]!;
    const spanMs = at - first.at;
    if (this.marks.length < 2 || spanMs < SHORTEST_MS) return null;
    const rows = this.marks.slice(1).reduce((sum, mark) => sum + mark.rows, 0);
    return Math.round((rows * 10_000) / spanMs) / 10;
  }

  remainingMs(rowsLeft: number, at: number): number | null {
    const rate = this.perSecond(at);
    if (rowsLeft === 0) return 0;
    return rate === null || rate === 0 ? null : Math.round((rowsLeft / rate) * 1_000);
  }
}
