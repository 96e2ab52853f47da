import { expect } from 'expect';
import { NOT_OFFERED } from './behavior.js';

/** What a server does not declare it refuses. */
export async function refused(call: Promise<unknown>): Promise<typeof NOT_OFFERED> {
  await expect(call).rejects.toMatchObject({ code: 'CAPABILITY_MISSING' });
  return NOT_OFFERED;
}

export const NOT_FOUND = { code: 'NOT_FOUND' };
export const INVALID = { code: 'VALIDATION_FAILED' };
