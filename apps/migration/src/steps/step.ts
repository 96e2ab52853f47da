import type { PlanRow, RunStep } from '@usher/contracts';
import type { RunWork } from './run-work.js';

/**
 * One part of a run. Carried out in the order of the plan's rows, and again from the beginning after every pause, crash or
 * takeover: whatever it finds done it leaves alone.
 */
export interface Step {
  readonly name: RunStep;
  /** The rows that are its own. */
  readonly ops: readonly PlanRow['op'][];
  /** @throws RunStopped when a person wants it to stop, AppError for what makes the run stand, LeaseLost */
  run(work: RunWork): Promise<void>;
}
