const ENTER = 0.95;
const ENTER_MS = 60_000;
const LEAVE = 0.85;
const LEAVE_MS = 120_000;

/** Whether the fleet as a whole has had too much to do for a minute; the two thresholds keep it from flickering. */
export class Overload {
  private on = false;
  private sinceMs: number | null = null;

  get isOn(): boolean {
    return this.on;
  }

  /** `ratio`: demand by capacity of all machines that can be used. */
  update(ratio: number, nowMs: number): void {
    const turns = this.on ? ratio < LEAVE : ratio > ENTER;
    if (!turns) {
      this.sinceMs = null;
      return;
    }
    this.sinceMs ??= nowMs;
    if (nowMs - this.sinceMs < (this.on ? LEAVE_MS : ENTER_MS)) return;
    this.on = !this.on;
    this.sinceMs = null;
  }
}
