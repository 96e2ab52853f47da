import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { startFailure } from './start-failure.js';

describe('what a program prints when it cannot start', () => {
  it('names code, reason and next action of our own errors', () => {
    const error = new AppError('KEYRING_UNSAFE', 'Others can read it.', { reason: 'mode' });
    expect(startFailure(error)).toBe(`error: Others can read it.\n  code   KEYRING_UNSAFE (mode)\n  next   ${error.next}\n`);
    expect(startFailure(new AppError('KEYRING_MISSING', 'None.'))).toContain('  code   KEYRING_MISSING\n');
  });

  it('gives the sentence of any other', () => {
    expect(startFailure(new Error('connection refused'))).toBe('error: connection refused\n');
    expect(startFailure('text')).toBe('error: text\n');
  });
});
