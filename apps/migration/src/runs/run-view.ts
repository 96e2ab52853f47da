import type { PlanHeader, RowState, RunCounts, RunProgress, RunView } from '@usher/contracts';
import { STEPS } from '../steps/all-steps.js';
import type { OpCount, RunRow } from './runs.repository.js';

/** Values of before are kept so long, and so long a run can be taken back. */
export const ROLLBACK_MS = 30 * 86_400_000;

const NOTHING_FOUND = { same: 0, differs: 0, 'not-there': 0, unreadable: 0 };

/** A run of which nobody tells more than the database knows. */
export function progressOf(run: RunRow, counts: RunCounts, nowMs: number): RunProgress {
  return { runId: run.id, planId: run.planId, state: run.state, step: run.step, counts, rowsPerSecond: null, remainingMs: null, throttle: 'none', code: run.code, message: run.message, at: new Date(nowMs).toISOString() };
}

export function countsOfOps(ops: readonly OpCount[]): RunCounts {
  const counts: RunCounts = { rows: 0, new: 0, intent: 0, done: 0, verified: 0, skipped: 0, conflict: 0, failed: 0 };
  for (const { state, n } of ops) {
    counts[state] += n;
    counts.rows += n;
  }
  return counts;
}

export function viewOf(run: RunRow, kind: PlanHeader['kind'], ops: readonly OpCount[], rollbackPlanId: string | null, nowMs: number): RunView {
  const until = run.endedAt === null ? null : run.endedAt.getTime() + ROLLBACK_MS;
  return {
    ...progressOf(run, countsOfOps(ops), nowMs),
    kind,
    startedBy: { operatorId: run.startedById, name: run.startedByName },
    startedAt: run.startedAt.toISOString(),
    endedAt: run.endedAt?.toISOString() ?? null,
    steps: stepsOf(run, kind, ops),
    verify: run.verified && { at: run.verified.at, results: { ...NOTHING_FOUND, ...run.verified.results }, acceptedAt: run.acceptedAt?.toISOString() ?? null, acceptedReason: run.acceptedReason },
    rollbackPlanId,
    rollbackUntil: kind === 'rollback' || until === null || until < nowMs ? null : new Date(until).toISOString(),
    requests: run.requests,
    hasReport: run.hasReport,
  };
}

function stepsOf(run: RunRow, kind: PlanHeader['kind'], ops: readonly OpCount[]): RunView['steps'] {
  const isAtWork = run.state === 'running' || run.state === 'verifying' || run.state === 'paused';
  const steps = STEPS[kind].map(({ name, ops: own }) => {
    const rows = ops.filter(({ op }) => (own as readonly string[]).includes(op));
    const count = (isWanted: (state: RowState) => boolean) => rows.reduce((sum, { state, n }) => sum + (isWanted(state) ? n : 0), 0);
    const [all, done, failed] = [count(() => true), count((state) => state !== 'new' && state !== 'intent'), count((state) => state === 'failed')];
    const state = run.step === name && isAtWork ? 'running' : done < all ? 'waiting' : failed > 0 ? 'failed' : 'done';
    return { step: name, rows: all, done, state } as const;
  });
  const total = countsOfOps(ops);
  const checked = Object.values(run.verified?.results ?? {}).reduce((sum, n) => sum + n, 0);
  const state = run.state === 'verifying' ? 'running' : run.verified === null ? 'waiting' : 'done';
  return [...steps.slice(0, -1), { step: 'verify', rows: total.done + total.verified, done: checked, state }];
}
