import type { Clock } from '@usher/resilience';

/** The controller's time, as far as the last `hello` told; the own clock before it. */
export class ControllerClock {
  private offset = 0;

  constructor(private readonly clock: Clock) {}

  get offsetMs(): number {
    return this.offset;
  }

  now(): number {
    return this.clock.now() + this.offset;
  }

  /** @param sentAtMs own time when the question went out; the answer was written about half way */
  learn(controllerTime: string, sentAtMs: number): void {
    const halfWay = (sentAtMs + this.clock.now()) / 2;
    this.offset = Math.round(Date.parse(controllerTime) - halfWay);
  }
}
