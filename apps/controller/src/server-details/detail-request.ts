import { AppError } from '@usher/contracts';
import { z } from 'zod';
import { parseInput } from '../graphql/parse-input.js';

const VendorId = z.string().trim().min(1, 'must not be empty').max(300, 'must have at most 300 characters');

/** An id as a media server gives it. @throws VALIDATION_FAILED with the field's name */
export function vendorIdOf(given: string, field: string, max = 300): string {
  return parseInput(max === 300 ? VendorId : z.string().trim().min(1, 'must not be empty').max(max, `must have at most ${max} characters`), given, field);
}

/** @throws VALIDATION_FAILED */
export function limitOf(given: number, max: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= max) return given;
  throw new AppError('VALIDATION_FAILED', `limit must be a whole number from 1 to ${max}.`, { field: 'limit' });
}
