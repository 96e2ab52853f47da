import { AppError } from '@usher/contracts';
import { expect } from 'expect';
import { NOT_OFFERED } from './behavior.js';

interface ExpectedError {
  readonly code: unknown;
  readonly details?: object;
}

export const NOT_FOUND: ExpectedError = { code: 'NOT_FOUND' };
export const INVALID: ExpectedError = { code: 'VALIDATION_FAILED' };

/** The call ends in this error, compared so that a report can name the code that came instead. */
export async function failsWith(call: Promise<unknown>, { code, details = {} }: ExpectedError): Promise<void> {
  const error = await call.then(() => null, (reason: unknown) => reason);
  if (error !== null && !(error instanceof AppError)) throw error;
  expect(error?.code).toEqual(code);
  expect(error?.details).toMatchObject(details);
}

/** What a server does not declare it refuses. */
export async function refused(call: Promise<unknown>): Promise<typeof NOT_OFFERED> {
  await failsWith(call, { code: 'CAPABILITY_MISSING' });
  return NOT_OFFERED;
}
