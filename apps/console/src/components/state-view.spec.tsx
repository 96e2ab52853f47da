import { describe, expect, it, jest } from '@jest/globals';
import { fireEvent, render, screen } from '@testing-library/react';
import type { Problem } from '../api/problem.js';
import { problemOf } from '../api/problem.js';
import { EmptyState, ErrorState, LoadingRows, ProblemNote } from './state-view.js';
import { Server } from 'lucide-react';

const problem: Problem = { code: 'SERVER_UNREACHABLE', message: 'Attic timed out.', next: 'Check that it runs.', correlationId: '0193a2c4-0000-7000-8000-0000a1b2c3d4', details: {} };

describe('states', () => {
  it('an error shows cause, next action, code and correlation id, and retries', () => {
    const retry = jest.fn();
    render(<ErrorState title="Usher could not read the libraries" problem={problem} onRetry={retry} />);
    expect(screen.getByRole('alert').textContent).toContain('Attic timed out. Check that it runs.');
    expect(screen.getByText('SERVER_UNREACHABLE · a1b2c3d4')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy the correlation id' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(retry).toHaveBeenCalledTimes(1);
  });

  it('a refused role is no error and offers no retry', () => {
    render(<ErrorState title="For superadmins" problem={{ ...problem, code: 'FORBIDDEN' }} onRetry={() => undefined} />);
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
  });

  it('loading keeps its place and is named', () => {
    render(<LoadingRows rows={3} height={48} label="Loading the fleet" />);
    expect(screen.getByRole('status', { name: 'Loading the fleet' }).style.minHeight).toBe('144px');
  });

  it('empty says what is missing and offers one action', () => {
    render(<EmptyState icon={Server} title="No servers yet" action={<button type="button">Register</button>} />);
    expect(screen.getByRole('heading', { name: 'No servers yet' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Register' })).toBeTruthy();
  });

  it('a failed action is announced where it was asked for', () => {
    render(<ProblemNote problem={problem} />);
    expect(screen.getByRole('alert').textContent).toContain('Check that it runs.');
  });
});

describe('problemOf', () => {
  it('reads code, next action, correlation id and details of the API', () => {
    const extensions = { code: 'RATE_LIMITED', next: 'Wait.', correlationId: 'c1', details: { retryAfterMs: 9 } };
    expect(problemOf({ graphQLErrors: [{ message: 'Too many.', extensions }] })).toEqual({ code: 'RATE_LIMITED', message: 'Too many.', next: 'Wait.', correlationId: 'c1', details: { retryAfterMs: 9 } });
  });

  it('calls everything else a page that cannot reach Usher', () => {
    expect(problemOf(new TypeError('fetch failed'))).toMatchObject({ code: null, message: 'This page could not reach Usher.' });
  });
});
