import { describe, expect, it } from '@jest/globals';
import { RUN_STATES, type RunState } from '@usher/contracts';
import { ACTIVE_RUN_STATES, afterEvent, ENDED_RUN_STATES, mustMove, statesBefore, type RunEvent } from './run-state.js';

describe('a run', () => {
  it('goes from the queue to its end when nothing is in the way', () => {
    const events: RunEvent[] = ['begin', 'written', 'agrees'];
    expect(events.reduce<RunState>((state, event) => mustMove(state, event), 'queued')).toBe('done');
  });

  it('waits for a person when the target differs, and ends by acceptance or another look', () => {
    expect(afterEvent('verifying', 'differs')).toBe('awaiting-decision');
    expect(afterEvent('awaiting-decision', 'accept')).toBe('done');
    expect(afterEvent('awaiting-decision', 'verify')).toBe('verifying');
    expect(afterEvent('awaiting-decision', 'retry-failed')).toBe('running');
  });

  it.each(['aborted', 'failed'] as const)('that is %s stays so', (state) => {
    const events: RunEvent[] = ['begin', 'pause', 'resume', 'written', 'agrees', 'differs', 'accept', 'verify', 'retry-failed', 'abort', 'fail'];
    expect(events.map((event) => afterEvent(state, event)).filter((next) => next !== null)).toEqual([]);
  });

  it('that stands cannot be paused, and one that runs cannot be resumed', () => {
    expect(() => mustMove('paused', 'pause')).toThrow(expect.objectContaining({ code: 'RUN_CONFLICT' }));
    expect(() => mustMove('running', 'resume')).toThrow(expect.objectContaining({ code: 'RUN_CONFLICT', details: expect.objectContaining({ state: 'running' }) }));
  });

  it('can be aborted until it has ended', () => {
    expect(statesBefore('abort').sort()).toEqual(RUN_STATES.filter((state) => !ENDED_RUN_STATES.includes(state)).sort());
  });

  it('is worked on in states that a process may begin with', () => {
    expect(ACTIVE_RUN_STATES.every((state) => afterEvent(state, 'begin') !== null)).toBe(true);
  });
});
