import { AppError } from '@usher/contracts';
import { systemClock, withTimeout } from '@usher/resilience';
import { NotTried, NOT_OFFERED, type Behavior, type Subject } from '../behaviors/behavior.js';
import { detailOf } from './detail-of.js';

/** A large library is read through slowly; what takes longer hangs. */
const MOST_MS = 300_000;

export const OUTCOMES = ['passed', 'not offered', 'not tried', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Codes, counts and times only: no name, no address, no text of the server. */
export interface LiveResult {
  readonly name: string;
  readonly outcome: Outcome;
  readonly detail: string;
  readonly ms: number;
  readonly requests: number;
}

export interface RunHooks {
  /** Aborted: what runs is finished, nothing more is begun. */
  readonly signal: AbortSignal;
  /** `done` of `total` are over. */
  onProgress(done: number, total: number, next: string): void;
}

/** One after the other: what a real server bears, and nothing may happen beside a behavior. */
export async function runBehaviors(behaviors: readonly Behavior[], subject: Subject, { signal, onProgress }: RunHooks): Promise<LiveResult[]> {
  const results: LiveResult[] = [];
  for (const behavior of behaviors) {
    if (signal.aborted) return results;
    onProgress(results.length, behaviors.length, behavior.name);
    results.push(await tryOut(behavior, subject));
  }
  return results;
}

async function tryOut({ name, needs, run }: Behavior, subject: Subject): Promise<LiveResult> {
  const lacking = needs.map((need) => subject.lacks(need)).find((why) => why !== null);
  if (lacking) return { name, outcome: 'not tried', detail: lacking, ms: 0, requests: 0 };
  const [startedMs, sent] = [performance.now(), subject.sent()];
  const done = (outcome: Outcome, detail: string): LiveResult => ({ name, outcome, detail, ms: Math.round(performance.now() - startedMs), requests: subject.sent() - sent });
  try {
    const late = (): AppError => new AppError('TIMED_OUT', 'This took too long.', { afterMs: MOST_MS });
    const outcome = await withTimeout(() => run(subject), MOST_MS, late, systemClock);
    return done(outcome === NOT_OFFERED ? NOT_OFFERED : 'passed', '');
  } catch (error) {
    return error instanceof NotTried ? done('not tried', error.message) : done('failed', detailOf(error));
  }
}
