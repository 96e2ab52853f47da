import { AppError, type RunState } from '@usher/contracts';

/** What can happen to a run. */
export type RunEvent = 'begin' | 'pause' | 'resume' | 'written' | 'agrees' | 'differs' | 'accept' | 'verify' | 'retry-failed' | 'abort' | 'fail';

const RUN_MOVES: Readonly<Record<RunState, Partial<Record<RunEvent, RunState>>>> = {
  queued: { begin: 'running', pause: 'paused', abort: 'aborted', fail: 'failed' },
  running: { begin: 'running', pause: 'paused', written: 'verifying', abort: 'aborted', fail: 'failed' },
  paused: { resume: 'running', 'retry-failed': 'running', abort: 'aborted' },
  verifying: { begin: 'verifying', pause: 'paused', agrees: 'done', differs: 'awaiting-decision', abort: 'aborted', fail: 'failed' },
  'awaiting-decision': { accept: 'done', verify: 'verifying', 'retry-failed': 'running', abort: 'aborted' },
  done: { verify: 'verifying' },
  aborted: {},
  failed: {},
};

/** States in which a process works on a run, or should. */
export const ACTIVE_RUN_STATES: readonly RunState[] = ['queued', 'running', 'verifying'];
/** States after which nothing is written any more. */
export const ENDED_RUN_STATES: readonly RunState[] = ['done', 'aborted', 'failed'];

/** The state after an event, or null when it cannot happen in this state. */
export function afterEvent(state: RunState, event: RunEvent): RunState | null {
  return RUN_MOVES[state][event] ?? null;
}

/** All states in which an event can happen: for updates that must not overtake another one. */
export function statesBefore(event: RunEvent): RunState[] {
  return (Object.keys(RUN_MOVES) as RunState[]).filter((state) => RUN_MOVES[state][event] !== undefined);
}

/** @throws AppError `RUN_CONFLICT` with the state that stands in the way */
export function mustMove(state: RunState, event: RunEvent): RunState {
  const next = afterEvent(state, event);
  if (next === null) throw new AppError('RUN_CONFLICT', `A run that is ${state} cannot do that.`, { reason: 'state', state, event });
  return next;
}
