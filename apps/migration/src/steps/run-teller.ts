import { runProgress, type RowState, type RunCounts, type RunProgress, type RunState, type RunStep } from '@usher/contracts';
import type { HubBus } from '@usher/bus';
import type { Clock, TimerHandle } from '@usher/resilience';
import { RunRate } from './run-rate.js';

const EVERY_MS = 500;

type Told = Pick<RunProgress, 'runId' | 'planId'>;

/** Tells how far a run is, at most twice a second; the last word is always told. */
export class RunTeller {
  private readonly rate: RunRate;
  private state: RunState = 'queued';
  private stepName: RunStep | null = null;
  private throttle: RunProgress['throttle'] = 'none';
  private why: { code: string | null; message: string | null } = { code: null, message: null };
  private toldMs = Number.NEGATIVE_INFINITY;
  private timer: TimerHandle | null = null;

  constructor(
    private readonly bus: Pick<HubBus, 'publishServiceState'>,
    private readonly clock: Clock,
    private readonly run: Told,
    private counts: RunCounts,
    private readonly saveStep: (step: RunStep) => Promise<void>,
  ) {
    this.rate = new RunRate(clock.monotonicMs());
  }

  async step(step: RunStep): Promise<void> {
    if (this.stepName === step) return;
    this.stepName = step;
    await this.saveStep(step);
    this.soon();
  }

  became(state: RunState, code: string | null = null, message: string | null = null): void {
    this.state = state;
    this.why = { code, message };
    this.now();
  }

  throttled(throttle: RunProgress['throttle']): void {
    if (this.throttle === throttle) return;
    this.throttle = throttle;
    this.soon();
  }

  /** New rows became `to`, and others were settled in the same breath. */
  moved(rows: number, to: 'intent', settled: readonly { readonly state: RowState }[]): void {
    this.counts.new -= rows;
    this.counts[to] += rows;
    this.finished('new', settled);
  }

  finished(from: 'new' | 'intent', outcomes: readonly { readonly state: RowState }[]): void {
    for (const { state } of outcomes) {
      this.counts[from]--;
      this.counts[state]++;
    }
    this.rate.finished(outcomes.filter(({ state }) => state !== 'new').length, this.clock.monotonicMs());
    this.soon();
  }

  recounted(counts: RunCounts): void {
    this.counts = counts;
    this.soon();
  }

  /** Nothing is told any more. */
  stop(): void {
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
  }

  private soon(): void {
    const leftMs = this.toldMs + EVERY_MS - this.clock.monotonicMs();
    if (leftMs <= 0) return this.now();
    this.timer ??= this.clock.setTimeout(() => this.now(), leftMs);
  }

  private now(): void {
    this.stop();
    const at = this.clock.monotonicMs();
    this.toldMs = at;
    const open = this.counts.new + this.counts.intent;
    this.bus.publishServiceState(runProgress, {
      ...this.run,
      state: this.state,
      step: this.stepName,
      counts: { ...this.counts },
      rowsPerSecond: this.rate.perSecond(at),
      remainingMs: this.rate.remainingMs(open, at),
      throttle: this.throttle,
      ...this.why,
      at: new Date(this.clock.now()).toISOString(),
    });
  }
}
