import { ERROR_CODES } from '@usher/contracts';
import type { LibraryPlanObject } from './library-plan.graphql.js';
import type { PlanRow } from './library-plans.repository.js';
import { PLAN_STEPS, type PlanResult } from './plan-result.js';

const NOTHING: Pick<PlanResult, 'libraries' | 'pathMap' | 'space' | 'watchers' | 'matchesToReview' | 'problems' | 'fine'> = { libraries: [], pathMap: [], space: [], watchers: [], matchesToReview: [], problems: [], fine: [] };

/** A plan as it is shown. While it is checked again, what the check before found stays. */
export function planView({ result, progress, failure, signature, request: _request, ...plan }: PlanRow, currentSignature: string): LibraryPlanObject {
  const { overlap, ...found } = result ?? { ...NOTHING, overlap: null };
  const count = (severity: string) => found.problems.filter((problem) => problem.severity === severity).length;
  return {
    ...plan,
    ...found,
    overlap,
    progress: plan.state === 'checking' && progress ? { ...progress, stepNumber: PLAN_STEPS.indexOf(progress.step) + 1, steps: PLAN_STEPS.length } : null,
    failureCode: failure?.code ?? null,
    failureMessage: failure?.message ?? null,
    failureNext: failure ? ERROR_CODES[failure.code].next : null,
    isStale: plan.state === 'ready' && signature !== currentSignature,
    blockers: count('blocker'),
    warnings: count('warning'),
  };
}
