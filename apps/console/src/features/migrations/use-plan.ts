import { ConsoleMigrationPlanOfDocument, ConsolePlanProgressChangedDocument, ConsoleRunProgressChangedDocument } from '@usher/api-client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient, useQuery, type TypedDocumentNode } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { usePageFeed } from '../../live/page-feed.js';
import { useStepUp } from '../auth/step-up.js';
import { isActive, type Plan, type Run, type RunProgress } from './migration-words.js';

/** Whole runs are read again at most this often while they only progress. */
const REREAD_MS = 3_000;

export interface PlanReading {
  readonly plan: Plan | undefined;
  readonly error: Problem | null;
  reread(): void;
  /** Shows what an order answered until the plan was read again. */
  put(plan: Plan): void;
}

/** One plan, as read and as the last order answered it. */
export function usePlan(id: string): PlanReading {
  const [{ data, error }, read] = useQuery({ query: ConsoleMigrationPlanOfDocument, variables: { id }, requestPolicy: 'cache-and-network' });
  const [answered, setAnswered] = useState<{ plan: Plan; over: typeof data } | null>(null);
  const reread = useCallback(() => read({ requestPolicy: 'network-only' }), [read]);
  const fresh = answered && answered.over === data && answered.plan.id === id ? answered.plan : null;
  return {
    plan: fresh ?? (data?.migrationPlan.id === id ? data.migrationPlan : undefined),
    error: error ? problemOf(error) : null,
    reread,
    put: (plan) => setAnswered({ plan, over: data }),
  };
}

/** How far a check is; when it ends the plan is read again. */
export function useCheckProgress(plan: Plan, reread: () => void): Plan['progress'] {
  const [told, setTold] = useState<Plan['progress']>(null);
  usePageFeed(
    ConsolePlanProgressChangedDocument,
    { id: plan.id },
    ({ planProgressChanged }) => {
      setTold(planProgressChanged);
      if (planProgressChanged.state !== plan.state && Date.parse(planProgressChanged.at) > Date.parse(plan.checkedAt ?? plan.createdAt)) reread();
    },
    reread,
  );
  const known = plan.progress;
  return told && (!known || told.at >= known.at) ? told : known;
}

/** A point of the rate chart. */
export interface RatePoint {
  readonly atMs: number;
  readonly perSecond: number;
  readonly slowed: boolean;
}
const MOST_POINTS = 600;

/** The run with what was told last laid over it, and the rate since the page was opened. */
export function useRun(run: Run, reread: () => void): { run: Run; rates: readonly RatePoint[] } {
  const [told, setTold] = useState<RunProgress | null>(null);
  const [rates, setRates] = useState<readonly RatePoint[]>([]);
  const readAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const readSoon = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      readAt.current = Date.now();
      reread();
    }, Math.max(0, readAt.current + REREAD_MS - Date.now()));
  };
  usePageFeed(
    ConsoleRunProgressChangedDocument,
    { id: run.runId },
    ({ runProgressChanged: next }) => {
      setTold(next);
      if (next.rowsPerSecond !== null) setRates((before) => [...before.slice(1 - MOST_POINTS), { atMs: Date.parse(next.at), perSecond: next.rowsPerSecond!, slowed: next.throttle !== 'NONE' }]);
      if (next.at > run.at) {
        if (next.state !== run.state) reread();
        else readSoon();
      }
    },
    reread,
  );
  const merged = told && told.runId === run.runId && told.at >= run.at ? { ...run, ...told } : run;
  return { run: isActive(run.state) || told ? merged : run, rates };
}

export interface Orders {
  /** What is under way; null = nothing. */
  readonly busy: string | null;
  readonly problem: Problem | null;
  /** Sends one order at a time; null when it was refused. Asks for the password where the API wants it. */
  send<T extends object, V extends object, R>(name: string, document: TypedDocumentNode<T, V>, variables: V, pick: (data: T) => R): Promise<R | null>;
  forget(): void;
  readonly prompt: ReturnType<typeof useStepUp>['prompt'];
}

/** Orders of the wizard, with what the last one was refused for. */
export function useOrders(why: string): Orders {
  const client = useClient();
  const stepUp = useStepUp(why);
  const [state, setState] = useState<{ busy: string | null; problem: Problem | null }>({ busy: null, problem: null });
  const send: Orders['send'] = async (name, document, variables, pick) => {
    if (state.busy !== null) return null;
    setState({ busy: name, problem: null });
    let answer: ReturnType<typeof pick> | null = null;
    const problem = await stepUp.run(async () => {
      const { data, error } = await client.mutation(document, variables).toPromise();
      if (data && !error) answer = pick(data);
      return error ? problemOf(error) : null;
    });
    setState({ busy: null, problem });
    return answer;
  };
  return { ...state, send, forget: () => setState({ busy: null, problem: null }), prompt: stepUp.prompt };
}
