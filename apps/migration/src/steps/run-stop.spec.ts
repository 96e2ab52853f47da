import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { PASSING_CODES, standstillOf } from './run-stop.js';

describe('what an error makes of a run', () => {
  it('is a stand with its code and what to do next', () => {
    expect(standstillOf(new AppError('CLOCK_SKEW', 'The clocks differ.'))).toEqual({ event: 'pause', code: 'CLOCK_SKEW', message: 'The clocks differ. Set the clock of the machine, then repeat.' });
  });

  it('is its end for a fault of the plan', () => {
    expect(standstillOf(new AppError('OP_KEY_MISMATCH', 'Two rows.'))).toMatchObject({ event: 'fail' });
  });

  it.each([['57P01'], ['ECONNREFUSED'], ['25P03'], ['08006']])('is nothing when the database is away: %s', (code) => {
    expect(standstillOf(Object.assign(new Error('gone'), { code }))).toBeNull();
  });

  it('is nothing when a connection breaks off', () => {
    expect(standstillOf(new Error('Connection terminated unexpectedly'))).toBeNull();
  });

  it('is a stand for a person when it is ours, without its text', () => {
    expect(standstillOf(new TypeError('undefined is secret'))).toMatchObject({ event: 'pause', code: 'INTERNAL', message: expect.not.stringContaining('secret') });
  });

  it('passes by itself only while somebody is away or busy', () => {
    expect(PASSING_CODES).toContain('AGENT_OFFLINE');
    expect(PASSING_CODES).not.toContain('READ_INCOMPLETE');
    expect(PASSING_CODES).not.toContain('APPROVAL_EXPIRED');
  });
});
